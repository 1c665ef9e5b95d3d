from __future__ import annotations

import pytest

from erp_import_plugin.engine.changes import Match, RowCompany
from erp_import_plugin.engine.matching import EVERYWHERE, match, rule_for, scope_of, within
from erp_import_plugin.engine.planning import NO_COMPANY, Company
from erp_import_plugin.engine.rules import RULES
from erp_import_plugin.engine.settings import NO_CONTACTS, Action, DuplicateSettings, ImportSettings
from erp_import_plugin.host_api import CrmValue, Entity, EntityKind
from tests.engine.samples import COMPANY, PERSON, PROJECT, settings_of

NAME = RULES[COMPANY]["name"]
PERSON_NAME = RULES[PERSON]["name"]


def entities(*ids: str) -> dict[str, Entity]:
    return {id_: Entity(id_, {}) for id_ in ids}


def test_a_link_beats_the_rule() -> None:
    assert match("e1", NAME, ["e2", "e3"], entities("e1", "e2", "e3")) == Match("link", ("e1",))


def test_a_link_holds_where_no_rule_is_asked() -> None:
    assert match("e1", None, (), entities("e1")) == Match("link", ("e1",))


def test_a_link_to_an_entity_that_is_gone_is_none_and_the_rule_decides() -> None:
    assert match("gone", NAME, ["e2"], entities("e2")) == Match("name", ("e2",))
    assert match("gone", NAME, (), entities("e2")) == Match()


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ((), Match()),
        (("e1",), Match("name", ("e1",))),
        (("e1", "e1"), Match("name", ("e1",))),
        (("e2", "e1", "e2"), Match("name", ("e2", "e1"))),
        (("e1", "gone"), Match("name", ("e1",))),
        (("gone",), Match()),
    ],
)
def test_each_found_entity_that_is_there_counts_once(found: tuple[str, ...], told: Match) -> None:
    assert match(None, NAME, found, entities("e1", "e2")) == told


def test_without_a_rule_nothing_is_found() -> None:
    assert match(None, None, ["e1"], entities("e1")) == Match()


@pytest.mark.parametrize("kind", EntityKind)
def test_the_chosen_rule_is_asked_unless_actors_are_always_added(kind: EntityKind) -> None:
    for action in Action:
        for name, rule in RULES[kind].items():
            settings = settings_of(kind, DuplicateSettings(name, action))
            assert rule_for(settings, kind) is (None if action is Action.ADD else rule)


@pytest.mark.parametrize("name", [None, NO_CONTACTS, "no such rule"])
def test_no_rule_is_asked_where_none_is_chosen(name: str | None) -> None:
    assert rule_for(settings_of(PERSON, DuplicateSettings(name)), PERSON) is None
    assert rule_for(ImportSettings(), PROJECT) is None


def test_a_contacts_name_counts_within_its_company() -> None:
    assert scope_of(PERSON_NAME, PERSON, Company("7")) == scope_of(PERSON_NAME, PERSON, Company("7"))
    scopes = [Company("7"), Company("8"), Company(RowCompany(7)), Company(RowCompany(8)), NO_COMPANY]
    assert len({scope_of(PERSON_NAME, PERSON, company) for company in scopes}) == len(scopes)


def test_everything_else_counts_everywhere() -> None:
    assert scope_of(PERSON_NAME, PERSON, NO_COMPANY) == EVERYWHERE
    assert scope_of(None, PERSON, Company("7")) == EVERYWHERE
    assert scope_of(RULES[PROJECT]["name"], PROJECT, Company("7")) == EVERYWHERE
    for name in ("email", "mobile", "number", "id"):
        assert scope_of(RULES[PERSON][name], PERSON, Company("7")) == EVERYWHERE


def people(**companies: CrmValue) -> list[Entity]:
    return [Entity(id_, {"company": company}) for id_, company in companies.items()]


def test_only_the_contacts_of_the_company_lie_within_its_scope() -> None:
    found = people(p1="7", p2="8", p3=None, p4="7")
    assert within(scope_of(PERSON_NAME, PERSON, Company("7")), found) == ("p1", "p4")
    assert within(scope_of(PERSON_NAME, PERSON, Company(RowCompany(7))), found) == ()
    assert within(EVERYWHERE, found) == ("p1", "p2", "p3", "p4")


def test_a_contact_without_company_lies_in_no_company_whatever_its_id() -> None:
    assert within(scope_of(PERSON_NAME, PERSON, Company("None")), people(p1=None)) == ()

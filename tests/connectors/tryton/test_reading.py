"""Values, parents, keys and changes, as they come from a real server."""

from __future__ import annotations

import pytest

from erp_import_plugin.connector_api import ActorRef, ActorType, FieldType
from erp_import_plugin.connector_host.checking_actors import CheckedActor
from erp_import_plugin.connector_host.failures import ConnectorFailure
from erp_import_plugin.connector_host.guard import GuardedSession
from tests.connectors.tryton.conftest import Opener
from tests.connectors.tryton.truth import Truth
from tests.support.tryton_facts import CONTACT_RELATION, facts
from tests.support.tryton_server import TrytonServer

pytestmark = pytest.mark.tryton


def _everyone(session: GuardedSession, actor_type: ActorType) -> list[CheckedActor]:
    keys = [field.key for field in session.fields(actor_type)]
    return [actor for page in session.search([], actor_type, keys, page_size=500) for actor in page.actors]


def _labels(session: GuardedSession, list_name: str) -> dict[str, str]:
    return {item.key: item.label for item in session.list_items(list_name)}


def test_every_value_of_a_company_is_there(session: GuardedSession) -> None:
    wanted = facts()["companies"][0]  # two addresses, an odd name, a Norwegian number with blanks
    categories = _labels(session, "Party category")

    (actor,) = [one for one in _everyone(session, ActorType.CUSTOMER) if one.values["NAME"] == wanted["name"]]

    first, second = wanted["addresses"]
    assert {key: actor.values.get(key) for key in ("PHONE", "EMAIL", "FAX", "URL")} == {
        **{key: dict(wanted["mechanisms"]).get(key.lower()) for key in ("PHONE", "EMAIL", "FAX")},
        "URL": dict(wanted["mechanisms"]).get("website"),
    }
    assert actor.values["VATNO"] == "910629077"
    assert (actor.values["POSTALAD1"], actor.values["POSTALZIP"]) == (first["street"], first["postal_code"])
    assert [actor.values["STREETAD1"], actor.values["STREETAD2"]] == second["street"].splitlines()
    assert actor.values["COUNTRY"] == "NO"
    assert tuple(sorted(categories[key] for key in actor.values["CATEGORIES"])) == tuple(sorted(wanted["categories"]))
    assert actor.values["CATEGORY"] == actor.values["CATEGORIES"][0]
    assert actor.problems == ()
    assert actor.parent is None


def test_the_other_number_is_the_one_that_is_not_the_tax_number(session: GuardedSession) -> None:
    both = [one for one in _everyone(session, ActorType.CUSTOMER) if one.values.get("NUMBER2")]

    assert both
    assert {one.values["VATNO"] for one in both} == {f"NO{one.values['NUMBER2']}MVA" for one in both}


def test_persons_have_their_company_as_parent_and_both_names(session: GuardedSession, truth: Truth) -> None:
    persons = _everyone(session, ActorType.PERSON)
    companies, customers, suppliers = (
        truth.companies_of_contacts(),
        truth.of_role("Customer"),
        truth.of_role("Supplier"),
    )

    assert {one.key for one in persons} == companies.keys()
    for one in persons:
        company = companies[one.key]
        marked = ActorType.CUSTOMER if company in customers else ActorType.SUPPLIER
        assert one.parent == (ActorRef(marked, company) if company in customers | suppliers else None)
    names = dict(truth.rows("SELECT CAST(id AS TEXT), name FROM party_party"))
    assert {one.values["COMPANY"] for one in persons} == {names[companies[one.key]] for one in persons}
    for one in persons:
        first, last = one.values["FIRSTNAME"], one.values["LASTNAME"]
        assert names[one.key] in (f"{first} {last}", f"{last}, {first}")


def test_a_parent_can_be_fetched_by_its_reference(session: GuardedSession) -> None:
    person = next(one for one in _everyone(session, ActorType.PERSON) if one.parent)
    assert person.parent is not None

    (company,) = session.get(person.parent.actor_type, [person.parent.key], ["NAME"]).actors

    assert company.values["NAME"] == person.values["COMPANY"]


def test_projects_belong_to_their_party_and_company(session: GuardedSession) -> None:
    projects = _everyone(session, ActorType.PROJECT)

    assert {one.values["NAME"] for one in projects} == {one["name"] for one in facts()["projects"]}
    assert all(one.legal_entity == "1" for one in projects)
    assert {str(one.values["NAME"]).startswith(str(one.values["COMPANY"])) for one in projects} == {True}
    assert all(one.parent for one in projects if "Customer" in str(one.values["COMPANY"]))


@pytest.mark.parametrize("actor_type", list(ActorType))
def test_list_values_are_items_of_their_lists(session: GuardedSession, actor_type: ActorType) -> None:
    actors = _everyone(session, actor_type)
    for field in session.fields(actor_type):
        if field.type is FieldType.LIST:
            assert field.list_name is not None
            items = _labels(session, field.list_name)
            values = [one.values[field.key] for one in actors if field.key in one.values]
            held = {key for value in values for key in (value if isinstance(value, tuple) else (value,))}
            assert held, field.key
            assert held <= items.keys(), field.key
    assert session.complaints == []


def test_lists_have_their_labels(session: GuardedSession) -> None:
    assert _labels(session, "Country")["NO"] == "Norway"
    assert CONTACT_RELATION in _labels(session, "Contact relation").values()
    with pytest.raises(ConnectorFailure, match="no list named"):
        session.list_items("Colour")


def test_get_gives_the_asked_ones_and_misses_the_rest(session: GuardedSession, truth: Truth) -> None:
    suppliers = sorted(truth.of_role("Supplier"))[:3]
    archived = str(truth.rows("SELECT id FROM party_party WHERE NOT active")[0][0])
    not_there = ["99999999", "0", "-1", "x", "9" * 30, "\N{FULLWIDTH DIGIT ONE}", archived]

    fetched = session.get(ActorType.SUPPLIER, [suppliers[2], *not_there, suppliers[0], suppliers[1]], ["NAME"])

    assert {actor.key for actor in fetched.actors} == set(suppliers)
    assert set(fetched.missing) == set(not_there)


def test_get_and_search_agree(session: GuardedSession) -> None:
    searched = {one.key: one for one in _everyone(session, ActorType.SUPPLIER)}
    keys = [field.key for field in session.fields(ActorType.SUPPLIER)]

    assert {one.key: one for one in session.get(ActorType.SUPPLIER, list(searched), keys).actors} == searched


class TestChanges:
    """What somebody changes in Tryton while we look. Each test changes a supplier of its own."""

    @pytest.fixture
    def suppliers(self, truth: Truth) -> list[str]:
        """Keys that nobody has changed yet."""
        return sorted(truth.of_role("Supplier"))

    @pytest.mark.parametrize(
        ("place", "model", "values"),
        [
            (5, "party.party", {"name": "Renamed in between"}),
            (6, "party.contact_mechanism", {"value": "in-between@company.example"}),
            (7, "party.address", {"city": "Between"}),
            (8, "party.contact_mechanism", {"active": False}),
        ],
    )
    def test_a_change_of_a_part_is_a_change(
        self,
        session: GuardedSession,
        tryton: TrytonServer,
        suppliers: list[str],
        place: int,
        model: str,
        values: dict[str, object],
    ) -> None:
        key, mark = suppliers[place], self._mark(session)
        field = "id" if model == "party.party" else "party"
        record = tryton.as_admin(f"model.{model}.search", [[field, "=", int(key)]])[0]
        tryton.as_admin(f"model.{model}.write", [record], values)

        changed = [one for page in session.changes(ActorType.SUPPLIER, mark, ["NAME"]) for one in page.actors]

        assert key in {one.key for one in changed}
        assert {one.last_modified > mark for one in changed if one.key == key} == {True}
        assert len(changed) < len(suppliers) / 2

    def test_what_is_archived_disappears_from_the_values(
        self, open_tryton: Opener, tryton: TrytonServer, suppliers: list[str]
    ) -> None:
        key = suppliers[9]
        mechanisms = tryton.as_admin("model.party.contact_mechanism.search", [["party", "=", int(key)]])
        tryton.as_admin("model.party.contact_mechanism.write", mechanisms, {"active": False})

        (actor,) = open_tryton().get(ActorType.SUPPLIER, [key], ["PHONE", "EMAIL", "NAME"]).actors

        assert actor.values.keys() == {"NAME"}

    def test_a_mark_that_is_none_is_refused(self, session: GuardedSession) -> None:
        with pytest.raises(ConnectorFailure, match="mark of the last change"):
            list(session.changes(ActorType.SUPPLIER, "yesterday", ["NAME"]))

    @staticmethod
    def _mark(session: GuardedSession) -> str:
        return max(one.last_modified for one in _everyone(session, ActorType.SUPPLIER))

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import get_ident

import pytest
from sqlalchemy import Connection, Engine, event

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings, NoCompany
from erp_import_plugin.host_api import CrmValue, EntityKind
from erp_import_plugin.store import match_index, match_rows, plan_pages
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.store.tables import job, match_key, plan_row
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import decisions, imports, preview, settings, similar
from erp_import_plugin.workflow.decisions import Wish
from erp_import_plugin.workflow.similar import Wanted
from tests.support.hosts import statements
from tests.support.rooms import ADMIN, House

COMPANY, PERSON = EntityKind.COMPANY, EntityKind.PERSON
BY_VAT = ImportSettings(
    company=DuplicateSettings("vat_number", Action.MERGE),
    person=DuplicateSettings("name", Action.MERGE),
    no_company=NoCompany.WITHOUT,
)
EVERY_DATABASE = pytest.mark.parametrize("engine", ["sqlite", "postgresql", "mariadb"], indirect=True)


def hold(house: House, kind: EntityKind, *rows: dict[str, CrmValue]) -> list[str]:
    """Put entities into the CRM and give their ids."""
    with writing(house.rooms.engine) as tx:
        return list(house.rooms.host.crm.create(tx, kind, rows, ADMIN))


def planned(
    house: House, chosen: ImportSettings = BY_VAT, actor_type: ActorType = ActorType.CUSTOMER
) -> dict[str, PlannedRow]:
    """The plan of all actors of the shop, by label."""
    token = house.begin(actor_type)
    house.stage(token, actor_type)
    settings.save(house.rooms, ADMIN, token, chosen)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    with reading(house.rooms.engine) as tx:
        lines, _ = plan_pages.page(tx, imports.get(house.rooms, ADMIN, token).import_.id, PlanFilter(), 0, 100)
    return {line.planned.label: line.planned for line in lines}


@EVERY_DATABASE
def test_a_new_actor_is_shown_with_what_is_much_like_it(house: House) -> None:
    acme, _ = hold(house, COMPANY, {"name": "Nordic Paper AS"}, {"name": "Fjord Fish AS"})
    house.shop.add(ActorType.CUSTOMER, "1", NAME="Nordic Papre", VATNO="1")
    house.shop.add(ActorType.CUSTOMER, "2", NAME="Something else", VATNO="2")
    rows = planned(house)
    (found,) = rows["Nordic Papre"].similar
    assert (found.entity_id, found.agrees) == (acme, ("name",))
    assert 75 <= found.score < 100
    assert rows["Nordic Papre"].status is Status.NEW
    assert rows["Something else"].similar == ()


@EVERY_DATABASE
def test_a_phone_or_an_address_is_enough_to_be_looked_at(house: House) -> None:
    channels: dict[str, CrmValue] = {"phone_mobile": ("91234567",), "email": ("k@n.example",)}
    (kari,) = hold(house, PERSON, {"first_name": "Kari", "last_name": "Nordmann"} | channels)
    values = {"FIRSTNAME": "Kari", "LASTNAME": "Hansen", "PHONE_MOBILE": "+47 912 34 567", "EMAIL": "K@n.example"}
    house.shop.add(ActorType.PERSON, "1", **values)
    (found,) = planned(house, actor_type=ActorType.PERSON)["Kari Hansen"].similar
    assert (found.entity_id, found.agrees) == (kari, ("phone_mobile", "email"))


def test_rows_with_similar_records_are_gone_through_one_after_the_other(house: House) -> None:
    hold(house, COMPANY, {"name": "Nordic Paper AS"}, {"name": "Fjord Fish AS"})
    for n, name in enumerate(("Nordic Papre", "Something else", "Fjord Fsih")):
        house.shop.add(ActorType.CUSTOMER, str(n), NAME=name, VATNO=str(n))
    rows = planned(house)
    ((imported, *_), _) = imports.listed(house.rooms, house.jobs, ADMIN)
    token = imported.import_.token

    def following(label: str) -> str | None:
        found = preview.row(house.rooms, ADMIN, token, rows[label].row).next_open
        return found.label if found else None

    decisions.decide(house.rooms, ADMIN, token, rows["Nordic Papre"].row, Wish.NEW)
    assert following("Nordic Papre") == "Fjord Fsih"
    decisions.decide(house.rooms, ADMIN, token, rows["Fjord Fsih"].row, Wish.NEW)
    assert following("Fjord Fsih") is None


def test_what_matches_by_the_rule_is_no_suggestion(house: House) -> None:
    house.shop.add(ActorType.CUSTOMER, "1", NAME="Nordic Papre", VATNO="NO923456783MVA")
    house.shop.add(ActorType.CUSTOMER, "2", NAME="Fjord Fish", VATNO="811111112")
    twins = hold(house, COMPANY, *[{"name": "Nordic Paper", "vat_number": "923456783"}] * 2)
    third, _ = hold(house, COMPANY, {"name": "Nordic Paper"}, {"name": "Fjord Fisk", "vat_number": "811111112"})
    rows = planned(house)
    assert rows["Nordic Papre"].status is Status.UNDECIDED
    assert set(rows["Nordic Papre"].match.entities) == set(twins)
    assert [one.entity_id for one in rows["Nordic Papre"].similar] == [third]
    assert rows["Fjord Fish"].status is Status.UNCHANGED
    assert rows["Fjord Fish"].similar == ()


@pytest.mark.parametrize(
    "chosen",
    [replace(BY_VAT, suggest=False), replace(BY_VAT, company=DuplicateSettings("vat_number", Action.ADD))],
    ids=["not wanted", "all are added"],
)
def test_nothing_is_compared_where_nobody_asks(house: House, chosen: ImportSettings) -> None:
    hold(house, COMPANY, {"name": "Nordic Paper"})
    house.shop.add(ActorType.CUSTOMER, "1", NAME="Nordic Papre", VATNO="1")
    assert planned(house, chosen)["Nordic Papre"].similar == ()


@EVERY_DATABASE
def test_the_number_of_statements_does_not_depend_on_the_records(engine: Engine, house: House) -> None:
    crm = house.rooms.host.crm
    fields = crm.schema().entities[COMPANY].fields
    hold(house, COMPANY, *({"name": f"Nordic {name}", "phone": ("22334455",)} for name in ("Paper", "Fish", "Wood")))

    def asked(count: int) -> int:
        wanted = {n: Wanted({"name": "Nordic Papre", "phone": ("22334455",)}) for n in range(count)}
        with writing(engine) as tx, statements(engine) as seen:
            found = similar.of(tx, crm, COMPANY, fields, wanted)
        assert len(found) == count
        return len(seen)

    asked(1)  # makes the keys
    assert asked(1) == asked(200)


def test_a_name_that_half_the_crm_has_suggests_nothing(house: House) -> None:
    hold(house, COMPANY, *({"name": "Branch"} for _ in range(60)), {"name": "Branche"})
    crm = house.rooms.host.crm
    with writing(house.rooms.engine) as tx:
        fields = crm.schema().entities[COMPANY].fields
        found = similar.candidates(tx, crm, COMPANY, fields, {1: Wanted({"name": "Branch"})})
    assert len(found[1]) <= 1


def test_the_keys_of_a_large_crm_are_made_before_the_first_row_is_planned_a_few_at_a_time(
    engine: Engine, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in (match_index, match_rows):
        monkeypatch.setattr(part, "PAGE", 2)
    hold(house, COMPANY, *({"name": f"Nordic {name}"} for name in ("Paper", "Fish", "Wood", "Salt", "Ore")))
    house.shop.add(ActorType.CUSTOMER, "1", NAME="Nordic Papre", VATNO="1")
    with transactions(engine) as done:
        assert planned(house)["Nordic Papre"].similar
    made = [one for one in done if any(statement.startswith(f"INSERT INTO {match_key}") for statement in one)]
    assert len(made) >= 2 * 3, "by two rules, five companies two at a time"
    for one in made:
        assert sum(statement.startswith(f"INSERT INTO {match_key}") for statement in one) == 1
        assert not [statement for statement in one if str(plan_row) in statement]
        assert [statement for statement in one if str(job) in statement], "the lease is held"


@contextmanager
def transactions(engine: Engine) -> Iterator[list[list[str]]]:
    """The statements of the transactions that this thread commits meanwhile."""
    done: list[list[str]] = []
    thread = get_ident()
    with statements(engine) as seen:

        def end(_connection: Connection) -> None:
            if get_ident() == thread:
                done.append(seen.copy())
                seen.clear()

        event.listen(engine, "commit", end)
        try:
            yield done
        finally:
            event.remove(engine, "commit", end)

"""The audit log has every act of the set-up and of imports, with the act or not at all, and nobody's data."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import User
from erp_import_plugin.store import audit as audit_store
from erp_import_plugin.store import tables
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import (
    audit,
    connection_form,
    connections,
    defaults,
    exports,
    importing,
    keys,
    list_mapping,
    mappings,
    preview,
    prune,
    undo,
)
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.access import NotAllowed
from erp_import_plugin.workflow.audit import Act, AuditFilter, Entry
from erp_import_plugin.workflow.connection_form import Draft
from erp_import_plugin.workflow.defaults import DefaultChoice, DefaultEdit
from erp_import_plugin.workflow.erp import ErpFailed
from erp_import_plugin.workflow.list_mapping import ItemChoice, ItemEdit
from tests.support import databases
from tests.support.rooms import ADMIN, CHIEF, NOBODY, House
from tests.support.shop import CONFIG
from tests.support.site import BY_NAME

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)


def log(house: House, **wanted: object) -> list[Entry]:
    """The entries that fit, oldest first."""
    found = audit.page(house.rooms, ADMIN, AuditFilter(**wanted)).entries.rows  # type: ignore[arg-type]
    return list(found)[::-1]


def told(house: House, do: Callable[[], object]) -> list[tuple[str, str, dict[str, str]]]:
    """What is written down about one thing that is done."""
    before = {entry.id for entry in everything(house)}
    do()
    return [(one.act, one.subject, one.params) for one in everything(house) if one.id not in before]


def everything(house: House) -> list[Entry]:
    with house.rooms.engine.connect() as tx:
        return audit_store.following(tx, AuditFilter(), None, 1000)[::-1]


def planned(house: House) -> str:
    house.shop.add_companies(3)
    token = house.begin()
    house.stage(token)
    settings_step.save(house.rooms, ADMIN, token, BY_NAME)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    return token


def imported(house: House) -> str:
    token = planned(house)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    return token


@everywhere
def test_the_set_up_of_a_connection(house: House) -> None:
    rooms = house.rooms
    assert [act for act, _, _ in told(house, house.connect)] == [
        Act.CONNECTION_ADDED,
        Act.CONNECTION_TESTED,
        Act.FIELDS_READ,
        Act.CONNECTION_ACTIVATED,
    ]
    first = everything(house)[0]
    assert (first.user_id, first.user_name, first.subject) == (ADMIN.id, ADMIN.name, "Shop one")
    assert first.params == {"connector": "shop"}
    assert told(house, lambda: connections.deactivate(rooms, ADMIN, 1)) == [
        (Act.CONNECTION_DEACTIVATED, "Shop one", {})
    ]
    draft = Draft("Shop two", config={"server": "elsewhere.example"}, everyone=False, users=frozenset({ADMIN.id}))
    assert told(house, lambda: connection_form.change(rooms, ADMIN, 1, draft)) == [
        (Act.CONNECTION_CHANGED, "Shop two", {"what": "name,settings,scope"})
    ]
    assert told(house, lambda: connection_form.change(rooms, ADMIN, 1, draft)) == []
    assert told(house, lambda: connections.test(rooms, CHIEF, 1)) == [
        (Act.CONNECTION_TESTED, "Shop two", {"passed": "True"})
    ]
    assert told(house, lambda: keys.rotate(rooms, ADMIN)) == [
        (Act.KEYS_ROTATED, "", {"connections": "1", "locked": "0"})
    ]
    assert told(house, lambda: connections.delete(rooms, ADMIN, 1)) == [(Act.CONNECTION_DELETED, "Shop two", {})]


def test_a_connection_that_did_not_pass_is_told_as_well(house: House) -> None:
    def wrong() -> None:
        with pytest.raises(ErpFailed):
            connections.add(house.rooms, ADMIN, "shop", "Wrong", {**CONFIG, "password": "guess"})

    assert told(house, wrong) == [
        (Act.CONNECTION_ADDED, "Wrong", {"connector": "shop"}),
        (Act.CONNECTION_TESTED, "Wrong", {"passed": "False"}),
        (Act.CONNECTION_DELETED, "Wrong", {}),
    ]


def test_what_is_mapped(house: House) -> None:
    rooms, connection_id = house.rooms, house.connect()

    def mapping() -> bool:
        return mappings.save(rooms, ADMIN, connection_id, ActorType.PROJECT, active=False)

    def default() -> bool:
        edits = [DefaultEdit("source", DefaultChoice(("ERP",), ask=False))]
        return defaults.save(rooms, ADMIN, connection_id, ActorType.CUSTOMER, edits)

    def item() -> bool:
        edits = [ItemEdit("B", ItemChoice("Best", none=False))]
        edits.append(ItemEdit("A", ItemChoice("", none=True)))
        return list_mapping.save(rooms, ADMIN, connection_id, ("categories", "category"), edits)

    assert told(house, mapping) == [(Act.MAPPING_CHANGED, "Shop one", {"actor_type": "Project"})]
    assert told(house, mapping) == []
    assert told(house, default) == [(Act.DEFAULTS_CHANGED, "Shop one", {"actor_type": "Customer"})]
    assert told(house, item) == [(Act.LIST_MAPPING_CHANGED, "Shop one", {"list": "category", "items": "2"})]


def test_an_import_its_exports_and_its_undo(house: House) -> None:
    rooms, jobs = house.rooms, house.jobs
    house.connect()
    begun = told(house, lambda: imported(house))
    (token,) = {params["import"] for _, _, params in begun}
    about = {"import": token, "actor_type": "Customer"}
    assert begun == [(Act.IMPORT_STARTED, "Shop one", about)]
    assert told(house, lambda: importing.start(rooms, jobs, ADMIN, token)) == []
    assert told(house, lambda: exports.result(rooms, ADMIN, token, tuple(Status))) == [
        (Act.EXPORTED, "Shop one", {**about, "what": "result"})
    ]
    assert told(house, lambda: exports.plan(rooms, ADMIN, token, PlanFilter())) == [
        (Act.EXPORTED, "Shop one", {**about, "what": "plan"})
    ]
    undoing = undo.start(rooms, jobs, ADMIN, token)
    assert told(house, lambda: importing.start(rooms, jobs, ADMIN, undoing)) == [
        (Act.UNDO_STARTED, "Shop one", {**about, "import": undoing})
    ]


def test_who_resumes_an_import(house: House) -> None:
    token = planned(house)
    asked = iter([False] * 2)
    house.sync.is_on = lambda: next(asked, True)  # type: ignore[method-assign]
    importing.start(house.rooms, house.jobs, ADMIN, token)  # sync, switched on meanwhile, stops it
    del house.sync.is_on  # type: ignore[method-assign]

    def resume() -> None:
        importing.resume(house.rooms, house.jobs, CHIEF, token)

    about = {"import": token, "actor_type": "Customer"}
    assert told(house, resume) == [(Act.RESUMED, "Shop one", about)]
    assert told(house, resume) == []


def test_pruning_is_told_and_forgets_what_is_too_old(house: House) -> None:
    rooms = house.rooms
    house.connect()
    imported(house)
    later = replace(rooms, now=lambda: rooms.now() + timedelta(days=800))
    prune.prune(later, ADMIN, later.now() - timedelta(days=30))
    (left,) = everything(house)
    assert (left.act, left.params["imports"]) == (Act.PRUNED, "1")
    for_ever = replace(later, config=replace(rooms.config, audit_days=None), now=lambda: rooms.now() + timedelta(9000))
    prune.prune(for_ever, ADMIN, for_ever.now() - timedelta(days=30))
    assert len(everything(house)) == 2


def test_what_fails_is_not_told(house: House) -> None:
    class Broken(Exception):
        pass

    def act() -> None:
        with suppress(Broken), writing(house.rooms.engine) as tx:
            audit.note(tx, house.rooms, ADMIN, Act.PRUNED)
            raise Broken

    assert told(house, act) == []


@everywhere
def test_the_log_is_narrowed_and_paged(house: House) -> None:
    with writing(house.rooms.engine) as tx:
        for n in range(25):
            who = ADMIN if n % 5 else CHIEF
            audit.note(tx, house.rooms, who, Act.EXPORTED if n % 2 else Act.PRUNED, f"100% Shop_{n}", n=n)
    assert [one.params["n"] for one in log(house, act=Act.PRUNED, user_id=CHIEF.id)] == ["0", "10", "20"]
    assert [one.subject for one in log(house, text="% sHOP_7")] == ["100% Shop_7"]
    assert log(house, text="ship") == []
    assert log(house, since=house.rooms.now() + timedelta(days=1)) == []
    page = audit.page(house.rooms, ADMIN, AuditFilter(), 3)
    assert (page.entries.total, len(page.entries.rows), page.entries.pages) == (25, 5, 3)
    assert page.people == ((ADMIN.id, "Admin"), (CHIEF.id, "Chief"))


def test_an_export_has_every_entry_and_is_one(house: House) -> None:
    rooms = replace(house.rooms, config=replace(house.rooms.config, chunk=4))
    with writing(rooms.engine) as tx:
        for n in range(10):
            audit.note(tx, rooms, ADMIN, Act.PRUNED, n=n)
    found = [(one.act, one.params) for one in audit.export(rooms, CHIEF, AuditFilter())]
    assert found[0] == (Act.EXPORTED, {"what": "audit"})
    assert [params["n"] for _, params in found[1:]] == [str(n) for n in range(9, -1, -1)]


@pytest.mark.parametrize("user", [NOBODY, User("1000", "Nobody we know")])
def test_only_who_may_set_up_reads_it(house: House, user: User) -> None:
    for read in (audit.page, audit.export):
        with pytest.raises(NotAllowed):
            read(house.rooms, user, AuditFilter())


def test_an_act_of_another_version_is_kept(house: House) -> None:
    with writing(house.rooms.engine) as tx:
        tx.execute(delete(tables.audit))
        row = {"at": house.rooms.now(), "user_id": "1", "user_name": "Admin", "act": "tomorrow", "subject": ""}
        tx.execute(tables.audit.insert().values(**row, params="{}"))
        assert tx.scalar(select(func.count()).select_from(tables.audit)) == 1
    assert [one.act for one in log(house)] == ["tomorrow"]

"""A database that a released version has left is brought up to date, with everything that was begun in it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Engine, MetaData, func, select

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import migrate, plan_blocks, plan_pages, presets, tables
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import importing, imports, preview, saved_imports, undo
from erp_import_plugin.workflow import settings as settings_step
from tests.support import hosts
from tests.support.moments import Moments
from tests.support.release_data import KEY, SETTINGS, move_on, stock
from tests.support.released import FILES, Release
from tests.support.rooms import ADMIN, House, KeptSelections, enter
from tests.support.schemas import differences
from tests.support.shop import CONFIG, Shop

COMPANIES = [f"Company {n:04}" for n in range(1, 51) if n not in (40, 41)]
"""The names of the customers, but for the twin and one with many characters."""


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def release(request: pytest.FixtureRequest, engine: Engine) -> Release:
    """The database of a released version."""
    file: Path = request.param
    released = Release.of(file)
    released.restore(engine)
    return released


@pytest.fixture
def house(release: Release, engine: Engine) -> House:
    """The same after its upgrade, with the ERP as it was."""
    migrate.upgrade(engine)
    shop, selections = Shop(), KeptSelections()
    stock(shop)
    move_on(shop)
    selections.members = {row["selection_id"]: [] for row in release.rows("erp_import_import_selection")}
    return enter(engine, shop, selections, key=KEY, chunk=5)


def test_it_gets_the_tables_of_this_version_and_keeps_every_row(release: Release, engine: Engine) -> None:
    assert migrate.current(engine) == release.migration
    migrate.upgrade(engine)
    assert differences(engine) == []
    assert _counted(engine, release) == _kept(release)


def test_an_upgrade_that_is_cut_again_and_again_goes_on(release: Release, engine: Engine) -> None:
    cuts = 0
    for number in count(3, 2):
        with suppress(KeyboardInterrupt), Moments(engine, number, _cut):
            migrate.upgrade(engine)
            break
        cuts += 1
    assert cuts > 5
    assert differences(engine) == []
    assert _counted(engine, release) == _kept(release)
    begun = [row["id"] for row in release.rows("erp_import_import") if row["state"] in ("planned", "importing")]
    with reading(engine) as tx:
        assert all(plan_blocks.are_there(tx, import_id) for import_id in begun)
    assert len(begun) > 1


def test_those_who_start_at_once_upgrade_it_once(release: Release, engine: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate.upgrade, [engine] * 3))
    assert differences(engine) == []
    assert _counted(engine, release) == _kept(release)


def test_what_was_set_up_is_read(release: Release, house: House) -> None:
    with reading(house.rooms.engine) as tx:
        (shop,) = [one for one in connection_store.listed(tx) if one.name == "Shop one"]
        (preset,) = presets.listed(tx, ADMIN.id)
    assert house.rooms.vault.unlock(shop.secrets) == {"password": CONFIG["password"]}
    assert preset.name == "Usual"
    assert preset.settings == SETTINGS
    assert imports.get(house.rooms, ADMIN, release.imports["planned"]).import_.settings == SETTINGS


def test_what_was_begun_is_finished(release: Release, house: House) -> None:
    _half_a_preview(release, house)
    _half_a_fetch(release, house)
    _half_an_import(release, house)
    _half_an_undo(release, house)


def test_what_was_done_is_repeated_and_undone(release: Release, house: House) -> None:
    _a_saved_import_finds_what_is_new(release, house)
    _a_preview_is_imported_and_undone(release, house)
    _an_undo_is_undone(release, house)
    _what_was_imported_is_undone(release, house)


def _half_an_import(release: Release, house: House) -> None:
    token = release.imports["half"]
    before, planned = _outcomes(house, token), _plan(house, token)
    assert 0 < len(before) < len(planned)
    _go_on(house, token)
    after = _outcomes(house, token)
    assert before.items() <= after.items()
    assert after == {line.planned.row: _expected(line) for line in planned}
    (left_out,) = [line.planned.label for line in planned if not line.ticked]
    names = _names(house)
    assert [name for name in COMPANIES if names[name] != 1] == [left_out]
    assert names["Twin AS"] == 2
    assert names['Brød & "Kaffe" - שלום 😀'] == 1


def _half_an_undo(release: Release, house: House) -> None:
    token = release.imports["half undo"]
    before, planned = _outcomes(house, token), _plan(house, token)
    assert 0 < len(before) < len(planned)
    _go_on(house, token)
    assert _outcomes(house, token) == {line.planned.row: Status.REMOVED for line in planned}
    assert not [name for name in _names(house) if name.startswith("Supplier")]


def _half_a_preview(release: Release, house: House) -> None:
    token = release.imports["planning"]
    _go_on(house, token)
    counted = _accounts(house, token)
    assert counted.read == len(_plan(house, token)) == 50
    assert counted.new + counted.changed + counted.unchanged == 49
    assert counted.undecided == 1  # two companies of the CRM have one name


def _a_preview_is_imported_and_undone(release: Release, house: House) -> None:
    token = release.imports["planned"]
    shown = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter())
    assert (shown.to_write, shown.page.total, len(shown.page.rows)) == (10, 10, 10)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    assert set(_outcomes(house, token).values()) == {Status.NEW}
    assert sum(name.startswith("Wholesaler") for name in _names(house)) == 10
    _undo(house, token)
    assert not [name for name in _names(house) if name.startswith("Wholesaler")]


def _half_a_fetch(release: Release, house: House) -> None:
    token = release.imports["fetching"]
    _go_on(house, token)
    assert sorted(house.shop.got) == [f"C{n:04}" for n in range(1, 51)]
    settings_step.save(house.rooms, ADMIN, token, SETTINGS)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    assert _accounts(house, token).read == 50


def _what_was_imported_is_undone(release: Release, house: House) -> None:
    for mark in ("repeated", "done"):
        _undo(house, release.imports[mark])
    with reading(house.rooms.engine) as tx:
        row = tx.execute(select(hosts.company).where(hosts.company.c.name == "Company 0001")).one()
    assert (row.code, row.number, row.vat_number) == ("OLD1", None, None)
    assert _names(house)["Company 0002"] == 0


def _an_undo_is_undone(release: Release, house: House) -> None:
    _go_on(house, release.imports["half undo"])
    assert _names(house)["Supplier 8"] == 0
    _undo(house, release.imports["undo"])
    assert _names(house)["Supplier 8"] == 1


def _a_saved_import_finds_what_is_new(release: Release, house: House) -> None:
    house.shop.moment = 3
    house.shop.add(ActorType.CUSTOMER, "C0099", NAME="Company 0009 B")
    house.shop.change(ActorType.CUSTOMER, "C0005", POSTALCITY="Bodø", EMAIL="moved@company.example")
    saved = saved_imports.find(house.rooms, ADMIN, "Nightly")
    token = saved_imports.run(house.rooms, house.jobs, ADMIN, saved.id)
    found = imports.get(house.rooms, ADMIN, token).import_.repeat
    assert found is not None
    assert (found.new, found.changed) == (1, 1), found


def _cut(_: object) -> NoReturn:
    raise KeyboardInterrupt


def _kept(release: Release) -> dict[str, int]:
    return {name: len(rows) - 1 for name, rows in release.tables.items()}


def _counted(engine: Engine, release: Release) -> dict[str, int]:
    there = MetaData()
    there.reflect(engine)
    with reading(engine) as tx:
        return {name: tx.scalar(select(func.count()).select_from(there.tables[name])) or 0 for name in release.tables}


def _go_on(house: House, token: str) -> None:
    """What the page's button does."""
    job = house.jobs.latest(token)
    assert job is not None
    assert job.state == "interrupted"
    importing.resume(house.rooms, house.jobs, ADMIN, token)
    assert house.jobs.view(job.id).state == "done"


def _undo(house: House, token: str) -> None:
    importing.start(house.rooms, house.jobs, ADMIN, undo.start(house.rooms, house.jobs, ADMIN, token))


def _import_id(house: House, token: str) -> int:
    return imports.get(house.rooms, ADMIN, token).import_.id


def _plan(house: House, token: str) -> list[PlanLine]:
    with reading(house.rooms.engine) as tx:
        return plan_pages.page(tx, _import_id(house, token), PlanFilter(), 0, 1000)[0]


def _expected(line: PlanLine) -> Status:
    return Status.SKIPPED if line.planned.status.writes and not line.ticked else line.planned.status


def _outcomes(house: House, token: str) -> dict[int, Status]:
    table = tables.outcome
    with reading(house.rooms.engine) as tx:
        rows = tx.execute(select(table).where(table.c.import_id == _import_id(house, token))).all()
    return {row.id: Status(row.status) for row in rows}


def _accounts(house: House, token: str) -> Accounts:
    found = imports.get(house.rooms, ADMIN, token).import_.accounts
    assert found is not None
    return found


def _names(house: House) -> Counter[str]:
    with reading(house.rooms.engine) as tx:
        return Counter(tx.scalars(select(hosts.company.c.name)))

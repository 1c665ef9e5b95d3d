"""A saved import of a workbook: after the file is edited exactly what was edited appears."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings
from erp_import_plugin.workflow import connections
from tests.connectors.workbook.helpers import REGISTRY, write_xlsx
from tests.support import hosts
from tests.support.hosts import statements
from tests.support.repeating import REPLACE, counts, rows, run, saved, write
from tests.support.rooms import ADMIN, House, build, jobs_of

PLAIN = ("KEY", "NAME", "NUMBER2", "VATNO")
MARKED = (*PLAIN, "LASTMODIFIED")
BY_NAME = replace(REPLACE, company=DuplicateSettings("name", Action.REPLACE))
COMPANIES = [("K1", "Acme", 1, "NO1"), ("K2", "Berg", 2, "NO2"), ("K3", "Ceder", 3, "NO3")]


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    made = build(engine)
    config = replace(made.rooms.config, files=str(tmp_path))
    rooms = replace(made.rooms, registry=REGISTRY, config=config)
    return replace(made, rooms=rooms, jobs=jobs_of(rooms))


def _write(folder: Path, heads: tuple[str, ...], companies: list[tuple[Any, ...]]) -> None:
    write_xlsx(folder / "erp.xlsx", {"Customers": [heads, *companies]})


@pytest.mark.parametrize("marked", [False, True])
def test_what_was_edited_appears_and_then_nothing(house: House, tmp_path: Path, engine: Engine, marked: bool) -> None:
    heads = MARKED if marked else PLAIN

    def companies(changed: dict[str, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        kept = [changed.get(one[0], one) for one in COMPANIES if changed.get(one[0], one)]
        added = [one for key, one in changed.items() if key not in {one[0] for one in COMPANIES}]
        both = [*kept, *added]
        moments = {True: "2026-02-01T12:00:00", False: "2026-01-01T12:00:00"}
        return [(*one, moments[one[0] in changed]) for one in both] if marked else both

    _write(tmp_path, heads, companies({}))
    connections.add(house.rooms, ADMIN, "workbook", "Book", {"file": "erp.xlsx"})
    saved_id = saved(house, chosen=BY_NAME)
    edited = companies({"K2": ("K2", "Berg", 2, "NO22"), "K3": (), "K4": ("K4", "Dal", 4, "NO4")})
    _write(tmp_path, heads, edited)
    token = run(house, saved_id)
    assert counts(house, token) == (1, 1, 1, 1)
    assert rows(house, token) == {"Berg": Status.CHANGED, "Dal": Status.NEW}
    write(house, token)
    with engine.connect() as tx:
        there = {row.name: row.vat_number for row in tx.execute(select(hosts.company))}
    assert there == {"Acme": "NO1", "Berg": "NO22", "Ceder": "NO3", "Dal": "NO4"}
    with statements(engine) as seen:
        assert counts(house, run(house, saved_id)) == (0, 0, 3, 1)
    assert not [one for one in seen if "company" in one and one.split()[0] in ("INSERT", "UPDATE", "DELETE")]

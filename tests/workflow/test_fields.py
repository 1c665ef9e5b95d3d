"""Fields that an import leaves alone in all rows: at once, and in the next preview."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.errors import NotFound, Refused
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import plan_pages
from erp_import_plugin.store.plan import PlanFilter, PlanLine
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import fields, importing, imports, preview
from erp_import_plugin.workflow import settings as settings_step
from tests.support import hosts
from tests.support.rooms import ADMIN, OTHER, House

VAT, NAME = "company.vat_number", "company.name"


@pytest.fixture
def token(house: House) -> str:
    """Company 0001 is in the CRM with another VAT number, the other two are new."""
    house.shop.add_companies(3)
    with house.rooms.engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "Company 0001", "vat_number": "old", "number": 1}])
    token = house.begin()
    house.stage(token)
    chosen = ImportSettings(company=DuplicateSettings("name", Action.REPLACE), suggest=False)
    settings_step.save(house.rooms, ADMIN, token, chosen)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    return token


def lines(house: House, token: str) -> list[PlanLine]:
    with reading(house.rooms.engine) as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        return plan_pages.page(tx, import_id, PlanFilter(), 0, 100)[0]


def ticked(house: House, token: str, field: str) -> list[bool]:
    return [f.ticked for one in lines(house, token) for c in one.planned.changes for f in c.fields if f.field == field]


def test_every_field_is_listed_with_its_rows(house: House, token: str) -> None:
    found = {one.name: one for one in fields.fields(house.rooms, ADMIN, token).fields}
    assert (found[VAT].rows, found[VAT].needed, found[VAT].ticked) == (3, 0, True)
    assert (found[NAME].rows, found[NAME].needed) == (2, 2)
    assert found[VAT].kind is EntityKind.COMPANY


def test_a_field_is_left_alone_in_all_rows_now_and_in_the_next_preview(house: House, token: str) -> None:
    shown = [one.name for one in fields.fields(house.rooms, ADMIN, token).fields]
    fields.leave_out(house.rooms, ADMIN, token, shown, [one for one in shown if one != VAT])
    left = lines(house, token)
    assert ticked(house, token, "vat_number") == [False] * 3
    preview.start(house.rooms, house.jobs, ADMIN, token)
    assert lines(house, token) == left
    importing.start(house.rooms, house.jobs, ADMIN, token)
    with house.rooms.engine.connect() as tx:
        assert list(tx.scalars(hosts.company.select().with_only_columns(hosts.company.c.vat_number))) == [
            "old",
            None,
            None,
        ]


def test_a_field_that_is_ticked_again_is_written_again(house: House, token: str) -> None:
    before = lines(house, token)
    fields.leave_out(house.rooms, ADMIN, token, [VAT], [])
    fields.leave_out(house.rooms, ADMIN, token, [VAT], [VAT])
    assert lines(house, token) == before


def test_a_row_with_nothing_left_to_write_is_left_out_and_comes_back(house: House, token: str) -> None:
    shown = [one.name for one in fields.fields(house.rooms, ADMIN, token).fields]
    fields.leave_out(house.rooms, ADMIN, token, shown, [])
    assert [one.ticked for one in lines(house, token)] == [False, True, True], "new ones keep their name"
    assert ticked(house, token, "name") == [True, True]
    preview.start(house.rooms, house.jobs, ADMIN, token)
    assert [one.ticked for one in lines(house, token)] == [False, True, True]
    fields.leave_out(house.rooms, ADMIN, token, shown, shown)
    assert all(one.ticked for one in lines(house, token))


def test_what_was_not_offered_is_not_kept(house: House, token: str) -> None:
    fields.leave_out(house.rooms, ADMIN, token, ["company.nonsense", "x"], [])
    settings = imports.get(house.rooms, ADMIN, token).import_.settings
    assert settings is not None
    assert settings.left_out == frozenset()


def test_others_and_started_imports_are_refused(house: House, token: str) -> None:
    with pytest.raises(NotFound):
        fields.leave_out(house.rooms, OTHER, token, [VAT], [])
    importing.start(house.rooms, house.jobs, ADMIN, token)
    with pytest.raises(Refused):
        fields.leave_out(house.rooms, ADMIN, token, [VAT], [])

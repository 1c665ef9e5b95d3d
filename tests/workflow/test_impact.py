"""The blast radius: what is counted, and the number that has to be typed where it is large."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, insert, select

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, ChannelPolicy, DuplicateSettings, ImportSettings
from erp_import_plugin.host_api import CrmType
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.workflow import impact, importing, preview
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.impact import Impact
from erp_import_plugin.workflow.invalid import Invalid
from tests.support import hosts
from tests.support.rooms import ADMIN, House, build

BY_VAT = ImportSettings(company=DuplicateSettings("vat_number", Action.REPLACE))


def planned(house: House, chosen: ImportSettings = BY_VAT) -> str:
    """The token of an import of all customers, as far as the preview."""
    token = house.begin()
    house.stage(token)
    settings_step.save(house.rooms, ADMIN, token, chosen)
    assert preview.start(house.rooms, house.jobs, ADMIN, token).state == "done"
    return token


def add_company(engine: Engine, **values: object) -> None:
    with engine.begin() as tx:
        tx.execute(insert(hosts.company).values(**values))


def impact_of(house: House, token: str) -> Impact:
    return impact.of(house.rooms, house.jobs, ADMIN, token)


def test_the_impact_counts_what_the_ticked_rows_touch(house: House, engine: Engine) -> None:
    house.shop.add_companies(3)
    add_company(engine, name="Old", vat_number="000000001")
    add_company(engine, name="Other", vat_number="555555555")
    token = planned(house)
    (companies_,) = impact_of(house, token).kinds
    assert (companies_.new, companies_.changed, companies_.existing) == (2, 1, 2)
    effects = {one.field: one for one in companies_.fields}
    assert (effects["name"].replaced, effects["number"].filled) == (1, 1)
    preview.tick_all(house.rooms, ADMIN, token, False, PlanFilter(Status.NEW))
    (companies_,) = impact_of(house, token).kinds
    assert (companies_.new, companies_.changed) == (0, 1)


def test_addresses_that_give_way_and_those_that_go_are_counted_apart(house: House, engine: Engine) -> None:
    house.shop.add(ActorType.CUSTOMER, "A", NAME="A", VATNO="1", PHONE="22 22 22 22", EMAIL="a@new.example")
    for number, values in {"1": ["+4711111111", "+4733333333"]}.items():
        add_company(engine, name="A", vat_number=number)
        with engine.begin() as tx:
            (owner,) = tx.execute(select(hosts.company.c.id)).scalars()
            rows = [{"company_id": owner, "kind": "phone", "value": value} for value in values]
            tx.execute(insert(hosts.company_channel), [*rows, {"company_id": owner, "kind": "email", "value": "a@old"}])
    replacing = replace(BY_VAT, phones=ChannelPolicy.REPLACE, web=ChannelPolicy.REPLACE)
    lost = {one.type: (one.replaced, one.removed) for one in impact_of(house, planned(house, replacing)).channels}
    assert lost == {CrmType.PHONE: (1, 1), CrmType.EMAIL: (1, 0)}


@pytest.mark.parametrize(
    ("above", "asked"), [(2, None), (1, 2), (0, 2), (None, None)], ids=["not above", "above", "always", "never"]
)
def test_the_number_is_asked_where_more_changes_than_may(engine: Engine, above: int | None, asked: int | None) -> None:
    house = build(engine, confirm_above=above)
    house.shop.add_companies(5)
    for n in (1, 2):
        add_company(engine, name="Old", vat_number=f"{n:09}")
    assert impact_of(house, planned(house)).confirm == asked


@pytest.mark.parametrize(
    "typed", ["1234", " 1,234", "1.234", "1 234", "1\u00a0234", "1\u202f234", "1'234", "1\u2019234"]
)
def test_the_number_is_taken_as_any_language_writes_it(typed: str) -> None:
    impact.check_confirmed(1234, typed)


@pytest.mark.parametrize("typed", ["", "  ", "1235", "12,34", "1,23 4", "-1234", "1234.0", "0x4d2", "١٢٣٥", "yes"])
def test_another_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        impact.check_confirmed(1234, typed)
    assert set(refused.value.errors) == {"confirm"}


def test_nothing_starts_before_the_number_is_typed_and_it_is_the_number_of_now(engine: Engine) -> None:
    house = build(engine, confirm_above=0)
    house.shop.add_companies(3)
    for n in (1, 2):
        add_company(engine, name="Old", vat_number=f"{n:09}")
    token = planned(house)
    for typed in ("", "3"):
        with pytest.raises(Invalid):
            importing.start(house.rooms, house.jobs, ADMIN, token, typed=typed)
    assert house.jobs.latest(token, "import") is None
    (row, *_) = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter(Status.CHANGED)).page.rows
    preview.tick(house.rooms, ADMIN, token, False, [row.planned.row])
    with pytest.raises(Invalid):
        importing.start(house.rooms, house.jobs, ADMIN, token, typed="2")
    assert importing.start(house.rooms, house.jobs, ADMIN, token, typed="1").state == "done"

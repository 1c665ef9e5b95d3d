"""Rows of any kind are read without a crash, and no value changes without a word.

A run has few; ``ERP_IMPORT_TEST_TIMES=250`` makes a million.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

import pytest

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType
from erp_import_plugin.connector_host.checking_actors import ActorCheck, CheckedActor
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.engine import normalising
from erp_import_plugin.engine.candidates import Candidate, Converter, StagedActor
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import codec
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.workflow import imports
from tests.engine.samples import SCHEMA, lists_of, mapping_of
from tests.support import databases, soak
from tests.support.hostile import FIELDS, Hostile
from tests.support.rooms import ADMIN, House

ROWS = 2000
CHECK = ActorCheck(ActorType.CUSTOMER, {field.key: field for field in FIELDS}, Limits())
MAPPING = mapping_of(EntityKind.COMPANY, *((field, field.key.lower()) for field in FIELDS))
CONVERTER = Converter(MAPPING, SCHEMA.entities[EntityKind.COMPANY], lists_of(ImportSettings()), "NO")
MANY = ("phone", "email")


@pytest.mark.parametrize("seed", soak.seeds(2))
def test_every_value_is_what_it_was_or_named(seed: int) -> None:
    hostile = Hostile(seed)
    for number in range(ROWS):
        row = hostile.actor(f"K{number}")
        (checked,), rejected = CHECK.actors([row])
        assert rejected == ()
        kept = codec.values_from_text(codec.values_to_text(checked.values))
        assert kept == checked.values
        assert list(map(type, kept.values())) == list(map(type, checked.values.values()))
        for field in FIELDS:
            raw = row.values.get(field.key)
            assert is_told(field, checked) or is_same(field, raw, checked.values.get(field.key)), (field, raw, checked)
        candidate = CONVERTER.candidate(StagedActor(1, ActorType.CUSTOMER, checked.key, kept))
        for field in FIELDS:
            assert is_carried(field, kept.get(field.key), candidate), (field, kept.get(field.key), candidate)


def is_told(field: ErpField, checked: CheckedActor) -> bool:
    return any(problem.params.get("field") == field.key for problem in checked.problems)


def is_same(field: ErpField, raw: Any, value: Any) -> bool:
    """Whether a value says what the ERP said; nothing for nothing."""
    if value is None:
        return is_nothing(field, raw)
    return type(value) is _TYPES[field.type] and _SAME[field.type](raw, value)


def is_nothing(field: ErpField, raw: Any) -> bool:
    if isinstance(raw, (tuple, list, set)) and field.type is FieldType.LIST:
        return all(is_nothing(field, one) for one in raw)
    return raw is None or (isinstance(raw, str) and not raw.strip() and field.type is not FieldType.TEXT)


def same_text(raw: Any, value: str) -> bool:
    if isinstance(raw, date):
        return value == raw.isoformat()
    return value == (
        str(int(raw)) if isinstance(raw, float) and raw == int(raw) else raw if isinstance(raw, str) else str(raw)
    )


def same_number(raw: Any, value: Any) -> bool:
    if not isinstance(raw, str):
        return not isinstance(raw, bool) and Decimal(str(raw)) == value
    text = raw.strip()
    for sign in " '\u00a0\u202f":
        text = text.replace(sign, "")
    return any(reads(one, value) for one in (text, text.replace(",", ""), text.replace(".", "").replace(",", ".")))


def reads(text: str, value: Any) -> bool:
    try:
        return Decimal(text) == value
    except InvalidOperation:
        return False


def same_day(raw: Any, value: date) -> bool:
    if isinstance(raw, datetime):
        return raw.replace(tzinfo=None) == datetime(value.year, value.month, value.day)
    return raw == value if isinstance(raw, date) else raw.strip()[:10] == value.isoformat()


def same_moment(raw: Any, value: datetime) -> bool:
    if isinstance(raw, datetime):
        return raw == value
    if isinstance(raw, date):
        return value == datetime(raw.year, raw.month, raw.day, tzinfo=timezone.utc)
    text = raw.strip().replace(" ", "T")
    return value.isoformat().startswith(text[:16]) and (
        len(text) == 10 or text[-1] in "Zz" or text[-6:] in value.isoformat()
    )


def same_truth(raw: Any, value: bool) -> bool:
    return str(raw).strip().lower() in (("true", "1") if value else ("false", "0"))


def same_item(raw: Any, value: str) -> bool:
    (only,) = raw if isinstance(raw, (tuple, list, set)) else (raw,)
    return str(only) == value if not isinstance(only, (tuple, list, set)) else same_item(only, value)


_SAME = {
    FieldType.TEXT: same_text,
    FieldType.INTEGER: same_number,
    FieldType.DECIMAL: same_number,
    FieldType.DATE: same_day,
    FieldType.DATETIME: same_moment,
    FieldType.BOOLEAN: same_truth,
    FieldType.LIST: same_item,
}
_TYPES = {
    FieldType.TEXT: str,
    FieldType.INTEGER: int,
    FieldType.DECIMAL: Decimal,
    FieldType.DATE: date,
    FieldType.DATETIME: datetime,
    FieldType.BOOLEAN: bool,
    FieldType.LIST: str,
}


def is_carried(field: ErpField, value: Any, candidate: Candidate) -> bool:
    """Whether the CRM gets the value of the ERP, without blanks at its ends, or is told what it does not get."""
    key = field.key.lower()
    if key not in candidate.values or field.type is FieldType.LIST:
        blank = field.type is FieldType.LIST and not normalising.text(str(value or ""))
        return blank or key in candidate.values or any(problem.field == key for problem in candidate.problems)
    wanted = value.strip() or None if isinstance(value, str) else value
    if key in MANY:
        wanted = () if wanted is None else (wanted,)
    return bool(candidate.values[key] == wanted)


@pytest.mark.parametrize("engine", databases.NAMES, indirect=True)
def test_hostile_rows_are_searched_staged_and_kept_as_they_were_checked(house: House) -> None:
    hostile = Hostile(1)
    rows = [hostile.actor(f"K{number}") for number in range(300)]
    house.shop.fields[ActorType.CUSTOMER] = FIELDS
    house.shop.actors[ActorType.CUSTOMER] = rows
    token = house.begin()
    assert house.stage(token) == 300
    with house.rooms.engine.connect() as tx:
        import_id = imports.get(house.rooms, ADMIN, token).import_.id
        kept = staging_store.chunks(tx, import_id, [ActorType.CUSTOMER], 0, 300)
    checked, _ = CHECK.actors(rows)
    assert [(one.key, one.values, one.parent) for one in kept] == [(one.key, one.values, one.parent) for one in checked]
    assert [len(one.problems) for one in kept] == [len(one.problems) for one in checked]

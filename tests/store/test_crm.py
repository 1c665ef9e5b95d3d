from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import DBAPIError

from erp_import_plugin.host_api import Crm, CrmType, CrmValue, EntityKind, EntityUpdate
from erp_import_plugin.store import migrate
from erp_import_plugin.store.crm import Column, EntityTable, SqlAlchemyCrm, erasure_digests
from erp_import_plugin.store.transactions import writing
from tests.support import hosts
from tests.support.hosts import KARI, statements

COMPANY, PERSON, PROJECT = EntityKind.COMPANY, EntityKind.PERSON, EntityKind.PROJECT
LISTS = ("category", "country", "interest")


@pytest.fixture
def crm(engine: Engine) -> SqlAlchemyCrm:
    hosts.metadata.create_all(engine)
    migrate.upgrade(engine)
    return hosts.crm()


@pytest.fixture
def tx(engine: Engine, crm: SqlAlchemyCrm) -> Iterator[Connection]:
    with writing(engine, locking=True) as connection:
        yield connection


@pytest.fixture
def items(crm: SqlAlchemyCrm, tx: Connection) -> dict[str, str]:
    """Ids of list items, by label."""
    return {
        item.label: item.id
        for name, labels in {"category": ["Customer", "Supplier"], "interest": ["Golf", "Ski"]}.items()
        for item in crm.add_list_items(tx, name, labels)
    }


def one(crm: Crm, tx: Connection, kind: EntityKind, entity_id: str, *fields: str) -> list[CrmValue]:
    values = crm.read(tx, kind, [entity_id], fields)[entity_id].values
    return [values[field] for field in fields]


def test_it_keeps_the_contract() -> None:
    crm: Crm = hosts.crm()
    assert set(crm.schema().entities) == set(EntityKind)


def test_fields_are_described_as_the_columns_say() -> None:
    schema = hosts.crm().schema()
    fields = schema.entities[COMPANY].fields
    assert {key: field.type for key, field in fields.items()} == {
        "id": CrmType.TEXT, "name": CrmType.TEXT, "department": CrmType.TEXT, "number": CrmType.INTEGER,
        "code": CrmType.TEXT, "vat_number": CrmType.TEXT, "category": CrmType.LIST, "country": CrmType.LIST,
        "revenue": CrmType.DECIMAL, "score": CrmType.DECIMAL, "founded": CrmType.DATE, "seen_at": CrmType.DATETIME,
        "customer": CrmType.BOOLEAN, "source": CrmType.TEXT, "note": CrmType.TEXT, "phone": CrmType.PHONE,
        "email": CrmType.EMAIL, "interest": CrmType.LIST,
    }  # fmt: skip
    assert [key for key, field in fields.items() if field.mandatory] == ["name"]
    assert [key for key, field in fields.items() if field.read_only] == ["id"]
    assert [key for key, field in fields.items() if field.many] == ["phone", "email", "interest"]
    assert fields["name"].max_length == 100
    assert fields["phone"].max_length == 255
    assert fields["note"].max_length is None
    assert {name: one.default for name, one in schema.lists.items()} == {
        "category": "1",
        "country": "2",
        "interest": None,
    }


def test_a_field_whose_list_is_not_there_is_refused() -> None:
    columns = hosts.company.c
    fields = {"category": Column(columns.category_id, "Category", list_name="nowhere")}
    with pytest.raises(ValueError, match="nowhere"):
        SqlAlchemyCrm([EntityTable(COMPANY, "Company", columns.id, fields)])


def test_a_column_cannot_hold_many_values_or_be_in_another_table() -> None:
    columns = hosts.company.c
    with pytest.raises(ValueError, match="Channel"):
        EntityTable(COMPANY, "Company", columns.id, {"phone": Column(columns.code, "Phone", type=CrmType.PHONE)})
    with pytest.raises(ValueError, match="another table"):
        EntityTable(COMPANY, "Company", columns.id, {"name": Column(hosts.person.c.number, "Number")})


def test_every_type_comes_back_as_it_was_written(crm: SqlAlchemyCrm, tx: Connection, items: dict[str, str]) -> None:
    values: dict[str, CrmValue] = {
        "name": "Blåbær & Sønn 北京 🎉",
        "number": 42,
        "category": items["Supplier"],
        "revenue": Decimal("1234.50"),
        "score": Decimal("0.1"),
        "founded": date(1, 1, 1),
        "seen_at": datetime(2026, 3, 29, 1, 30, tzinfo=timezone.utc),
        "customer": True,
        "note": "long\n" * 5000,
        "phone": ("22", "11"),
        "email": (),
        "interest": (items["Golf"], items["Ski"]),
    }
    (made,) = crm.create(tx, COMPANY, [values], KARI)
    assert crm.read(tx, COMPANY, [made], values)[made].values == values


def test_moments_of_other_zones_are_kept_as_utc(crm: SqlAlchemyCrm, tx: Connection) -> None:
    local = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    (made,) = crm.create(tx, COMPANY, [{"name": "ACME", "seen_at": local}], KARI)
    assert one(crm, tx, COMPANY, made, "seen_at") == [local]
    assert tx.execute(select(hosts.company.c.seen_at)).scalar() == datetime(2026, 3, 1, 10)


def test_only_what_is_asked_for_is_read(crm: SqlAlchemyCrm, tx: Connection) -> None:
    (made,) = crm.create(tx, COMPANY, [{"name": "ACME", "phone": ("1",), "email": ("a@b.example",)}], KARI)
    assert crm.read(tx, COMPANY, [made], ["email"])[made].values == {"email": ("a@b.example",)}
    assert crm.read(tx, COMPANY, [made], ["id", "code"])[made].values == {"id": made, "code": None}


@pytest.mark.parametrize("unknown", ["999", "", "no id", "9" * 40, "-1", "\uff11"])
def test_ids_that_nothing_has_are_left_out(crm: SqlAlchemyCrm, tx: Connection, unknown: str) -> None:
    for kind in EntityKind:
        assert crm.read(tx, kind, [unknown], ["name"]) == {}
        assert crm.read(tx, kind, [], ["name"]) == {}


def test_new_entities_get_their_ids_in_order(crm: SqlAlchemyCrm, tx: Connection) -> None:
    rows: list[dict[str, CrmValue]] = [{"name": f"Company {n}"} for n in range(2500)]
    ids = crm.create(tx, COMPANY, rows, KARI)
    found = crm.read(tx, COMPANY, ids, ["name"])
    assert [found[key].values for key in ids] == rows
    assert crm.count(tx, COMPANY) == len(set(ids)) == 2500


def test_the_host_goes_on_where_new_ids_end(crm: SqlAlchemyCrm, tx: Connection) -> None:
    ids = crm.create(tx, COMPANY, [{"name": f"Company {n}"} for n in range(10)], KARI)
    made = tx.execute(insert(hosts.company).values(name="By the host")).inserted_primary_key
    assert made is not None
    assert str(made[0]) not in ids
    assert crm.create(tx, COMPANY, [{"name": "Next"}], KARI)[0] not in {*ids, str(made[0])}


@pytest.mark.parametrize(("kind", "field"), [(PERSON, "last_name"), (PROJECT, "name")])
def test_ids_may_be_uuids_or_texts(crm: SqlAlchemyCrm, tx: Connection, kind: EntityKind, field: str) -> None:
    ids = crm.create(tx, kind, [{field: "One"}, {field: "Two"}], KARI)
    assert [one(crm, tx, kind, key, field) for key in ids] == [["One"], ["Two"]]
    crm.update(tx, kind, [EntityUpdate(ids[1], {field: "Changed"})], KARI)
    assert [one(crm, tx, kind, key, field) for key in ids] == [["One"], ["Changed"]]


def test_rows_may_have_different_fields(crm: SqlAlchemyCrm, tx: Connection) -> None:
    ids = crm.create(tx, COMPANY, [{"name": "A", "customer": True, "source": "erp"}, {"name": "B", "code": "b"}], KARI)
    assert one(crm, tx, COMPANY, ids[0], "customer", "source", "code") == [True, "erp", None]
    assert one(crm, tx, COMPANY, ids[1], "customer", "source", "code") == [False, "crm", "b"]


def test_changes_touch_only_the_fields_of_each_row(crm: SqlAlchemyCrm, tx: Connection, items: dict[str, str]) -> None:
    same: dict[str, CrmValue] = {
        "name": "Same",
        "code": "c",
        "number": 1,
        "phone": ("1",),
        "category": items["Customer"],
    }
    ids = crm.create(tx, COMPANY, [same] * 3, KARI)
    updates: list[dict[str, CrmValue]] = [
        {"name": "New", "code": None},
        {"number": 2, "phone": ("2",)},
        {"category": None},
    ]
    crm.update(tx, COMPANY, [EntityUpdate(key, values) for key, values in zip(ids, updates, strict=True)], KARI)
    found = crm.read(tx, COMPANY, ids, same)
    assert [found[key].values for key in ids] == [same | values for values in updates]


def test_values_that_stay_keep_their_rows(crm: SqlAlchemyCrm, tx: Connection) -> None:
    (made,) = crm.create(tx, COMPANY, [{"name": "ACME", "phone": ("1", "2"), "email": ("a@b.example",)}], KARI)
    table = hosts.company_channel
    tx.execute(update(table).where(table.c.value == "2").values(remark="the boss"))
    crm.update(tx, COMPANY, [EntityUpdate(made, {"phone": ("2", "3")})], KARI)
    rows = tx.execute(select(table.c.value, table.c.remark).order_by(table.c.id)).all()
    assert rows == [("2", "the boss"), ("a@b.example", None), ("3", None)]


def test_values_that_are_there_twice_come_back_twice(crm: SqlAlchemyCrm, tx: Connection) -> None:
    (made,) = crm.create(tx, COMPANY, [{"name": "ACME", "phone": ("1", "1", "2")}], KARI)
    for phones in (("3",), ("1", "1", "2"), ("1", "1", "2", "3")):
        crm.update(tx, COMPANY, [EntityUpdate(made, {"phone": phones})], KARI)
        assert one(crm, tx, COMPANY, made, "phone") == [phones]


def test_list_items_are_exchanged(crm: SqlAlchemyCrm, tx: Connection, items: dict[str, str]) -> None:
    (made,) = crm.create(tx, COMPANY, [{"name": "ACME", "interest": (items["Golf"],)}], KARI)
    crm.update(tx, COMPANY, [EntityUpdate(made, {"interest": (items["Ski"],)})], KARI)
    assert one(crm, tx, COMPANY, made, "interest") == [(items["Ski"],)]
    crm.update(tx, COMPANY, [EntityUpdate(made, {"interest": ()})], KARI)
    assert one(crm, tx, COMPANY, made, "interest") == [()]


def test_stamps_say_who_and_when(crm: SqlAlchemyCrm, tx: Connection) -> None:
    (made,) = crm.create(tx, COMPANY, [{"name": "ACME"}], KARI)
    stamps = select(hosts.company.c.updated_by, hosts.company.c.updated_at)
    assert tx.execute(stamps).one() == ("made by 7", None)
    crm.update(tx, COMPANY, [EntityUpdate(made, {"phone": ("1",)})], KARI)
    who, when = tx.execute(stamps).one()
    assert who == "7"
    assert abs(when - datetime.now(timezone.utc).replace(tzinfo=None)) < timedelta(minutes=1)


def test_read_only_fields_are_never_written(crm: SqlAlchemyCrm, tx: Connection) -> None:
    (made,) = crm.create(tx, COMPANY, [{"name": "ACME", "id": "77"}], KARI)
    crm.update(tx, COMPANY, [EntityUpdate(made, {"id": "78", "name": "B"})], KARI)
    assert one(crm, tx, COMPANY, made, "id", "name") == [made, "B"]


def test_what_the_database_refuses_is_raised_as_it_is(engine: Engine, crm: SqlAlchemyCrm) -> None:
    with pytest.raises(DBAPIError), writing(engine) as tx:
        crm.create(tx, COMPANY, [{"name": "ACME", "category": "12345"}], KARI)
    with pytest.raises(DBAPIError), writing(engine) as tx:
        crm.create(tx, COMPANY, [{"name": "ACME"}, {"name": None}], KARI)


def test_items_that_are_inactive_or_of_another_list_cannot_be_chosen(crm: SqlAlchemyCrm, tx: Connection) -> None:
    added = crm.add_list_items(tx, "category", ["Supplier", "Old", "Customer"])
    crm.add_list_items(tx, "country", ["Norway"])
    tx.execute(update(hosts.item).where(hosts.item.c.name == "Old").values(active=False))
    assert [item.label for item in added] == ["Supplier", "Old", "Customer"]
    assert [item.label for item in crm.list_items(tx, "category")] == ["Customer", "Supplier"]
    assert tx.execute(select(hosts.item.c.rank).distinct()).scalars().all() == [5]


def test_country_codes_come_with_the_items(crm: SqlAlchemyCrm, tx: Connection) -> None:
    tx.execute(insert(hosts.item).values(list_name="country", name="Norway", code="NO"))
    assert [(item.label, item.code) for item in crm.list_items(tx, "country")] == [("Norway", "NO")]


def test_erased_persons_and_companies_are_told(crm: SqlAlchemyCrm, tx: Connection) -> None:
    tx.execute(insert(hosts.item).values(id=5, list_name="country", name="Sweden", code="SE"))
    tx.execute(insert(hosts.preference).values(region="NO"))
    gone = [
        erasure_digests(PERSON, {"email": ("kari@acme.example",)}),
        erasure_digests(PERSON, {"phone_mobile": ("+46 70 123 45 67",)}),
        erasure_digests(COMPANY, {"vat_number": "NO995525828MVA"}),
    ]
    tx.execute(insert(hosts.erased), [{"digest": digest} for some in gone for digest in some])
    persons: list[dict[str, CrmValue]] = [
        {"email": ("other@acme.example", "kari@ACME.example")},
        {"phone_mobile": ("070-123 45 67",), "country": "5"},
        {"phone_mobile": ("070-123 45 67",)},
        {"last_name": "Nordmann"},
    ]
    assert crm.erased(tx, PERSON, persons) == [True, True, False, False]
    assert crm.erased(tx, COMPANY, [{"vat_number": "995 525 828"}, {"name": "ACME"}]) == [True, False]
    assert crm.erased(tx, PROJECT, [{"name": "Bridge"}]) == [False]


def _rows(count: int, items: dict[str, str], sign: str) -> list[dict[str, Any]]:
    return [
        {
            "name": f"Company {sign}{n}",
            "vat_number": f"{sign}{n}",
            "category": items["Customer"],
            "phone": (f"{sign}1{n}", f"{sign}2{n}"),
            "email": (f"{sign}{n}@acme.example",),
            "interest": (items["Golf"], items["Ski"]),
        }
        for n in range(count)
    ]


def _journey(crm: SqlAlchemyCrm, tx: Connection, items: dict[str, str], count: int) -> None:
    sign = f"x{count}x"
    crm.add_list_items(tx, "category", [f"{sign}{n}" for n in range(count)])
    rows = _rows(count, items, sign)
    crm.erased(tx, COMPANY, rows)
    ids = crm.create(tx, COMPANY, rows, KARI)
    for rule in ("name", "vat_number", "id"):
        kept = hosts.rule(COMPANY, rule)
        keys = [key for row, one in zip(rows, ids, strict=True) for key in kept.keys({**row, "id": one}, "")]
        assert len(crm.find(tx, COMPANY, kept, keys)) == count
    assert len(crm.read(tx, COMPANY, ids, rows[0])) == count
    changes = [{"name": f"New {one}", "phone": (f"{sign}1{n}", one), "interest": ()} for n, one in enumerate(ids)]
    crm.update(tx, COMPANY, [EntityUpdate(one, values) for one, values in zip(ids, changes, strict=True)], KARI)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
def test_the_number_of_statements_does_not_depend_on_the_rows(
    engine: Engine, crm: SqlAlchemyCrm, tx: Connection, items: dict[str, str]
) -> None:
    _journey(crm, tx, items, 2)
    seen = []
    for count in (30, 1000):
        with statements(engine) as counted:
            _journey(crm, tx, items, count)
        seen.append(len(counted))
    assert seen[0] == seen[1] > 0

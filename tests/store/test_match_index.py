from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from erp_import_plugin.host_api import CrmValue, EntityKind, EntityUpdate, MatchRule
from erp_import_plugin.store import migrate
from erp_import_plugin.store.crm import SqlAlchemyCrm
from erp_import_plugin.store.tables import match_key
from erp_import_plugin.store.transactions import writing
from tests.support import hosts
from tests.support.hosts import KARI, rule, statements

COMPANY, PERSON, PROJECT = EntityKind.COMPANY, EntityKind.PERSON, EntityKind.PROJECT


@pytest.fixture
def crm(engine: Engine) -> SqlAlchemyCrm:
    hosts.metadata.create_all(engine)
    migrate.upgrade(engine)
    return hosts.crm()


@pytest.fixture
def tx(engine: Engine, crm: SqlAlchemyCrm) -> Iterator[Connection]:
    with writing(engine) as connection:
        yield connection


def test_entities_are_found_by_their_normalised_values(crm: SqlAlchemyCrm, tx: Connection) -> None:
    rows: list[dict[str, CrmValue]] = [
        {"name": " ACME  inc. ", "code": "A-1", "vat_number": "NO 995 525 828 MVA", "number": 12},
        {"name": "Ås", "department": "Sales"},
        {"name": "As"},
        {"name": "acme INC."},
    ]
    acme, aas, _, other = crm.create(tx, COMPANY, rows, KARI)
    assert crm.find(tx, COMPANY, rule(COMPANY, "name"), ["acme inc.", "ås", "nobody"]) == {
        "acme inc.": [acme, other],
        "ås": [aas],
    }
    assert crm.find(tx, COMPANY, rule(COMPANY, "vat_number"), ["995525828"]) == {"995525828": [acme]}
    assert crm.find(tx, COMPANY, rule(COMPANY, "number"), ["12"]) == {"12": [acme]}
    assert crm.find(tx, COMPANY, rule(COMPANY, "code"), ["a-1", "A-1"]) == {"a-1": [acme]}
    keys = rule(COMPANY, "name_department").keys({"name": "ÅS", "department": "sales"}, "")
    assert crm.find(tx, COMPANY, rule(COMPANY, "name_department"), keys) == {keys[0]: [aas]}


@pytest.mark.parametrize(
    ("kind", "row"), [(COMPANY, {"name": "A"}), (PERSON, {"last_name": "A"}), (PROJECT, {"name": "A"})]
)
def test_ids_are_found_whatever_they_are_made_of(
    crm: SqlAlchemyCrm, tx: Connection, kind: EntityKind, row: dict[str, CrmValue]
) -> None:
    (made,) = crm.create(tx, kind, [row], KARI)
    assert crm.find(tx, kind, rule(kind, "id"), [made.lower(), "nobody", "9" * 30]) == {made.lower(): [made]}


def test_persons_are_found_by_each_email_and_mobile(crm: SqlAlchemyCrm, tx: Connection) -> None:
    tx.execute(insert(hosts.item).values(id=5, list_name="country", name="Sweden", code="SE"))
    tx.execute(insert(hosts.preference).values(region="NO"))
    rows: list[dict[str, CrmValue]] = [
        {"email": ("kari@ACME.example", "k@x.example"), "phone_mobile": ("912 34 567", "0")},
        {"email": ("kari@acme.example",), "phone_mobile": ("070-123 45 67",), "country": "5"},
        {"last_name": "Nobody"},
    ]
    kari, ola, _ = crm.create(tx, PERSON, rows, KARI)
    emails = crm.find(tx, PERSON, rule(PERSON, "email"), ["kari@acme.example", "k@x.example"])
    assert emails == {"kari@acme.example": [kari, ola], "k@x.example": [kari]}
    mobiles = crm.find(tx, PERSON, rule(PERSON, "mobile"), ["+4791234567", "+46701234567"])
    assert mobiles == {"+4791234567": [kari], "+46701234567": [ola]}


def test_what_changes_is_found_anew_at_once(engine: Engine, crm: SqlAlchemyCrm) -> None:
    name = rule(COMPANY, "name")
    with writing(engine) as tx:
        old, gone = crm.create(tx, COMPANY, [{"name": "Old"}, {"name": "Gone"}], KARI)
        assert crm.find(tx, COMPANY, name, ["old", "gone"]) == {"old": [old], "gone": [gone]}
    with engine.begin() as sales:
        sales.execute(update(hosts.company).where(hosts.company.c.name == "Old").values(name="New"))
        sales.execute(delete(hosts.company).where(hosts.company.c.name == "Gone"))
        sales.execute(insert(hosts.company).values(name="Just made"))
    with writing(engine) as tx:
        found = crm.find(tx, COMPANY, name, ["old", "new", "gone", "just made"])
        assert set(found) == {"new", "just made"}
        assert found["new"] == [old]
        crm.update(tx, COMPANY, [EntityUpdate(old, {"name": "Newer"})], KARI)
        assert crm.find(tx, COMPANY, name, ["new", "newer"]) == {"newer": [old]}


def test_phones_follow_their_row_their_owner_and_the_country(crm: SqlAlchemyCrm, tx: Connection) -> None:
    mobile = rule(PERSON, "mobile")
    tx.execute(insert(hosts.preference).values(region="NO"))
    kari, ola = crm.create(tx, PERSON, [{"phone_mobile": ("91234567",)}, {"last_name": "Ola"}], KARI)
    assert crm.find(tx, PERSON, mobile, ["+4791234567"]) == {"+4791234567": [kari]}
    tx.execute(
        update(hosts.person_channel).values(
            person_id=select(hosts.person.c.id).where(hosts.person.c.last_name == "Ola").scalar_subquery()
        )
    )
    assert crm.find(tx, PERSON, mobile, ["+4791234567"]) == {"+4791234567": [ola]}
    tx.execute(update(hosts.preference).values(region="DK"))
    assert crm.find(tx, PERSON, mobile, ["+4791234567", "+4591234567"]) == {"+4591234567": [ola]}
    tx.execute(insert(hosts.item).values(id=5, list_name="country", name="Norway", code="NO"))
    crm.update(tx, PERSON, [EntityUpdate(ola, {"country": "5"})], KARI)
    assert crm.find(tx, PERSON, mobile, ["+4791234567", "+4591234567"]) == {"+4791234567": [ola]}
    tx.execute(update(hosts.person_channel).values(kind="fax"))
    assert crm.find(tx, PERSON, mobile, ["+4791234567"]) == {}


def test_entities_without_values_are_not_read_again(engine: Engine, crm: SqlAlchemyCrm, tx: Connection) -> None:
    crm.create(tx, COMPANY, [{"name": f"Company {n}"} for n in range(50)], KARI)
    vat = rule(COMPANY, "vat_number")
    crm.find(tx, COMPANY, vat, ["1"])
    with statements(engine) as seen:
        crm.find(tx, COMPANY, vat, ["1"])
    assert not [statement for statement in seen if not statement.startswith("SELECT")]


def test_keys_of_entities_that_are_gone_are_forgotten(crm: SqlAlchemyCrm, tx: Connection) -> None:
    name = rule(COMPANY, "name")
    crm.create(tx, COMPANY, [{"name": "ACME"}], KARI)
    assert crm.find(tx, COMPANY, name, ["acme"])
    tx.execute(delete(hosts.company))
    assert crm.find(tx, COMPANY, name, ["acme"]) == {}
    assert tx.execute(select(func.count()).select_from(match_key)).scalar() == 0


def test_more_entities_than_one_page_holds(crm: SqlAlchemyCrm, tx: Connection) -> None:
    ids = crm.create(tx, COMPANY, [{"name": f"Company {n}"} for n in range(11_000)], KARI)
    keys = [f"company {n}" for n in range(11_000)]
    found = crm.find(tx, COMPANY, rule(COMPANY, "name"), keys)
    assert [found[key] for key in keys] == [[one] for one in ids]
    tx.execute(update(hosts.company).values(name=hosts.company.c.name + " AS"))
    found = crm.find(tx, COMPANY, rule(COMPANY, "name"), [*keys, *(f"{key} as" for key in keys)])
    assert [found[f"{key} as"] for key in keys] == [[one] for one in ids]
    assert len(found) == 11_000


def test_keys_are_made_ready_in_transactions_of_their_own(engine: Engine, crm: SqlAlchemyCrm) -> None:
    name = rule(COMPANY, "name")
    with writing(engine) as tx:
        ids = crm.create(tx, COMPANY, [{"name": f"Company {n}"} for n in range(11_000)], KARI)
    made, after = [0], None
    while after is not None or len(made) == 1:
        with writing(engine) as tx:
            after = crm.prepare(tx, COMPANY, name, after)
        with engine.connect() as tx:
            made.append(tx.scalar(select(func.count()).select_from(match_key)) or 0)
    assert made[-1] == 11_000
    assert max(some - before for before, some in pairwise(made)) < 11_000 / 2
    with statements(engine) as seen, writing(engine) as tx:
        assert crm.find(tx, COMPANY, name, ["company 10999"]) == {"company 10999": [ids[-1]]}
    assert not [statement for statement in seen if statement.startswith("INSERT")]


def test_what_is_half_ready_is_found_all_the_same(engine: Engine, crm: SqlAlchemyCrm) -> None:
    name = rule(COMPANY, "name")
    with writing(engine) as tx:
        ids = crm.create(tx, COMPANY, [{"name": f"Company {n}"} for n in range(5_001)], KARI)
    with writing(engine) as tx:
        after = crm.prepare(tx, COMPANY, name)
    with writing(engine) as tx:
        assert crm.find(tx, COMPANY, name, ["company 5000"]) == {"company 5000": [ids[-1]]}
        crm.update(tx, COMPANY, [EntityUpdate(ids[-1], {"name": "Last"})], KARI)
    with writing(engine) as tx:
        assert crm.prepare(tx, COMPANY, name, after) is None
        assert crm.find(tx, COMPANY, name, ["last"]) == {"last": [ids[-1]]}


def test_nothing_is_made_ready_for_a_rule_that_asks_the_table_itself(crm: SqlAlchemyCrm, tx: Connection) -> None:
    crm.create(tx, COMPANY, [{"name": "A"}], KARI)
    assert crm.prepare(tx, COMPANY, rule(COMPANY, "id")) is None
    assert tx.scalar(select(func.count()).select_from(match_key)) == 0


def _prepare(engine: Engine, crm: SqlAlchemyCrm, kind: EntityKind, by: MatchRule) -> None:
    with writing(engine) as tx:
        assert crm.prepare(tx, kind, by) is None


def test_who_only_looks_by_prepared_keys_keeps_nobody_waiting(engine: Engine, crm: SqlAlchemyCrm) -> None:
    name = rule(COMPANY, "name")
    with writing(engine) as tx:
        ids = crm.create(tx, COMPANY, [{"name": f"Company {n}"} for n in range(100)], KARI)
    _prepare(engine, crm, COMPANY, name)
    keys = [f"company {n}" for n in range(100)]
    wanted = {key: [one] for key, one in zip(keys, ids, strict=True)}
    with engine.connect() as tx, statements(engine) as seen:
        assert crm.find(tx, COMPANY, name, keys, prepared=True) == wanted
    assert not [one for one in seen if one.startswith(("INSERT", "UPDATE", "DELETE")) or "FOR UPDATE" in one]
    assert not [one for one in seen if "JOIN" in one]


def test_what_has_lost_its_key_since_the_keys_were_prepared_is_not_found(engine: Engine, crm: SqlAlchemyCrm) -> None:
    name = rule(COMPANY, "name")
    with writing(engine) as tx:
        rows: list[dict[str, CrmValue]] = [{"name": "Old"}, {"name": "Gone"}, {"name": "Acme"}, {"name": "ACME"}]
        _, _, acme, other = crm.create(tx, COMPANY, rows, KARI)
    _prepare(engine, crm, COMPANY, name)
    with engine.begin() as sales:
        sales.execute(update(hosts.company).where(hosts.company.c.name == "Old").values(name="New"))
        sales.execute(delete(hosts.company).where(hosts.company.c.name == "Gone"))
        sales.execute(update(hosts.company).where(hosts.company.c.id == int(acme)).values(name=" acme "))
    with engine.connect() as tx:
        assert crm.find(tx, COMPANY, name, ["old", "gone", "acme"], prepared=True) == {"acme": [acme, other]}
    with writing(engine) as tx:
        assert crm.find(tx, COMPANY, name, ["new"]).keys() == {"new"}


def test_prepared_keys_of_many_values_follow_their_row(engine: Engine, crm: SqlAlchemyCrm) -> None:
    email = rule(PERSON, "email")
    with writing(engine) as tx:
        kari, ola = crm.create(tx, PERSON, [{"email": ("a@x.example", "b@x.example")}, {}], KARI)
    _prepare(engine, crm, PERSON, email)
    with engine.begin() as sales:
        ids = {str(one): one for one in sales.execute(select(hosts.person.c.id)).scalars()}
        mine = hosts.person_channel.c.value == "b@x.example"
        sales.execute(update(hosts.person_channel).where(mine).values(person_id=ids[ola]))
    with engine.connect() as tx:
        found = crm.find(tx, PERSON, email, ["a@x.example", "b@x.example"], prepared=True)
        assert found == {"a@x.example": [kari], "b@x.example": [ola]}


def test_keys_that_nobody_has_prepared_are_made(engine: Engine, crm: SqlAlchemyCrm) -> None:
    mobile = rule(PERSON, "mobile")
    with writing(engine) as tx:
        (kari,) = crm.create(tx, PERSON, [{"phone_mobile": ("91234567",)}], KARI)
        tx.execute(insert(hosts.preference).values(region="NO"))
        assert crm.find(tx, PERSON, mobile, ["+4791234567"], prepared=True) == {"+4791234567": [kari]}
        tx.execute(update(hosts.preference).values(region="DK"))
        assert crm.find(tx, PERSON, mobile, ["+4591234567"], prepared=True) == {"+4591234567": [kari]}


def test_a_rule_of_fields_this_crm_lacks_is_refused(crm: SqlAlchemyCrm, tx: Connection) -> None:
    with pytest.raises(ValueError, match="vat_number"):
        crm.find(tx, PERSON, rule(COMPANY, "vat_number"), ["1"])


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"], indirect=True)
def test_two_that_look_before_they_create_make_no_double(engine: Engine, crm: SqlAlchemyCrm) -> None:
    def import_one() -> None:
        with writing(engine, locking=True) as tx:
            if not crm.find(tx, COMPANY, rule(COMPANY, "name"), ["acme"]):
                crm.create(tx, COMPANY, [{"name": "ACME"}], KARI)

    both = [Thread(target=import_one) for _ in range(6)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    with writing(engine) as tx:
        assert crm.count(tx, COMPANY) == 1


@given(
    names=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60), max_size=8
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_name_is_made_of_its_entity_is_found(engine: Engine, crm: SqlAlchemyCrm, names: list[str]) -> None:
    name = rule(COMPANY, "name")
    with writing(engine) as tx:
        tx.execute(delete(hosts.company))
        rows: list[dict[str, CrmValue]] = [{"name": one} for one in names]
        ids = crm.create(tx, COMPANY, rows, KARI)
        keys = [name.keys(row, "") for row in rows]
        found = crm.find(tx, COMPANY, name, [key for some in keys for key in some])
        assert all(one in found[some[0]] for one, some in zip(ids, keys, strict=True) if some)
        assert sum(map(len, found.values())) == sum(map(len, keys))


class _Words:
    """Each word of a name is a key; those of more than two entities do not count."""

    name = "words"
    fields = ("name",)
    regional = False
    at_most = 2

    def keys(self, values: Mapping[str, CrmValue], region: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(values["name"]).split()))


def test_a_rule_may_give_several_keys_for_one_entity(crm: SqlAlchemyCrm, tx: Connection) -> None:
    rows: list[dict[str, CrmValue]] = [{"name": "a b"}, {"name": "b c a"}, {"name": " "}]
    one, other, _ = crm.create(tx, COMPANY, rows, KARI)
    assert crm.find(tx, COMPANY, _Words(), ["a", "b", "c", "d"]) == {"a": [one, other], "b": [one, other], "c": [other]}
    crm.update(tx, COMPANY, [EntityUpdate(other, {"name": "d b"})], KARI)
    assert crm.find(tx, COMPANY, _Words(), ["a", "b", "c"], prepared=True) == {"a": [one], "b": [one, other]}
    crm.update(tx, COMPANY, [EntityUpdate(other, {"name": "d"})], KARI)
    assert crm.find(tx, COMPANY, _Words(), ["a", "b", "c", "d"]) == {"a": [one], "b": [one], "d": [other]}
    tx.execute(delete(hosts.company).where(hosts.company.c.name == "a b"))
    assert crm.find(tx, COMPANY, _Words(), ["a", "b"]) == {}
    assert tx.execute(select(func.count()).select_from(match_key)).scalar() == 2


def test_keys_that_too_many_entities_have_are_left_out(crm: SqlAlchemyCrm, tx: Connection) -> None:
    rows: list[dict[str, CrmValue]] = [{"name": "a b"}, {"name": "a b"}, {"name": "a c"}]
    ids = crm.create(tx, COMPANY, rows, KARI)
    assert crm.find(tx, COMPANY, _Words(), ["a", "b", "c"]) == {"b": ids[:2], "c": ids[2:]}


def test_entities_with_several_keys_are_not_read_again(engine: Engine, crm: SqlAlchemyCrm, tx: Connection) -> None:
    crm.create(tx, COMPANY, [{"name": f"a b {n}"} for n in range(50)], KARI)
    crm.find(tx, COMPANY, _Words(), ["a"])
    with statements(engine) as seen:
        crm.find(tx, COMPANY, _Words(), ["a"])
    assert not [statement for statement in seen if not statement.startswith("SELECT")]

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.engine.similar import MOST, SHOWN, Portrait, Values, best, compare, fields_of
from erp_import_plugin.host_api import EntityKind

COMPANY, PERSON, PROJECT = EntityKind
KARI: Values = {"first_name": "Kari", "last_name": "Nordmann", "birth_date": date(1980, 5, 17), "postal_zip": "5003"}
NO: Values = {"vat_number": "NO 923 456 783 MVA"}
ALPHA: Values = {"postal_zip": "0150", "postal_address_1": "Havnegata 1"} | NO
MAIL = ("post@office.example",)
HANSEN: Values = {"last_name": "Hansen"}


def score(kind: EntityKind, one: Values, other: Values) -> int:
    return compare(Portrait(kind, one), Portrait(kind, other))[0]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (COMPANY, {"name": "Nordic Paper AS"}, {"name": "Nordic Papre"}),
        (COMPANY, {"name": "Müller & Söhne GmbH"}, {"name": "Mueller Soehne"}),
        (COMPANY, {"name": "Paper Nordic"}, {"name": "Nordic Paper"}),
        (COMPANY, ALPHA | {"name": "Alpha"}, ALPHA | {"name": "Alpha Holding"}),
        (COMPANY, NO | {"name": "Alpha"}, {"name": "Omega", "vat_number": "923456783"}),
        (PERSON, KARI, KARI | {"last_name": "Nordman"}),
        (PERSON, KARI, KARI | {"first_name": "Nordmann", "last_name": "Kari"}),
        (PERSON, KARI, KARI | {"first_name": None}),
        (PERSON, KARI | {"email": ("k@n.example",)}, KARI | {"last_name": "Hansen", "email": ("K@n.example",)}),
        (PROJECT, {"name": "New headquarters"}, {"name": "New head-quarters"}),
    ],
)  # fmt: skip
def test_much_alike(kind: EntityKind, one: Values, other: Values) -> None:
    assert score(kind, one, other) >= SHOWN


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (COMPANY, {"name": "Hansen Bygg"}, {"name": "Hansen Rør"}),
        (COMPANY, {"name": "Depot 3"}, {"name": "Depot 4"}),
        (COMPANY, {"name": "Nordic Paper"} | NO, {"name": "Nordic Papre", "vat_number": "811111112"}),
        (COMPANY, {"name": "Alpha", "postal_zip": "0150"}, {"name": "Omega", "postal_zip": "0150"}),
        (PERSON, KARI, KARI | {"birth_date": date(1951, 12, 4), "first_name": "Karin"}),
        (PERSON, HANSEN | {"first_name": "Ola", "company": "1"}, HANSEN | {"first_name": "Ole", "company": "2"}),
        (COMPANY, {"name": "Alpha", "email": MAIL}, {"name": "Omega", "email": MAIL}),
        (PERSON, {}, KARI),
        (COMPANY, {}, {}),
    ],
)  # fmt: skip
def test_not_alike_enough(kind: EntityKind, one: Values, other: Values) -> None:
    assert score(kind, one, other) < SHOWN


def test_it_is_told_what_agrees() -> None:
    one = KARI | {"email": ("a@b.example",), "postal_city": "Oslo"}
    other = KARI | {"email": ("A@b.example", "c@d.example"), "postal_city": "Bergen"}
    expected = {"first_name", "last_name", "birth_date", "email", "postal_zip"}
    assert set(compare(Portrait(PERSON, one), Portrait(PERSON, other))[1]) == expected


def test_other_phones_and_addresses_contradict_nothing() -> None:
    one, other = {"name": "Acme", "phone": ("22 33 44 55",)}, {"name": "Acme", "phone": ("55 66 77 88",)}
    assert score(COMPANY, one, other) == 100


def test_the_best_come_first_and_not_too_many() -> None:
    others = {str(n): Portrait(COMPANY, {"name": "Nordic Paper" + "x" * (n % 4)}) for n in range(20)}
    found = best(Portrait(COMPANY, {"name": "Nordic Paper"}), others)
    assert len(found) == MOST
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {one.score for one in found} == {100}
    assert best(Portrait(COMPANY, {"name": "Elsewhere"}), others) == ()


_texts = st.text() | st.sampled_from(["\0", "\ud800", "\u202eabc", "x" * 10_000, "א" * 10_000])
_values = st.dictionaries(
    st.sampled_from(sorted({field for kind in EntityKind for field in fields_of(kind)})),
    _texts | st.none() | st.tuples(_texts),
)


@given(st.sampled_from(list(EntityKind)), _values, _values)
def test_the_order_of_two_records_does_not_matter_whatever_is_in_them(
    kind: EntityKind, one: Values, other: Values
) -> None:
    mine, theirs = Portrait(kind, one), Portrait(kind, other)
    assert compare(mine, theirs) == compare(theirs, mine)
    assert 0 <= compare(mine, theirs)[0] <= 100
    assert compare(mine, mine)[0] in (0, 100)

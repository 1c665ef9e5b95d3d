from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.engine import normalising
from erp_import_plugin.engine.normalising import digest, email, phone, text, url, vat

FORMS = (text, vat, phone, email, url)
hostile = st.text(alphabet=st.characters(codec=None), max_size=300)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("  ACME   Inc. ", "acme inc."),
        ("ACME\u00a0Inc.", "ACME Inc."),
        ("ACME\tInc.\r\n", "ACME Inc."),
        ("\ufeffAC\u200bME Inc.", "ACME Inc."),
        ("Do\u00adnau", "Donau"),
        ("Straße", "STRASSE"),
        ("\uff26ull", "full"),
        ("ﬁsk", "fisk"),
        ("A\u030as", "Ås"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("AC\x00ME", "acme"),
    ],
)
def test_texts_that_mean_the_same_have_one_form(one: str, other: str) -> None:
    assert text(one) == text(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Ås", "As"), ("ACME Inc.", "ACME Inc"), ("a b", "ab"), ("Øl", "Ol")])
def test_texts_that_differ_keep_apart(one: str, other: str) -> None:
    assert text(one) != text(other)


@pytest.mark.parametrize("value", ["", " ", "\u200b", "\t\n", "\x00", "\ufeff "])
@pytest.mark.parametrize("form", FORMS)
def test_nothing_to_see_is_nothing_to_compare(form, value: str) -> None:  # type: ignore[no-untyped-def]
    assert form(value) == ""


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("NO 995 525 828 MVA", "995525828"),
        ("995525828", "995525828"),
        ("no995525828mva", "995525828"),
        ("DE 123.456.789", "123456789"),
        ("CHE-123.456.788 MWST", "123456788"),
        ("CHE123456788TVA", "123456788"),
        ("NL004495445B01", "004495445B01"),
        ("ATU 12345678", "U12345678"),
        ("EL 094259216", "094259216"),
        ("GB 999 9999 73", "999999973"),
        ("SE556677889901", "556677889901"),
        ("11223344", "11223344"),
        ("ESX1234567X", "X1234567X"),
        ("X1234567X", "X1234567X"),
        ("MVA", "MVA"),
        ("NO", "NO"),
        ("-", ""),
        ("\uff2e\uff2f\uff19\uff195525828", "995525828"),
    ],
)
def test_vat_numbers_lose_country_punctuation_and_suffix(value: str, form: str) -> None:
    assert vat(value) == form


@pytest.mark.parametrize(
    ("value", "region", "form"),
    [
        ("22 33 44 55", "NO", "+4722334455"),
        ("+47 22 33 44 55", "", "+4722334455"),
        ("0047 22334455", "SE", "+4722334455"),
        ("0047 22334455", "", "+4722334455"),
        ("+47 (0) 22 33 44 55", "DE", "+4722334455"),
        ("+39 (0)6 1234 5678", "", "+390612345678"),
        ("\u202a+47 22 33 44 55\u202c", "", "+4722334455"),
        ("089 / 123456", "de", "+4989123456"),
        ("+47 22 33 44 55 ext. 12", "", "+4722334455;ext=12"),
        ("+٤٧٢٢٣٣٤٤٥٥", "", "+4722334455"),
    ],
)
def test_phones_are_read_as_dialled_in_the_region(value: str, region: str, form: str) -> None:
    assert phone(value, region) == form


@pytest.mark.parametrize("region", ["", "XX", "NO"])
def test_a_phone_that_is_none_is_compared_by_its_digits_and_equals_no_real_number(region: str) -> None:
    assert phone("12-34", region) == phone("12 34", region) == "~1234"
    assert phone("9" * 300, region) == "~" + "9" * 300


def test_without_a_region_local_numbers_still_compare() -> None:
    assert phone("22 33 44 55") == phone("22.33.44.55") == "~22334455"


def test_words_in_the_place_of_a_phone_keep_apart() -> None:
    assert phone("ask Kari 1") != phone("ask Ola 1")


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (" Kari@ACME.Example ", "Kari@acme.example"),
        ("kari@blåbær.no", "kari@xn--blbr-roah.no"),
        ("kari@BLÅBÆR.no", "kari@xn--blbr-roah.no"),
        ("kari@xn--blbr-roah.no.", "kari@xn--blbr-roah.no"),
        ("kari\uff20acme.example", "kari@acme.example"),
        ("no address", "no address"),
        ("kari@" + "å" * 300, "kari@" + "å" * 300),
        ("kari@\u0661\u0301..\u0301", "kari@\u0661\u0301..\u0301"),
    ],
)
def test_emails_fold_the_domain_only(value: str, form: str) -> None:
    assert email(value) == form


@pytest.mark.parametrize(
    "value",
    [
        "www.acme.example", "WWW.ACME.example/", "http://www.acme.example", "HTTPS://www.acme.example:443/",
        "http://www.acme.example:80",
    ],
)  # fmt: skip
def test_urls_of_one_page_have_one_form(value: str) -> None:
    assert url(value) == "https://www.acme.example"


def test_urls_keep_what_leads_elsewhere() -> None:
    pages = [
        "a.example/Path",
        "a.example/path",
        "a.example/path?q=1",
        "a.example/path#x",
        "ftp://a.example",
        "b.example",
    ]
    assert len({url(page) for page in pages}) == len(pages)


@pytest.mark.parametrize("value", ["http://[", "http://a:99999999/", "http://]x["])
def test_an_url_that_is_none_is_compared_as_text(value: str) -> None:
    assert url(value) == value


@given(hostile)
def test_forms_can_be_stored_and_are_stable(value: str) -> None:
    for form in FORMS:
        made = form(value)
        assert "\x00" not in made
        assert made.encode().decode() == made
    assert text(text(value)) == text(value)
    assert vat(value) == vat(f" {value}\t")


@given(hostile)
def test_a_digest_fits_and_keeps_different_forms_apart(value: str) -> None:
    form = text(value)
    assert len(digest(form)) <= normalising.KEY_LENGTH
    assert digest(form + "x" * 65) != digest(form + "y" * 65)


def test_a_short_form_is_its_own_digest() -> None:
    assert digest("ø" * 64) == "ø" * 64
    assert digest("ø" * 65).startswith("sha256:")


@pytest.mark.parametrize(
    ("form", "unit"), [*product(FORMS, ["a", "å", "\u0301\u0316", "\ufdfa", "\ud800", "\x00", "0", "a@", "http://"])]
)
def test_ten_megabytes_take_no_more_than_moments(form, unit: str) -> None:  # type: ignore[no-untyped-def]
    value = unit * (10_000_000 // len(unit.encode("utf-8", "surrogatepass")))
    start = time.process_time()
    form(value)
    assert time.process_time() - start < 5

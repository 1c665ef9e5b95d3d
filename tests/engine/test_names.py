from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.engine import names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH", "Mueller GmbH & Co. KG"),
        ("ØRSTED A/S", "orsted"),
        ("Ås Bygg AS", "Aas  bygg"),
        ("Straße B.V.", "STRASSE"),
        ("AB Volvo", "Volvo"),
        ("Łódź Sp. z o.o.", "Lodz Sp. z o.o."),
        ("İstanbul", "istanbul"),
    ],
)
def test_accents_legal_forms_and_punctuation_do_not_count(one: str, other: str) -> None:
    assert names.company(one) == names.company(other) != ""


def test_a_name_is_never_taken_for_a_legal_form() -> None:
    assert names.company("AS") == "as"
    assert names.company("Ås Bygg") == "as bygg"
    assert names.company("Inc & Co Design") == "inc co design"


def test_a_skeleton_leaves_out_vowels_double_letters_and_the_order_of_words() -> None:
    assert names.skeleton("kristian hansen") == names.skeleton("hanssen kristiaan")
    assert names.skeleton("hansen") != names.skeleton("jansen")


@given(st.text())
def test_a_folded_name_is_folded_already(value: str) -> None:
    form = names.folded(value)
    assert form == form.strip()
    assert "\0" not in form
    form.encode()

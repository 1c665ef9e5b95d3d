from __future__ import annotations

from dataclasses import replace

import pytest

from erp_import_plugin.engine.changes import NewItem
from erp_import_plugin.engine.lists import Ignored, ItemMapping, Lists, Resolution
from erp_import_plugin.engine.settings import ImportSettings, ListPolicy
from erp_import_plugin.host_api import CrmList, CrmListItem
from tests.engine.samples import lists_of

POLICIES = list(ListPolicy)


def under(policy: ListPolicy, mapped: ItemMapping | None = None, **labels: str) -> Lists:
    """The sample lists, all under one policy; the ERP's list "erp" has these labels."""
    names = ("category", "country", "position", "interests", "unheard of")
    return lists_of(ImportSettings(lists=dict.fromkeys(names, policy)), {"erp": labels}, mapped)


@pytest.mark.parametrize("policy", POLICIES)
def test_what_is_mapped_beats_names_and_policies(policy: ListPolicy) -> None:
    lists = under(policy, {("category", "erp", "g"): "cat-other", ("category", "erp", "n"): None}, g="Gold", n="Gold")
    assert lists.resolve("category", "erp", "g") == "cat-other"
    assert lists.resolve("category", "erp", "n") == Ignored()


@pytest.mark.parametrize("place", [("country", "erp", "g"), ("category", "other", "g"), ("category", "erp", "G")])
def test_a_mapping_counts_for_its_own_lists_and_item_only(place: tuple[str, str, str]) -> None:
    assert under(ListPolicy.BLANK, {place: "cat-other"}, g="Gold").resolve("category", "erp", "g") == "cat-gold"


def test_a_mapping_to_an_item_that_is_gone_is_none() -> None:
    gone: ItemMapping = {("category", "erp", "x"): "cat-gone", ("category", "erp", "g"): "cat-gone"}
    lists = under(ListPolicy.ADD, gone, x="Brand new", g="Gold")
    assert lists.resolve("category", "erp", "x") == NewItem("category", "Brand new")
    assert lists.resolve("category", "erp", "g") == "cat-gold"


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("crm_list", "item", "label", "found"),
    [
        ("category", "7", "Gold", "cat-gold"),
        ("category", "7", "  gOLD ", "cat-gold"),
        ("country", "7", "Sweden", "c-se"),
        ("country", "SE", "Sverige", "c-se"),
        ("country", "se", "Sverige", "c-se"),
        ("country", "7", "SE", "c-se"),
        ("country", "NO", "Sweden", "c-se"),  # its name tells more than its code
    ],
)
def test_equal_names_and_codes_map_themselves(
    policy: ListPolicy, crm_list: str, item: str, label: str, found: str
) -> None:
    assert under(policy, **{item: label}).resolve(crm_list, "erp", item) == found


@pytest.mark.parametrize("erp_list", [None, "erp", "unknown"])
def test_an_item_without_label_is_its_own(erp_list: str | None) -> None:
    assert under(ListPolicy.BLANK).label(erp_list, "Gold") == "Gold"
    assert under(ListPolicy.BLANK).resolve("category", erp_list, "gold") == "cat-gold"


def test_the_key_of_an_erp_item_is_no_name_of_a_crm_item() -> None:
    stars = {"stars": [CrmListItem("s1", "1"), CrmListItem("s3", "3")]}
    lists = replace(under(ListPolicy.BLANK, **{"3": "Bronze"}), items=stars)
    assert lists.resolve("stars", "erp", "3") == Ignored()


def test_of_two_items_of_one_name_the_first_is_taken() -> None:
    twins = {"category": [CrmListItem("a", "Gold"), CrmListItem("b", "GOLD")]}
    assert replace(under(ListPolicy.ADD), items=twins).resolve("category", None, "gold") == "a"


@pytest.mark.parametrize(
    ("policy", "crm_list", "told"),
    [
        (ListPolicy.ADD, "category", NewItem("category", "Brand new")),
        (ListPolicy.DEFAULT, "category", Ignored("cat-other")),
        (ListPolicy.DEFAULT, "position", Ignored()),
        (ListPolicy.DEFAULT, "unheard of", Ignored()),
        (ListPolicy.BLANK, "category", Ignored()),
        (ListPolicy.ADD, "unheard of", NewItem("unheard of", "Brand new")),
    ],
)
def test_an_item_the_crm_lacks_falls_under_the_policy(policy: ListPolicy, crm_list: str, told: Resolution) -> None:
    assert under(policy, **{"7": "Brand new"}).resolve(crm_list, "erp", "7") == told


def test_a_default_that_is_gone_leaves_blank() -> None:
    gone = {"category": CrmList("category", "Category", "cat-gone")}
    assert replace(under(ListPolicy.DEFAULT), crm=gone).resolve("category", None, "x") == Ignored()


def test_without_a_choice_the_default_is_used_and_nothing_added() -> None:
    assert lists_of().resolve("category", None, "Brand new") == Ignored("cat-other")


def test_two_spellings_of_a_name_add_one_item_per_list() -> None:
    lists = under(ListPolicy.ADD)
    first = lists.resolve("category", None, "Brand new")
    assert lists.resolve("category", None, "BRAND  NEW ") is first
    assert lists.resolve("interests", None, "brand new") == NewItem("interests", "brand new")


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("blank", ["", "  ", "\t\n", "\u00a0", "\u200b", "\ufeff"])
def test_a_blank_never_becomes_an_item_or_matches_one(policy: ListPolicy, blank: str) -> None:
    items = {"category": [CrmListItem("blank", blank), CrmListItem("cat-other", "Other")]}
    lists = replace(under(policy, **{"7": blank}), items=items)
    assert isinstance(lists.resolve("category", "erp", "7"), Ignored)
    assert isinstance(lists.resolve("category", None, blank), Ignored)


def test_a_new_item_has_no_blanks_at_its_ends() -> None:
    assert under(ListPolicy.ADD, **{"7": " Brand new "}).resolve("category", "erp", "7") == NewItem(
        "category", "Brand new"
    )


@pytest.mark.parametrize(("item", "code"), [("c-no", "NO"), ("c-se", "SE"), ("c-gone", ""), ("cat-gold", "")])
def test_the_code_of_an_item(item: str, code: str) -> None:
    assert under(ListPolicy.ADD).code("country", item) == code
    assert under(ListPolicy.ADD).code("unheard of", item) == ""

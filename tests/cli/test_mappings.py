from __future__ import annotations

from typing import Any

from erp_import_plugin.connector_api import ActorType, ErpField
from erp_import_plugin.workflow import defaults
from erp_import_plugin.workflow.defaults import DefaultChoice, DefaultEdit
from tests.cli.conftest import Shell
from tests.support.rooms import ADMIN


def field(shell: Shell, key: str) -> dict[str, Any]:
    (customer,) = shell.data("mappings", "Shop one", "--type", "customer")["types"]
    found: dict[str, Any] = next(one for one in customer["fields"] if one["key"] == key)
    return found


def test_mappings_are_shown_for_all_types_or_for_one(connected: Shell) -> None:
    shown = connected.data("mappings", "Shop one")
    assert [one["type"] for one in shown["types"]] == ["Customer", "Supplier", "Person", "Project"]
    assert (field(connected, "VATNO")["crm_field"], field(connected, "VATNO")["import"]) == ("vat_number", True)
    text = connected.run("mappings", "Shop one", "--type", "Person").stdout
    assert "FIRSTNAME" in text
    assert "VATNO" not in text
    assert connected.run("mappings", "Shop one", "--type", "Partner").exit_code == 2


def test_a_field_is_mapped_and_unmapped(connected: Shell) -> None:
    mapped = connected.data("map", "Shop one", "Customer", "revenue", "revenue")
    assert [one["key"] for one in mapped["types"][0]["fields"]] == ["REVENUE"]
    assert field(connected, "REVENUE")["import"] is True
    assert connected.run("unmap", "Shop one", "Customer", "REVENUE").exit_code == 0
    assert field(connected, "REVENUE")["crm_field"] is None


def test_what_cannot_be_mapped_is_refused(connected: Shell) -> None:
    for args, said in (
        (("Customer", "BLOCKED", "name"), "“Name” cannot hold the values of “Blocked”."),
        (("Customer", "POSTALCITY", "name"), "“Name” takes one value"),
        (("Customer", "NOTHING", "name"), "There is no ERP field “NOTHING”."),
        (("Partner", "NAME", "name"), "“Partner” cannot be mapped here."),
    ):
        result = connected.run("map", "Shop one", *args)
        assert result.exit_code == 2
        assert said in result.stderr


def test_the_erp_is_read_again(connected: Shell) -> None:
    assert "The fields are the same as before." in connected.run("discover", "Shop one").stdout
    fields = connected.house.shop.fields
    fields[ActorType.CUSTOMER] = (*fields[ActorType.CUSTOMER][1:], ErpField("COLOUR", "Colour"))
    del connected.house.shop.lists["categories"]
    shown = connected.data("discover", "Shop one")
    assert shown["types"] == [{"type": "Customer", "new": ["Colour"], "gone": ["Name"]}]
    assert shown["complaints"][0].startswith("The list “categories” could not be read:")
    assert field(connected, "NAME")["gone"] is True


def test_a_default_that_is_asked_for_is_answered_by_an_option(connected: Shell) -> None:
    edit = DefaultEdit("department", DefaultChoice(("Sales",), ask=True))
    defaults.save(connected.house.rooms, ADMIN, 1, ActorType.CUSTOMER, [edit])
    what = ("preview", "--connection", "Shop one", "--type", "Customer", "--company-match", "name")

    def departments(*options: str) -> set[str]:
        rows = connected.data(*what, *options)["rows"]
        fields = [field for row in rows for change in row["changes"] for field in change["fields"]]
        return {field["new"] for field in fields if field["field"] == "department"}

    assert departments() == {"Sales"}
    assert departments("--default", "company.department=Office") == {"Office"}
    assert connected.run(*what, "--default", "department=Office").exit_code == 2

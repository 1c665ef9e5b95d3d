"""Defaults and what is asked at import, as a browser without a script sends them."""

from __future__ import annotations

from sqlalchemy import update

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.workflow import mappings
from erp_import_plugin.workflow import settings as settings_step
from tests.support import hosts
from tests.support.reading import Page
from tests.support.rooms import ADMIN, NOBODY
from tests.support.site import Site

BASE = "/erp-import/sync/connections/1/defaults"
CUSTOMER = f"{BASE}/Customer"


def send(site: Site, path: str, form: str, status: int = 303, **changed: str | list[str]) -> Page | str:
    data = {**site.get(path).filled(form), **{name.replace("__", "-"): value for name, value in changed.items()}}
    return site.post(path, status, **data)


def save(site: Site, status: int = 303, **changed: str | list[str]) -> Page | str:
    return send(site, CUSTOMER, "erp-defaults-form", status, **changed)


def kept(site: Site) -> ActorMapping:
    return mappings.of_connection(site.house.rooms, ADMIN, 1)[ActorType.CUSTOMER]


def test_defaults_are_kept_in_their_types_and_shown_again(site: Site) -> None:
    assert site.client.get(BASE).headers["Location"] == CUSTOMER
    given = {"default__category": "1", "default__customer": "no", "default__number": "7", "ask__number": "yes"}
    save(site, **given, default__interest=[])
    assert kept(site).defaults == {"category": "1", "customer": False, "number": 7}
    assert kept(site).ask == {"number"}
    page = site.get(CUSTOMER)
    filled = page.filled("erp-defaults-form")
    assert (filled["default-category"], filled["default-customer"], filled["default-number"]) == (["1"], ["no"], ["7"])
    assert "3 fields have a default, 1 is asked for at import." in page.text


def test_each_of_several_values_has_an_input_of_its_own(site: Site) -> None:
    save(site, default__phone=["22334455", "99887766"])
    assert kept(site).defaults == {"phone": ("22334455", "99887766")}
    assert site.get(CUSTOMER).filled("erp-defaults-form")["default-phone"] == ["22334455", "99887766"]


def test_what_cannot_be_taken_is_said_at_the_field_and_kept(site: Site) -> None:
    page = save(site, 422, default__number="many", default__department="Sales", ask__department="yes")
    assert isinstance(page, Page)
    assert "Enter a whole number" in page.by_id("default-number-error").text
    assert page.one("a", href="#default-number").text.startswith("Number")
    filled = page.filled("erp-defaults-form")
    assert (filled["default-department"], filled["ask-department"]) == (["Sales"], ["yes"])
    assert kept(site).defaults == {}


def test_tampered_fields_are_refused(site: Site) -> None:
    page = save(site, 422, default__category="77")
    assert isinstance(page, Page)
    assert "Choose one of the items" in page.by_id("default-category-error").text
    deep = {"default-code": "", "seen-code": "[" * 50_000}
    save(site, **deep, **{"default-id": "7", "seen-id": "[[], false]", "default-nonsense": "1", "seen-nonsense": "x"})
    assert kept(site).defaults == {}


def test_an_item_that_was_removed_is_told(site: Site) -> None:
    save(site, default__category="1", ask__category="yes")
    with site.house.rooms.engine.begin() as tx:
        tx.execute(update(hosts.item).where(hosts.item.c.id == 1).values(active=False))
    assert "The default that was chosen is no longer in the CRM." in site.get(CUSTOMER).text
    token = site.staged()
    assert "The default that was chosen is no longer in the CRM." in site.get(site.path(token, "settings")).text


def test_an_item_that_was_removed_stays_chosen_until_another_is(site: Site) -> None:
    save(site, default__category="1", ask__category="yes")
    with site.house.rooms.engine.begin() as tx:
        tx.execute(update(hosts.item).where(hosts.item.c.id == 1).values(active=False))
    save(site, default__department="Sales")
    assert kept(site).defaults == {"category": "1", "department": "Sales"}
    save(site, ask__category=[])
    assert (kept(site).defaults["category"], kept(site).ask) == ("1", frozenset())
    save(site, default__category="")
    assert "category" not in kept(site).defaults


def test_what_was_answered_stands_in_the_history(site: Site) -> None:
    asked = {f"ask__{field}": "yes" for field in ("category", "customer", "number", "department")}
    save(site, default__code="X", **asked)
    path = site.path(site.staged(), "settings")
    answered = {
        f"defaults-company-{key}": text for key, text in (("category", "1"), ("customer", "no"), ("number", "7"))
    }
    send(site, path, "erp-settings-form", **{"company-match": "name"}, **answered)
    page = site.get(path.replace("settings", "history"))
    said = zip(page.all("dt"), page.all("dd"), strict=True)
    told = {label.text: text.text for label, text in said if label.text.startswith("Default of")}
    assert told == {
        "Default of Category": "Best",
        "Default of Customer": "no",
        "Default of Department": "No default",
        "Default of Number": "7",
    }


def test_what_is_asked_stands_on_the_page_of_the_settings(site: Site) -> None:
    save(site, default__department="Sales", ask__department="yes", ask__number="yes", default__code="X")
    path = site.path(site.staged(), "settings")
    page = site.get(path)
    assert page.by_id("defaults-company-department")["value"] == "Sales"
    assert "defaults-company-code" not in page.html

    typed = {"company-match": "name", "defaults-company-number": "many", "defaults-company-department": "Office"}
    refused = send(site, path, "erp-settings-form", 422, **typed)
    assert isinstance(refused, Page)
    assert "Enter a whole number" in refused.by_id("defaults-company-number-error").text
    assert refused.one("a", href="#defaults-company-number").text.startswith("Default of Number")
    assert refused.by_id("defaults-company-number")["value"] == "many"
    assert refused.by_id("defaults-company-department")["value"] == "Office"

    send(site, path, "erp-settings-form", **{**typed, "defaults-company-number": "7"})
    chosen = settings_step.form(site.house.rooms, ADMIN, path.split("/")[3]).settings
    assert chosen.defaults == {"company.department": "Office", "company.number": 7}
    assert site.get(path).by_id("defaults-company-department")["value"] == "Office"


def test_a_form_that_is_too_old_keeps_what_was_typed(site: Site) -> None:
    data = site.get(CUSTOMER).filled("erp-defaults-form") | {"default-department": "Sales", "csrf_token": "old"}
    answer = site.client.post(CUSTOMER, data=data)
    assert answer.status_code == 400
    assert Page(answer.get_data(as_text=True)).by_id("default-department")["value"] == "Sales"


def test_the_page_is_for_who_may_and_for_what_is_there(site: Site) -> None:
    site.house.sync.on = True
    site.get(CUSTOMER)
    for path in (f"{BASE}/Partner", f"{BASE}/x", BASE.replace("/1/", "/77/")):
        site.get(path, 404)
    site.visitors.signed_in = NOBODY
    site.get(CUSTOMER, 403)

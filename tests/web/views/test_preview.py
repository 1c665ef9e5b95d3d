"""Preview: counts that add up, filters, ticks of rows and of fields, reasons with their settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ListPolicy
from erp_import_plugin.workflow import preview
from tests.support import hosts
from tests.support.reading import Page
from tests.support.rooms import ADMIN, CHIEF
from tests.support.site import BY_NAME, Site

INTO = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


@pytest.fixture
def crm(site: Site) -> None:
    """Some companies that are there already: changed, the same, and two that match one actor."""
    with site.house.rooms.engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "Company 0001", "vat_number": "old", "customer": False}])
        tx.execute(insert(hosts.company), [{"name": "COMPANY 0002"}, {"name": "company 0002 "}])


def counts(page: Page) -> dict[str, int]:
    items = ([one.text.strip() for one in li.inside if one.tag == "span"] for li in page.all("li", class_="erp-count"))
    return {label: int(number) for number, label in items}


def row(page: Page, label: str) -> str:
    return next(one["href"] for one in page.all("a") if one.text == label and "preview/" in one["href"])


def test_the_counts_add_up_and_lead_to_their_rows(site: Site, crm: None) -> None:
    token = site.planned()
    page = site.get(site.path(token, "preview"))
    found = counts(page)
    assert found.pop("Read") == sum(found.values()) == 12
    assert (found["New"], found["Changed"], found["Needs a decision"]) == (10, 1, 1)
    link = next(one["href"] for one in page.all("a", class_="erp-count__link") if "Changed" in one.text)
    assert "1 to 1 of 1" in site.get(link).text


def test_rows_without_a_write_say_why(site: Site, crm: None) -> None:
    page = site.get(site.path(site.planned(), "preview?status=undecided"))
    assert "2 records of the CRM match it" in page.text
    setting = next(one for one in page.all("a") if one.text == f"Companies {INTO} Duplicate match")
    assert setting["href"].endswith("/settings#company-match")
    assert not page.all("input", name="tick")


def test_every_setting_that_a_reason_names_is_on_the_settings_page(site: Site, crm: None) -> None:
    skip = replace(BY_NAME, company=DuplicateSettings("name", Action.SKIP))
    token = site.planned(skip)
    page = site.get(site.path(token, "preview?status=skipped"))
    setting = next(one for one in page.all("a") if one.text == f"Companies {INTO} Action on a duplicate")
    path, _, anchor = setting["href"].partition("#")
    assert site.get(path).by_id(anchor).tag == "fieldset"


def test_ticks_of_a_page_and_of_all_that_pass_the_filter(site: Site, crm: None) -> None:
    token = site.planned()
    path = site.path(token, "preview")
    rows = [box["value"] for box in site.get(path).all("input", name="tick")]
    site.post(path, do="tick", shown=rows, tick=rows[2:])
    page = site.get(path)
    assert "9 rows will be written" in page.text
    assert page.chosen("tick") == rows[2:]
    site.post(site.path(token, "preview?q=0011"), do="none")
    assert "8 rows will be written" in site.get(path).text
    site.post(path, do="all")
    assert "11 rows will be written" in site.get(path).text


def test_a_row_shows_old_and_new(site: Site, crm: None) -> None:
    token = site.planned()
    page = site.get(row(site.get(site.path(token, "preview")), "Company 0001"))
    vat = next(one for one in page.all("div", class_="erp-diff__field") if "VAT number" in one.text)
    (old,) = [one for one in vat.inside if one.tag == "del"]
    (new,) = [one for one in vat.inside if one.tag == "ins"]
    assert old.text == "before: old"
    assert new.text == "after: NO000000001"
    assert "Found in the CRM by: Name." in page.text
    assert page.one("a", href="/company/1").text == "Open it in the CRM"
    assert "C0001" in page.all("dl", class_="erp-pairs")[0].text


def test_an_unticked_field_keeps_its_value(site: Site, crm: None) -> None:
    token = site.planned()
    path = row(site.get(site.path(token, "preview")), "Company 0001")
    shown = [box["value"] for box in site.get(path).all("input", name="tick")]
    site.post(path, do="tick", shown=shown, tick=[name for name in shown if name != "company.vat_number"])
    page = site.get(path)
    assert "company.vat_number" not in page.chosen("tick")
    site.post(path, do="tick", shown="company.number")
    assert "company.vat_number" not in site.get(path).chosen("tick")
    site.post(path, do="tick", shown=shown)
    assert "left out" in site.get(path).text


def test_the_rows_that_match_are_named(site: Site, crm: None) -> None:
    token = site.planned()
    page = site.get(row(site.get(site.path(token, "preview")), "Company 0002"))
    assert [one["href"] for one in page.all("a") if "/company/" in one["href"]] == ["/company/2", "/company/3"]


def test_a_field_without_which_nothing_can_be_made_stays(site: Site) -> None:
    token = site.planned()
    path = row(site.get(site.path(token, "preview")), "Company 0003")
    site.post(path, do="tick", shown="company.name")
    page = site.get(path)
    assert "cannot be left out" in page.text
    assert "company.name" in page.chosen("tick")


def test_items_that_would_be_added_are_named(site: Site) -> None:
    token = site.planned(replace(BY_NAME, lists={"category": ListPolicy.ADD}))
    page = site.get(site.path(token, "preview"))
    assert "2 list items would be added to the CRM" in page.text
    assert "Category: Former" in page.text


def test_without_settings_the_page_leads_to_them(site: Site) -> None:
    token = site.staged()
    assert site.client.get(site.path(token, "preview")).headers["Location"] == site.path(token, "settings")


def test_a_row_of_another_import_is_not_there(site: Site) -> None:
    first, second = site.planned(), site.planned()
    other = row(site.get(site.path(first, "preview")), "Company 0001").rpartition("/")[2]
    site.get(site.path(second, f"preview/{other}"), 404)


def test_a_preview_in_the_making_can_be_stopped_and_made_again(site: Site) -> None:
    token = site.planned()
    site.house.shop.add(ActorType.CUSTOMER, "C0099", NAME="Company 0099")
    site.house.stage(token)
    page = site.get(site.path(token, "preview"))
    assert "Try again" in page.text
    site.post(site.path(token, "preview"), do="again")
    found = preview.page(site.house.rooms, site.house.jobs, ADMIN, token, preview.PlanFilter())
    assert found.accounts is not None
    assert found.accounts.read == 13


def test_a_row_is_decided_on_its_page_and_decided_again(site: Site, crm: None) -> None:
    token = site.planned()
    path = row(site.get(site.path(token, "preview")), "Company 0002")
    page = site.get(path)
    assert {one["value"] for one in page.all("button", name="do")} >= {"entity:2", "entity:3", "new", "leave_out"}
    decided = site.get(str(site.post(path, do="entity:3", seen=page.value("seen"))))
    assert "Admin decided at" in decided.text
    assert "it is the record with the ID 3" in decided.text
    assert "No row needs a decision any more" in decided.text
    assert decided.one("a", href="/company/3").text == "Open it in the CRM"
    site.post(path, do="again", seen=decided.value("seen"))
    assert "Which one is it?" in site.get(path).text


def test_who_comes_second_reads_what_was_decided(site: Site, crm: None) -> None:
    token = site.planned()
    path = row(site.get(site.path(token, "preview")), "Company 0002")
    site.post(path, do="new", seen="")
    site.visitors.signed_in = CHIEF
    site.post(path, do="leave_out", seen="")
    text = site.get(path).text
    assert "Admin decided this row at" in text
    assert "create a new record. Look at it before you decide again." in text
    assert "Company new" in text


def test_a_row_that_was_matched_can_be_said_to_be_another(site: Site, crm: None) -> None:
    token = site.planned()
    path = row(site.get(site.path(token, "preview")), "Company 0001")
    page = site.get(path)
    assert "It is not the same" in page.text
    site.post(path, do="new", seen="")
    assert counts(site.get(site.path(token, "preview")))["New"] == 11


def test_picked_rows_are_decided_together(site: Site, crm: None) -> None:
    token = site.planned()
    path = site.path(token, "preview?status=undecided")
    (box,) = site.get(path).all("input", name="pick")
    site.post(path, do="leave_out_all")
    assert "Pick the rows first" in site.get(path).text
    site.post(path, do="only_all", pick=box["value"])
    assert "1 row stays as it is" in site.get(path).text
    site.post(path, do="leave_out_all", every="yes")
    page = site.get(site.path(token, "preview?show=decided"))
    assert "1 row was decided." in page.text
    assert "Admin decided to leave it out." in page.text
    assert [one["value"] for one in page.all("input", name="pick")] == [box["value"]]
    site.post(site.path(token, "preview?show=decided"), do="again_all", pick=box["value"])
    assert counts(site.get(site.path(token, "preview")))["Needs a decision"] == 1


def test_a_count_leads_away_from_what_was_shown_alone(site: Site, crm: None) -> None:
    page = site.get(site.path(site.planned(), "preview?show=similar&status=new"))
    links = page.all("a", class_="erp-count__link")
    assert not any("show=" in one["href"] for one in links)
    everything = next(one for one in links if "Read" in one.text)
    assert "aria-current" not in everything


def test_only_rows_to_decide_about_can_be_picked(site: Site, crm: None) -> None:
    page = site.get(site.path(site.planned(), "preview"))
    assert not page.all("input", name="pick")
    assert page.all("input", name="tick")

"""Undo on the pages: where the button is, what the pages say, and that a removal cannot be misread."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from erp_import_plugin.workflow import importing
from tests.support import hosts
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.site import Site


@pytest.fixture
def token(site: Site) -> str:
    """An import that has made ten companies, changed one, and left one undecided."""
    with site.house.rooms.engine.begin() as tx:
        named = [{"name": name} for name in ("Company 0001", "Company 0002", "COMPANY 0002")]
        tx.execute(insert(hosts.company), named)
    return site.imported()


def undo(site: Site, token: str) -> str:
    """Press Undo on the result; gives the undo's token."""
    address = str(site.post(site.path(token, "undo")))
    assert address.endswith("/preview")
    return address.split("/")[-2]


def counts(page: Page) -> dict[str, int]:
    found = [one.text.split(maxsplit=1) for one in page.all("li", class_="erp-count")]
    return {label: int(number) for number, label in found}


def buttons(page: Page) -> set[str]:
    return {one.text for one in page.all("button")}


def test_the_button_leads_to_a_preview_that_changes_nothing(site: Site, token: str) -> None:
    assert "Undo this import" in buttons(site.get(site.path(token, "done")))
    assert "Undo this import" in buttons(site.get(site.path(token, "history")))
    made = undo(site, token)
    page = site.get(site.path(made, "preview"))
    assert page.one("h1").text == "Preview of the undo"
    assert "Nothing is undone yet." in page.text
    assert "This undoes the import of" in page.text
    assert page.text.count("Company removed") == 9
    assert "Values put back" in page.text
    assert "Deleted with all its values" in page.text
    with site.house.rooms.engine.connect() as tx:
        assert len(tx.execute(select(hosts.company.c.id)).all()) == 13
    assert "Go on with the undo" in buttons(site.get(site.path(token, "done")))
    assert undo(site, token) == made


def test_fields_of_a_record_that_goes_cannot_be_unticked(site: Site, token: str) -> None:
    made = undo(site, token)
    page = site.get(site.path(made, "preview"))
    (row, *_) = [one["href"] for one in page.all("a") if one.text == "Company 0003"]
    shown = site.get(row)
    assert "Company removed" in shown.text
    assert "Company 0003" in shown.text
    assert not [one for one in shown.all("input") if one["type"] == "checkbox"]


def test_the_result_says_what_went_what_came_back_and_what_stayed(site: Site, token: str) -> None:
    with site.house.rooms.engine.begin() as tx:
        tx.execute(update(hosts.company).where(hosts.company.c.name == "Company 0003").values(code="mine"))
    made = undo(site, token)
    confirm = site.get(site.path(made, "importing"))
    assert confirm.one("h1").text == "Undo 10 rows?"
    assert "9 of 13 companies are removed" in confirm.text
    site.post(site.path(made, "importing"), do="start", revision=confirm.value("revision"))
    page = site.get(site.path(made, "done"))
    assert page.one("h1").text == "10 rows undone"
    assert [one["href"] for one in page.all("a") if one["href"].startswith("/company/")] == [], "they are gone"
    assert "Company 0004" in page.text
    assert "Company 0001" in site.get(site.path(made, "done?which=changed")).text
    rest = site.get(site.path(made, "done?which=rest"))
    assert "Edited since the import: Code" in rest.text
    assert "Undo the undo" in buttons(page)
    assert "It was undone on" in site.get(site.path(token, "done")).text

    again = undo(site, made)
    assert site.get(site.path(again, "preview")).one("h1").text == "Preview of undoing the undo"
    importing.start(site.house.rooms, site.house.jobs, ADMIN, again)
    assert site.get(site.path(again, "done")).one("h1").text == "The undo of 10 rows is undone"


def test_an_undo_that_is_not_wanted_is_thrown_away(site: Site, token: str) -> None:
    made = undo(site, token)
    assert "Do not undo" in buttons(site.get(site.path(made, "preview")))
    site.post(site.path(made, "discard"))
    assert "Undo this import" in buttons(site.get(site.path(token, "done")))


def test_nothing_is_offered_before_anything_is_written(site: Site) -> None:
    token = site.planned()
    address = str(site.post(site.path(token, "undo")))
    assert "nothing to undo" in site.get(address).text
    assert "Undo" not in " ".join(buttons(site.get(site.path(token, "preview"))))


def test_other_steps_of_an_import_are_refused(site: Site, token: str) -> None:
    made = undo(site, token)
    sent = {"csrf_token": site.token(), "do": "find"}
    for step in ("search", "settings", "staging"):
        answer = site.client.post(site.path(made, step), data=sent)
        assert answer.status_code < 500, step
    with site.house.rooms.engine.connect() as tx:
        assert len(tx.execute(select(hosts.company.c.id)).all()) == 13


def test_pages_on_which_nothing_of_an_undo_could_be_changed_lead_to_its_preview(site: Site, token: str) -> None:
    made = undo(site, token)
    for step in ("search", "settings", "staging", "preview/fields"):
        answer = site.client.get(site.path(made, step))
        assert (answer.status_code, answer.headers["Location"]) == (303, site.path(made, "preview")), step


def test_while_sync_is_on_nothing_is_undone(site: Site, token: str) -> None:
    data = {"csrf_token": site.token()}
    site.house.sync.on = True
    answer = site.client.post(site.path(token, "undo"), data=data)
    assert "Automatic sync is on" in answer.get_data(as_text=True)

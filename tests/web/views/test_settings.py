"""Configure import settings."""

from __future__ import annotations

from typing import Any

import pytest

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.settings import Action, ChannelPolicy, EmptyValue, ListPolicy
from erp_import_plugin.workflow import settings as settings_step
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.site import Site


@pytest.fixture
def token(site: Site) -> str:
    return site.staged()


def sent_back(page: Page, **changed: Any) -> dict[str, Any]:
    on = [box for box in page.all("input") if "checked" in box and box["name"]]
    return {box["name"]: box["value"] for box in on} | {name.replace("__", "-"): v for name, v in changed.items()}


def test_the_duplicate_match_has_to_be_chosen(site: Site, token: str) -> None:
    path = site.path(token, "settings")
    page = site.post(path, 422, **sent_back(site.get(path), company__action="replace"))
    assert isinstance(page, Page)
    assert page.by_id("company-match-error").text.strip()
    assert page.one("a", href="#company-match").text.startswith("Companies ")
    assert page.chosen("company-action") == ["replace"]


def test_what_is_chosen_is_kept_and_planned(site: Site, token: str) -> None:
    path = site.path(token, "settings")
    chosen = {"company__match": "vat_number", "company__action": "replace", "company__empty": "clear"}
    more = {"company__linked": "skip", "lists__category": "add", "phones": "ignore", "web": "replace"}
    assert site.post(path, **sent_back(site.get(path), **chosen, **more)) == site.path(token, "preview")
    kept = settings_step.form(site.house.rooms, ADMIN, token).settings
    assert (kept.company.match, kept.company.action) == ("vat_number", Action.REPLACE)
    assert (kept.company.empty, kept.company.linked) == (EmptyValue.CLEAR, Action.SKIP)
    assert kept.list_policy("category") is ListPolicy.ADD
    assert (kept.phones, kept.web) == (ChannelPolicy.IGNORE, ChannelPolicy.REPLACE)
    page = site.get(path)
    assert page.chosen("company-match") == ["vat_number"]
    assert page.chosen("company-linked") == ["skip"]
    assert "will be written" in site.get(site.path(token, "preview")).text


def test_a_rule_without_its_fields_says_which_mapping_is_missing(site: Site, token: str) -> None:
    page = site.get(site.path(token, "settings"))
    rule = next(one for one in page.all("input", name="company-match") if one["value"] == "code")
    assert "disabled" in rule
    assert page.by_id(rule["aria-describedby"]).text == "No ERP field is mapped to: Code."


def test_a_choice_that_was_not_offered_changes_nothing(site: Site, token: str) -> None:
    path = site.path(token, "settings")
    site.post(path, **sent_back(site.get(path), company__match="name", company__action="burn", phones="drop"))
    kept = settings_step.form(site.house.rooms, ADMIN, token).settings
    assert (kept.company.action, kept.phones) == (Action.MERGE, ChannelPolicy.ADD)
    page = site.post(path, 422, **sent_back(site.get(path), company__match="code"))
    assert isinstance(page, Page)


def test_what_was_chosen_survives_a_form_that_is_too_old(site: Site, token: str) -> None:
    data = sent_back(site.get(site.path(token, "settings"))) | {"company-match": "name", "phones": "replace"}
    answer = site.client.post(site.path(token, "settings"), data=data | {"csrf_token": "old"})
    page = Page(answer.get_data(as_text=True))
    assert answer.status_code == 400
    assert page.chosen("company-match") == ["name"]
    assert page.chosen("phones") == ["replace"]


def test_contacts_have_their_own_part(site: Site) -> None:
    site.house.shop.add(ActorType.PERSON, "P1", FIRSTNAME="Kari", LASTNAME="Nordmann")
    token = site.house.begin(ActorType.PERSON)
    site.house.stage(token, ActorType.PERSON)
    path = site.path(token, "settings")
    page = site.get(path)
    assert "Contacts without a company" in page.text
    data = sent_back(page, person__match="none", no_company="without", company__match="name")
    data.pop("fetch_parents", None)
    site.post(path, **data)
    kept = settings_step.form(site.house.rooms, ADMIN, token).settings
    assert kept.fetch_parents is False
    assert "Contacts are not imported" in site.get(site.path(token, "preview")).text


def test_the_same_settings_leave_the_preview_as_it_is(site: Site) -> None:
    token = site.planned()
    page = site.get(site.path(token, "preview"))
    row = page.all("input", name="tick")[0]["value"]
    site.post(site.path(token, "preview"), do="tick", shown=row)
    path = site.path(token, "settings")
    site.post(path, **sent_back(site.get(path)))
    assert "1 is left out" in site.get(site.path(token, "preview")).text


def test_whether_similar_records_are_shown_is_a_choice(site: Site, token: str) -> None:
    path = site.path(token, "settings")
    data = sent_back(site.get(path), company__match="name")
    assert data["suggest"] == "yes"
    del data["suggest"]
    site.post(path, **data)
    assert settings_step.form(site.house.rooms, ADMIN, token).settings.suggest is False
    assert "suggest" not in sent_back(site.get(path))

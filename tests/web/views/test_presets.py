"""Presets: applied to the settings page and saved from it, and their own list."""

from __future__ import annotations

import pytest

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.settings import Action, ImportSettings
from erp_import_plugin.workflow import connections, imports, presets, search, staging
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.criteria import Criteria
from tests.support.reading import Page
from tests.support.rooms import ADMIN, OTHER
from tests.support.site import BY_NAME, Site
from tests.web.views.test_settings import sent_back


@pytest.fixture
def token(site: Site) -> str:
    return site.staged()


@pytest.fixture
def preset_id(site: Site, token: str) -> int:
    return presets.save(site.house.rooms, ADMIN, token, BY_NAME, "Mine")


def test_settings_are_saved_as_a_preset_and_what_is_typed_stays(site: Site, token: str) -> None:
    path = site.path(token, "settings")
    chosen = {"company__match": "number", "company__action": "replace", "phones": "ignore"}
    page = site.post(path, 200, **sent_back(site.get(path), **chosen, do="preset-save", preset_name="Mine"))
    assert isinstance(page, Page)
    assert (page.chosen("company-match"), page.chosen("phones")) == (["number"], ["ignore"])
    (line,) = presets.listed(site.house.rooms, ADMIN)
    assert (line.preset.name, line.preset.settings.company.action) == ("Mine", Action.REPLACE)
    assert settings_step.form(site.house.rooms, ADMIN, token).settings.company.match is None


def test_enter_after_the_name_saves_the_preset(site: Site, token: str) -> None:
    path = site.path(token, "settings")
    site.post(path, 200, **sent_back(site.get(path), company__match="number", preset_name="Mine"))
    assert [line.preset.name for line in presets.listed(site.house.rooms, ADMIN)] == ["Mine"]


@pytest.mark.parametrize(("match", "wrong"), [("number", {"preset_name"}), ("", {"preset_name", "company-match"})])
def test_errors_lose_nothing(site: Site, token: str, match: str, wrong: set[str]) -> None:
    path = site.path(token, "settings")
    sent = sent_back(site.get(path), company__match=match, web="ignore", do="preset-save", preset_shared="yes")
    page = site.post(path, 422, **sent)
    assert isinstance(page, Page)
    assert page.chosen("web") == ["ignore"]
    assert "checked" in page.one("input", name="preset_shared")
    for field in wrong:
        assert page.by_id(f"{field}-error").text.strip()
        assert page.one("a", href=f"#{field}")


def test_a_preset_fills_in_the_page_and_is_not_kept_before_next(site: Site, token: str, preset_id: int) -> None:
    path = site.path(token, "settings")
    page = site.post(path, 200, **sent_back(site.get(path), do="preset-apply", preset=str(preset_id)))
    assert isinstance(page, Page)
    assert (page.chosen("company-match"), page.chosen("company-action")) == (["name"], ["replace"])
    assert "filled in from the preset “Mine”" in page.text
    assert settings_step.form(site.house.rooms, ADMIN, token).settings.company.match is None
    site.post(path, **sent_back(page, do="next"))
    assert settings_step.form(site.house.rooms, ADMIN, token).settings.company.match == "name"


@pytest.mark.parametrize(("sent", "status"), [("", 422), ("x", 422), ("999", 404)])
def test_a_preset_that_is_not_there(site: Site, token: str, sent: str, status: int) -> None:
    path = site.path(token, "settings")
    site.post(path, status, **sent_back(site.get(path), do="preset-apply", preset=sent))


def test_private_ones_of_others_are_not_there(site: Site, token: str, preset_id: int) -> None:
    site.visitors.signed_in = OTHER
    for what in ("rename", "default", "delete"):
        site.post("/erp-import/presets", 404, do=f"{what}:{preset_id}")
    assert "Mine" not in site.get("/erp-import/presets").text


def test_one_is_renamed_shared_made_the_default_and_deleted(site: Site, token: str, preset_id: int) -> None:
    path = "/erp-import/presets"
    sent = {f"name-{preset_id}": "Ours", f"shared-{preset_id}": "yes"}
    assert site.post(path, do=f"rename:{preset_id}", **sent) == path
    site.post(path, do=f"default:{preset_id}")
    page = site.get(path)
    assert page.by_id(f"erp-preset-{preset_id}").text.split() == ["Ours", "your", "default"]
    assert site.get(site.path(token, "settings")).chosen("company-match") == ["name"]
    wrong = site.post(path, 422, do=f"rename:{preset_id}", **{f"name-{preset_id}": " "})
    assert isinstance(wrong, Page)
    assert wrong.by_id(f"name-{preset_id}-error").text.strip() == "Enter a name."
    site.post(path, do=f"delete:{preset_id}")
    assert "“Ours” is deleted" in site.get(path).text


def test_what_does_not_fit_is_named_on_the_page(site: Site, token: str) -> None:
    other = ImportSettings(company=BY_NAME.company)
    preset_id = presets.save(site.house.rooms, ADMIN, token, other, "Mine")
    site.house.shop.fields = {
        actor_type: tuple(field for field in fields if field.key != "NAME")
        for actor_type, fields in site.house.shop.fields.items()
    }
    site.house.connect("Shop two")
    token = _staged_through(site, "Shop two")
    path = site.path(token, "settings")
    page = site.post(path, 200, **sent_back(site.get(path), do="preset-apply", preset=str(preset_id)))
    assert isinstance(page, Page)
    assert "This does not fit here" in page.text
    assert "no ERP field is mapped to Name" in page.text


def _staged_through(site: Site, name: str) -> str:
    rooms, jobs = site.house.rooms, site.house.jobs
    chosen = next(one for one in connections.usable(rooms, ADMIN) if one.name == name)
    token = imports.begin(rooms, ADMIN, chosen.id, ActorType.CUSTOMER).token
    search.start(rooms, jobs, ADMIN, token, ActorType.CUSTOMER, Criteria())
    search.tick(rooms, ADMIN, token, True)
    staging.add(rooms, jobs, ADMIN, token)
    return token

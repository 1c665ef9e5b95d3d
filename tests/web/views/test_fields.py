"""Fields: each with its rows, and those that are left alone."""

from __future__ import annotations

from erp_import_plugin.workflow import importing
from tests.support.rooms import ADMIN, OTHER
from tests.support.site import Site


def test_a_field_is_left_alone_in_all_rows(site: Site) -> None:
    token = site.planned()
    path = site.path(token, "preview/fields")
    page = site.get(path)
    shown = [box["value"] for box in page.all("input", name="shown")]
    assert "company.vat_number" in shown
    assert "company.name" not in shown, "nothing can be made without it"
    assert page.one("input", value="company.name", name="tick").attributes.keys() >= {"checked", "disabled"}
    left = [name for name in shown if name != "company.vat_number"]
    assert site.post(path, shown=shown, tick=left) == site.path(token, "preview")
    assert "company.vat_number" not in site.get(path).chosen("tick")
    assert "1 left out" in site.get(site.path(token, "preview")).text


def test_others_see_nothing_and_a_started_import_is_left_alone(site: Site) -> None:
    token = site.planned()
    path = site.path(token, "preview/fields")
    site.visitors.signed_in = OTHER
    site.get(path, 404)
    site.visitors.signed_in = ADMIN
    importing.start(site.house.rooms, site.house.jobs, ADMIN, token)
    site.get(path, 409)

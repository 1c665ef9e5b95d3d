"""Reasons: every code has a sentence that fits what it is given, and every setting a name and a place."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.web.reasons import SENTENCES, anchor, reason_text
from erp_import_plugin.web.setting_texts import setting_label
from tests.support import hosts
from tests.support.site import Site

PARAMS = {
    ReasonCode.SKIP_DUPLICATE: {"rule": "vat_number"},
    ReasonCode.NO_MAPPING: {"type": "Partner"},
    ReasonCode.KEPT: {"count": "3"},
    ReasonCode.SEVERAL_MATCHES: {"count": "2"},
    ReasonCode.SEVERAL_COMPANIES: {"count": "2"},
    ReasonCode.MANDATORY_EMPTY: {"fields": "name, vat_number"},
    ReasonCode.REFUSED_BY_CRM: {"error": "too late"},
    ReasonCode.CHANGED_SINCE: {"field": "vat_number", "old": "1", "now": "2"},
    ReasonCode.DECIDED_OUT: {"name": "Kari"},
    ReasonCode.EDITED_SINCE: {"fields": "name, vat_number", "edit": ""},
    ReasonCode.HAS_OTHER_DATA: {"attached": ""},
    ReasonCode.ITEM_GONE: {"item": "Gold"},
    ReasonCode.TOO_LONG: {"length": "300", "max": "100"},
    ReasonCode.NOT_A_VALUE: {"type": "date"},
}
"""What the engine and the workflow put into each reason that has parameters."""

SETTINGS = ["no_company", "phones", "web", "lists.category", "person.no_company"]
SETTINGS += [f"{kind.value}.{part}" for kind in EntityKind for part in ("match", "action", "empty", "linked")]


@pytest.fixture
def app(site: Site) -> Flask:
    return site.client.application


def said(app: Flask, reason: Reason) -> str:
    with app.test_request_context("/erp-import/"):
        return reason_text(reason, EntityKind.COMPANY, hosts.crm().schema(), "t").text


@pytest.mark.parametrize("code", ReasonCode)
def test_every_code_has_a_sentence_that_says_everything(app: Flask, code: ReasonCode) -> None:
    params = PARAMS.get(code, {})
    assert set(re.findall(r"%\((\w+)\)s", str(SENTENCES[code]))) == set(params)
    text = said(app, Reason(code, params))
    assert "%" not in text
    assert "\N{EN DASH}" not in text
    assert "!" not in text


def test_fields_rules_and_types_are_called_by_their_names(app: Flask) -> None:
    assert "VAT number" in said(app, Reason(ReasonCode.SKIP_DUPLICATE, {"rule": "vat_number"}))
    assert "Name, VAT number" in said(app, Reason(ReasonCode.MANDATORY_EMPTY, {"fields": "name, vat_number"}))
    assert "VAT number was changed" in said(app, Reason(ReasonCode.CHANGED_SINCE, PARAMS[ReasonCode.CHANGED_SINCE]))
    assert "Category" in said(app, Reason(ReasonCode.ITEM_GONE, {"field": "category"}))
    assert "gone_field" in said(app, Reason(ReasonCode.MANDATORY_EMPTY, {"fields": "gone_field"}))


def test_who_edited_and_when_is_said_as_far_as_it_is_known(app: Flask) -> None:
    def edited(**known: str) -> str:
        return said(app, Reason(ReasonCode.EDITED_SINCE, {"fields": "vat_number", **known}))

    at = "2026-03-02T12:30:00+00:00"
    assert edited() == "Edited since the import: VAT number. It stays as it is."
    assert edited(by="Ola") == "Edited since the import: VAT number (last by Ola). It stays as it is."
    assert "last on 2 Mar 2026" in edited(at=at)
    assert "last by Ola on 2 Mar 2026" in edited(by="Ola", at=at)


def test_what_hangs_on_a_record_is_named(app: Flask) -> None:
    reason = Reason(ReasonCode.HAS_OTHER_DATA, {"person": "2", "project": "1", "rest": "Notes: 3"})
    assert said(app, reason) == "It has other data by now, so it stays: 2 contacts, 1 project, Notes: 3."


def test_a_reason_about_another_kind_names_its_fields(app: Flask) -> None:
    reason = Reason(ReasonCode.MANDATORY_EMPTY, {"fields": "first_name", "kind": "person"})
    assert "First name" in said(app, reason)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_has_a_name_and_a_place(app: Flask, setting: str) -> None:
    with app.test_request_context("/erp-import/"):
        found = reason_text(Reason(ReasonCode.SAME, {}, setting), EntityKind.COMPANY, hosts.crm().schema(), "t")
        assert found.setting == setting_label(setting, hosts.crm().schema())
    assert setting not in found.setting
    assert found.setting_url.endswith(f"/imports/t/settings#{anchor(setting)}")

"""Fields: which ones the import changes, and which it leaves alone in all rows."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.reasons import field_label
from erp_import_plugin.web.steps import PREVIEW, steps
from erp_import_plugin.web.texts import KINDS_PLURAL
from erp_import_plugin.workflow import fields


def answer(token: str) -> str | Response:
    """The page, or back to the preview with what was left out."""
    if request.method == "POST":
        action.check()
        shown, ticked = request.form.getlist("shown"), request.form.getlist("tick")
        fields.leave_out(here.rooms(), here.user(), token, shown, ticked)
        return go(url_for(".preview", token=token))
    found = fields.fields(here.rooms(), here.user(), token)
    if found.imported.undoes is not None:
        return go(url_for(".preview", token=token))
    kinds = dict.fromkeys(one.kind for one in found.fields)
    return render(
        "fields",
        token=token,
        groups=[
            (
                KINDS_PLURAL[kind],
                [(one, field_label(found.schema, kind, one.field)) for one in found.fields if one.kind is kind],
            )
            for kind in kinds
        ],
        steps=steps(PREVIEW, found.imported, 1),
    )

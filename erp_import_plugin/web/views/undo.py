"""Undo: begins the undo of an import and leads to its preview."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.forms import action
from erp_import_plugin.workflow import undo


def begin(token: str) -> Response:
    """Begin the undo, or go on with the one that is begun. Nothing is undone before its preview is confirmed."""
    action.check()
    begun = undo.start(here.rooms(), here.jobs(), here.user(), token, here.language())
    return go(url_for(".preview", token=begun))

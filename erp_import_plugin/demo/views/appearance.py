from __future__ import annotations

from flask import Blueprint, redirect, request, session
from werkzeug.wrappers import Response

from ..appearance import LANGUAGES, THEMES
from ..pages import safe_referrer

blueprint = Blueprint("appearance", __name__)


@blueprint.post("/language")
def language() -> Response:
    if request.form.get("language") in LANGUAGES:
        session["language"] = request.form["language"]
    return redirect(safe_referrer())


@blueprint.post("/theme")
def theme() -> Response:
    if request.form.get("theme") in THEMES:
        session["theme"] = request.form["theme"]
    return redirect(safe_referrer())

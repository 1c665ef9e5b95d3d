from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..access import require_administrator
from ..database import database
from ..preferences import AUTOMATIC_SYNC, ON, is_on, switch
from ..sources import sync_tabs

blueprint = Blueprint("sync", __name__, url_prefix="/settings/quote-sync")
blueprint.before_request(require_administrator)


@blueprint.get("/")
def index() -> str:
    with database().reading() as session:
        return render_template("demo/sync.html", sync_on=is_on(session, AUTOMATIC_SYNC), tabs=sync_tabs())


@blueprint.post("/automatic")
def automatic() -> Response:
    on = request.form.get("automatic_sync") == ON
    with database().writing() as session:
        switch(session, AUTOMATIC_SYNC, on)
    flash(gettext("Automatic sync is on.") if on else gettext("Automatic sync is off."), "ok")
    return redirect(url_for(".index"))

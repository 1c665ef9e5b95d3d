from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from .. import backups, csv_source
from ..access import require_administrator
from ..database import database
from ..sources import ImportSource, import_sources
from ..tables import Backup

blueprint = Blueprint("imports", __name__, url_prefix="/settings/import")
blueprint.before_request(require_administrator)

_SHOWN_BACKUPS = 5
_SHOWN_ROWS = 10
_UPLOAD = "csv_upload"


@blueprint.get("/")
def index() -> str:
    chosen = select(Backup).order_by(Backup.made_at.desc(), Backup.id.desc()).limit(_SHOWN_BACKUPS)
    with database().reading() as db:
        made = db.scalars(chosen).all()
    return render_template(
        "demo/import.html",
        sources=[*_own_sources(), *import_sources()],
        backups=made,
        why_no_backup=backups.why_not(database().engine),
    )


@blueprint.post("/backup")
def backup() -> Response:
    folder = Path(current_app.instance_path) / "backups"
    try:
        made = backups.make(database().engine, folder)
    except backups.BackupFailed as problem:
        flash(gettext("No backup was made: %(reason)s", reason=str(problem)), "bad")
    else:
        with database().writing() as db:
            db.add(Backup(path=str(made), made_by=current_user.login, size=made.stat().st_size))
        flash(gettext("The backup is made: %(name)s", name=made.name), "ok")
    return redirect(url_for(".index"))


@blueprint.get("/csv")
def csv() -> str:
    return render_template("demo/import_csv.html", columns=csv_source.COLUMNS)


@blueprint.post("/csv")
def check() -> str | Response:
    content = _sent_file()
    try:
        if not content:
            raise csv_source.Unreadable(gettext("Choose a file that is not empty."))
        companies = csv_source.read(content)
    except csv_source.Unreadable as problem:
        page = render_template("demo/import_csv.html", columns=csv_source.COLUMNS, problem=str(problem))
        return Response(page, status=422, mimetype="text/html")
    _discard_upload()
    session[_UPLOAD] = secrets.token_urlsafe(24)
    _uploaded().write_bytes(content)
    return render_template("demo/import_csv_check.html", companies=companies, shown=companies.rows[:_SHOWN_ROWS])


@blueprint.post("/csv/import")
def run() -> Response:
    if _UPLOAD not in session or not _uploaded().is_file():
        flash(gettext("This file was imported already, or is gone. Choose it again."), "bad")
        return redirect(url_for(".csv"))
    companies = csv_source.read(_uploaded().read_bytes())
    _discard_upload()
    with database().writing() as db:
        count = csv_source.add(db, companies, current_user.login)
    flash(ngettext("%(num)s company is imported.", "%(num)s companies are imported.", count), "ok")
    return redirect(url_for("companies.index"))


def _sent_file() -> bytes:
    """What was uploaded, a byte more than is allowed at most; nothing when no file was chosen."""
    upload = request.files.get("file")
    if upload is None:
        return b""
    with upload.stream as stream:
        return stream.read(csv_source.MOST_BYTES + 1)


def _own_sources() -> Iterator[ImportSource]:
    yield ImportSource(
        key="csv",
        label=gettext("CSV file"),
        description=gettext("Add the companies of a text file, each as a new one. It does not look for duplicates."),
        url=url_for(".csv"),
    )


def _uploaded() -> Path:
    folder = Path(current_app.instance_path) / "uploads"
    folder.mkdir(exist_ok=True)
    return folder / f"{session[_UPLOAD]}.csv"


def _discard_upload() -> None:
    if _UPLOAD in session:
        _uploaded().unlink(missing_ok=True)
        session.pop(_UPLOAD)

"""Import: what it would touch, the start, and the progress."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.translations import say
from erp_import_plugin.web import here, undo_words
from erp_import_plugin.web.answers import go, stay
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.impact import sentences
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import this_page
from erp_import_plugin.web.progress import progress
from erp_import_plugin.web.steps import PREVIEW, steps
from erp_import_plugin.workflow import impact, importing
from erp_import_plugin.workflow.impact import Impact
from erp_import_plugin.workflow.invalid import Invalid


def answer(token: str) -> str | Response | tuple[str, int]:
    """What the import would touch, or how far it has come; or what one of its buttons does."""
    if request.method == "POST":
        action.check()
        try:
            _act(token, action.pressed()[0])
        except Invalid as invalid:
            return _before(token, _found(token), say(invalid.errors["confirm"])), 422
        return stay(this_page())
    found = _found(token)
    if found.imported.state is ImportState.DONE:
        return go(url_for(".done", token=token))
    if found.imported.state is ImportState.IMPORTING:
        return _under_way(token, found)
    return _before(token, found)


def _found(token: str) -> Impact:
    return impact.of(here.rooms(), here.jobs(), here.user(), token)


def _act(token: str, name: str) -> None:
    asked = (here.rooms(), here.jobs(), here.user(), token)
    if name == "start":
        importing.start(*asked, request.form.get("revision", type=int), request.form.get("confirm", ""))
    elif name == "cancel":
        importing.cancel(*asked)
    elif name == "pause":
        importing.pause(*asked)
    elif name == "resume":
        importing.resume(*asked)


def _before(token: str, found: Impact, error: str = "") -> str:
    backup = here.rooms().host.backup
    return render(
        "importing",
        run=undo_words.run(token, found.rows),
        token=token,
        found=found,
        sentences=sentences(found),
        typed=request.form.get("confirm", ""),
        error=error,
        last_backup=backup.last() if backup else None,
        steps=steps(PREVIEW, found.imported, 1),
    )


def _under_way(token: str, found: Impact) -> str:
    job = found.job
    running = job is not None and not job.ended
    run = undo_words.run(token, found.rows)
    return render(
        "importing_progress",
        run=run,
        token=token,
        progress=progress(job, run.words.working) if job and running else None,
        failure=say(job.note) if job and job.state == "failed" else "",
        done=job.done if job else 0,
        total=job.total if job else found.rows,
        steps=steps(PREVIEW, found.imported, 1),
    )

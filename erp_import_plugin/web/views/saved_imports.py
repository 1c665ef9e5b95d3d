"""Saved imports: the list, one of them, saving an import, and running one again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.engine.mapping import KIND_OF
from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web import criteria_words, here, repeat_words, setting_words
from erp_import_plugin.web.answers import go, stay
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager, this_page
from erp_import_plugin.web.progress import progress
from erp_import_plugin.web.steps import DETAILS, DONE, PREVIEW, steps
from erp_import_plugin.web.texts import ACTOR_TYPES
from erp_import_plugin.workflow import importing, saved_imports
from erp_import_plugin.workflow.asked import Asked
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.saved_imports import RepeatPage
from erp_import_plugin.workflow.saved_lines import SavedLine, busy_sentence


@dataclass(frozen=True, slots=True)
class Line:
    """A saved import in the list; ``found`` is what the last run found, ``problem`` why it cannot be run."""

    id: int
    name: str
    what: str
    owner: str
    shared: bool
    own: bool
    problem: str
    ran_at: datetime | None
    found: str
    busy_url: str


def show() -> str | Response:
    """The list; its buttons run one."""
    if request.method == "POST":
        action.check()
        name, target = action.pressed()
        if name == "run" and target.isascii() and target.isdigit() and len(target) < 19:
            return _run(int(target))
        return stay(url_for(".saved"))
    found = saved_imports.listed(here.rooms(), here.user(), here.page_number())
    return render(
        "saved",
        lines=[line(one) for one in found.rows],
        pager=pager(found.page, found.pages, len(found.rows), found.total),
    )


def answer(saved_id: int) -> str | Response | tuple[str, int]:
    """One saved import: another name, its deletion, a run."""
    found = saved_imports.get(here.rooms(), here.user(), saved_id)
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        action.check()
        pressed, _target = action.pressed()
        if pressed == "run":
            return _run(saved_id)
        if pressed == "delete":
            name = saved_imports.delete(here.rooms(), here.user(), saved_id)
            flash(_("The saved import “%(name)s” is deleted. What it imported stays.", name=name), "success")
            return go(url_for(".saved"))
        try:
            saved_imports.rename(
                here.rooms(), here.user(), saved_id, request.form.get("name", ""), shared=_is_sent("shared")
            )
        except Invalid as invalid:
            errors = invalid.errors
        else:
            return stay(this_page())
    saved = found.line.saved
    page = render(
        "saved_import",
        line=line(found.line),
        saved=saved,
        sent=_sent(saved.name, shared=saved.shared),
        criteria=criteria_words.words(found.asked),
        settings=_settings(found.asked, saved.what.settings),
        **_errors(errors),
    )
    return (page, 422) if errors else page


def save(token: str) -> str | Response | tuple[str, int]:
    """What is saved of an import, and its name."""
    form = saved_imports.form(here.rooms(), here.user(), token)
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        action.check()
        name, shared, replace = request.form.get("name", ""), _is_sent("shared"), _is_sent("replace")
        try:
            saved_imports.save(here.rooms(), here.user(), token, name, shared=shared, replace=replace)
        except Invalid as invalid:
            errors = invalid.errors
        else:
            flash(_("The import is saved. Run it again whenever you like."), "success")
            return go(url_for(".saved"))
    before = form.before
    page = render(
        "save_import",
        token=token,
        what=f"{ACTOR_TYPES[form.asked.actor_type]} · {form.connection_name}",
        sent=_sent(before.name if before else "", shared=bool(before and before.shared)),
        criteria=criteria_words.words(form.asked),
        settings=_settings(form.asked, form.settings),
        back=url_for(".done" if form.imported.state is ImportState.DONE else ".preview", token=token),
        **_errors(errors),
    )
    return (page, 422) if errors else page


def repeat(token: str) -> str | Response:
    """How far a run is, then what it found."""
    if request.method == "POST":
        action.check()
        pressed = action.pressed()[0]
        if pressed == "cancel":
            importing.cancel(here.rooms(), here.jobs(), here.user(), token)
        elif pressed == "pause":
            importing.pause(here.rooms(), here.jobs(), here.user(), token)
        elif pressed in ("again", "resume"):
            importing.resume(here.rooms(), here.jobs(), here.user(), token)
        return stay(url_for(".repeat", token=token))
    found = saved_imports.page(here.rooms(), here.jobs(), here.user(), token, here.page_number())
    under_way = found.job is not None and not found.job.ended
    if not under_way and here.asked_part() == "erp-progress":
        return go(url_for(".repeat", token=token))
    return _repeat_page(token, found, under_way=under_way)


def line(found: SavedLine) -> Line:
    """What a list shows of a saved import."""
    saved, last, busy = found.saved, found.last, found.busy
    is_mine = busy is not None and busy.owner_id == here.user().id
    return Line(
        id=saved.id,
        name=saved.name,
        what=f"{ACTOR_TYPES[saved.what.actor_type]} · {found.connection_name}",
        owner=saved.owner_name,
        shared=saved.shared,
        own=found.own,
        problem=say(found.problem or (busy_sentence(saved, busy) if busy else "")),
        ran_at=saved.ran_at,
        found=repeat_words.found(last.repeat) if last and last.repeat.complete else "",
        busy_url=url_for(".repeat", token=busy.token) if busy and is_mine else "",
    )


def _repeat_page(token: str, found: RepeatPage, *, under_way: bool) -> str:
    job, imported, links = found.job, found.imported, here.rooms().host.links
    complete = imported.repeat is not None and imported.repeat.complete
    return render(
        "repeat",
        token=token,
        name=found.saved.name if found.saved else "",
        what=f"{ACTOR_TYPES[imported.actor_type]} · {found.connection_name}",
        progress=progress(job, _("Comparing the ERP with what was imported before")) if job and under_way else None,
        failure=say(job.note) if job and job.state == "failed" else "",
        cancelled=job is not None and job.state == "cancelled",
        ready=complete and imported.state is not ImportState.STAGING,
        nothing=imported.state is ImportState.DONE and imported.accounts is not None and not imported.accounts.read,
        done=imported.state is ImportState.DONE,
        repeat=imported.repeat if complete else None,
        sentence=repeat_words.found(imported.repeat) if complete and imported.repeat else "",
        remarks=repeat_words.remarks(imported.repeat) if complete and imported.repeat else [],
        gone=[(one, links.entity(one.kind, one.entity_id)) for one in found.gone.rows],
        pager=pager(found.gone.page, found.gone.pages, len(found.gone.rows), found.gone.total),
        steps=steps(DONE if imported.state is ImportState.DONE else PREVIEW if complete else DETAILS, imported, 1),
    )


def _run(saved_id: int) -> Response:
    token = saved_imports.run(here.rooms(), here.jobs(), here.user(), saved_id, here.language())
    return go(url_for(".repeat", token=token))


def _is_sent(name: str) -> bool:
    return request.form.get(name) == "yes"


def _sent(name: str, *, shared: bool) -> Mapping[str, object]:
    """What stands in the form: what was sent, else what is so."""
    if request.method == "POST":
        return {"name": request.form.get("name", ""), "shared": _is_sent("shared"), "replace": _is_sent("replace")}
    return {"name": name, "shared": shared, "replace": bool(name)}


def _errors(errors: Mapping[str, str]) -> dict[str, object]:
    said = {key: say(text) for key, text in errors.items()}
    return {"errors": said, "summary": [(key, _("Name"), text) for key, text in said.items()]}


def _settings(asked: Asked, settings: ImportSettings) -> list[tuple[str, str]]:
    schema = here.rooms().host.crm.schema()
    return setting_words.words(settings, {KIND_OF[asked.actor_type]}, schema)

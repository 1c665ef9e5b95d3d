"""The history of one import: what it was asked to do, who did what and when, and every row with its outcome."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from erp_import_plugin.engine.mapping import KIND_OF
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store.imports import Import
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web import criteria_words, here, plan_lines, result_lines, setting_words, undo_words
from erp_import_plugin.web.import_lines import continue_url, is_open, state_mark, took
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager
from erp_import_plugin.web.texts import KINDS_PLURAL, WORK_STATES, WORKS, Mark
from erp_import_plugin.workflow import access, history
from erp_import_plugin.workflow.history import History, Work
from erp_import_plugin.workflow.results import SelectionLink


@dataclass(frozen=True, slots=True)
class Other:
    """Another import that this one undoes, or that undoes this one; ``url`` is None where it is not the reader's."""

    imported: Import
    mark: Mark
    url: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One long work as the page tells it; ``why`` it failed, where it has."""

    label: str
    state: Mark
    work: Work
    took: str
    why: str


def show(token: str) -> str:
    """All that is kept of one import."""
    status, text = wanted_status(), request.args.get("q", "").strip()
    statuses = (status,) if status else tuple(Status)
    found = history.of(here.rooms(), here.jobs(), here.user(), token, statuses, text, here.page_number())
    imported, last = found.imported, found.work[-1].job if found.work else None
    return render(
        "history",
        token=token,
        run=undo_words.run(token),
        found=found,
        mark=state_mark(imported, last),
        go_on_url=continue_url(imported, sum(found.types.values())) if is_open(imported) else None,
        criteria=criteria_words.words(found.asked) if found.asked else None,
        settings=setting_words.words(imported.settings, _kinds(found), found.schema) if imported.settings else None,
        steps_taken=[_step(one) for one in found.work],
        took=took(imported.started_at, imported.ended_at),
        takes_back=_other(found.takes_back) if found.takes_back else None,
        undos=[_other(one) for one in found.undos],
        status=status,
        text=text,
        lines=[result_lines.line(row, found.schema, token) for row in found.page.rows],
        counts=plan_lines.counts(found.accounts, status, "history", undo=imported.undoes is not None)
        if found.accounts
        else (),
        shares=plan_lines.shares(found.accounts) if found.accounts else (),
        selections=[(_selection(one), one.url) for one in found.selections if one.url],
        pager=pager(found.page.page, found.page.pages, len(found.page.rows), found.page.total),
    )


def wanted_status() -> Status | None:
    """The status that the page, or a file, is narrowed to."""
    name = request.args.get("status", "")
    return Status(name) if name in {one.value for one in Status} else None


def _kinds(found: History) -> set[EntityKind]:
    return {KIND_OF[actor_type] for actor_type in found.types or (found.imported.actor_type,)}


def _step(one: Work) -> Step:
    job = one.job
    why = say(job.note) if job.state == "failed" else ""
    label = str(WORKS.get(job.kind, job.kind))
    return Step(label, WORK_STATES[job.state], one, took(job.started_at, job.ended_at), why)


def _other(imported: Import) -> Other:
    owner = access.whose(here.rooms(), here.user())
    mine = owner is None or imported.owner_id == owner
    return Other(imported, state_mark(imported, here.jobs().latest(imported.token)), _url(imported) if mine else None)


def _url(imported: Import) -> str:
    return url_for(".history", token=imported.token)


def _selection(one: SelectionLink) -> str:
    kind = str(KINDS_PLURAL[one.kind])
    named = {Status.NEW.value: _("%(kind)s, new", kind=kind), Status.CHANGED.value: _("%(kind)s, updated", kind=kind)}
    return named.get(one.result.value, kind)

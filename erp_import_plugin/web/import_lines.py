"""Imports as a list shows them, each with the page where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import format_timedelta

from erp_import_plugin.engine.results import Accounts
from erp_import_plugin.jobs import JobView
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web.plan_lines import Share, shares
from erp_import_plugin.web.texts import ACTOR_TYPES, STATES, STATUSES, STOPPED, Mark
from erp_import_plugin.workflow.imports import ImportLine

_PAGES = {
    ImportState.PLANNED: "preview",
    ImportState.IMPORTING: "importing",
    ImportState.DONE: "done",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows became one status."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Line:
    """One import. ``discardable``: nothing is written yet, so it can be thrown away.

    ``tallies`` and ``shares`` are of the preview, then of the result; empty before the first preview.
    """

    token: str
    title: str
    url: str
    mark: Mark
    owner: str
    staged: int
    tallies: tuple[Tally, ...]
    shares: tuple[Share, ...]
    made: datetime
    took: str
    working: bool
    discardable: bool


def line(found: ImportLine) -> Line:
    """What the list shows of one import."""
    imported = found.import_
    counted = imported.accounts if imported.state is not ImportState.STAGING else None
    return Line(
        token=imported.token,
        title=title(found),
        url=continue_url(imported, found.staged),
        mark=state_mark(imported, found.job),
        owner=imported.owner_name,
        staged=found.staged,
        tallies=tallies(counted) if counted else (),
        shares=tuple(shares(counted)) if counted else (),
        made=imported.created_at,
        took=took(imported.started_at, imported.ended_at),
        working=found.job is not None and not found.job.ended,
        discardable=is_open(imported),
    )


def title(found: ImportLine) -> str:
    """What an import is called: its actor types and its connection."""
    types = ", ".join(str(ACTOR_TYPES[one]) for one in found.types or (found.import_.actor_type,))
    what = _("Undo: %(what)s", what=types) if found.import_.undoes is not None else types
    return f"{what} · {found.connection_name}"


def state_mark(imported: Import, job: JobView | None) -> Mark:
    """How far an import has come; one whose work has ended before its rows did is stopped."""
    stopped = imported.state is ImportState.IMPORTING and (job is None or job.ended or job.idle)
    return STOPPED if stopped else STATES[imported.state]


def tallies(counted: Accounts) -> tuple[Tally, ...]:
    """The accounts without what is none."""
    found = ((str(mark.label), getattr(counted, status.value)) for status, mark in STATUSES.items())
    return tuple(Tally(label, number) for label, number in found if number)


def took(start: datetime | None, end: datetime | None) -> str:
    """How long something took; empty as long as it has not ended."""
    if start is None or end is None:
        return ""
    return str(format_timedelta(max(end - start, timedelta(seconds=1)), threshold=1.5))


def is_open(imported: Import) -> bool:
    """Whether it can still be changed: nothing is written yet."""
    return imported.state in (ImportState.STAGING, ImportState.PLANNED)


def takes_actors(imported: Import) -> bool:
    """Whether actors can be added to it, and settings chosen: not in an undo, which follows from the other import."""
    return is_open(imported) and imported.undoes is None


def continue_url(imported: Import, staged: int) -> str:
    """The page where an import goes on, or its result."""
    if imported.undoes is not None and imported.state is ImportState.STAGING:
        return url_for(".preview", token=imported.token)
    comparing = imported.repeat is not None and not imported.repeat.complete
    page = _PAGES.get(imported.state, "repeat" if comparing else "staging" if staged else "search")
    return url_for(f".{page}", token=imported.token)

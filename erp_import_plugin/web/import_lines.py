"""Imports as a list shows them, each with the page where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.web.texts import ACTOR_TYPES, STATES, Mark
from erp_import_plugin.workflow.imports import ImportLine

_PAGES = {
    ImportState.PLANNED: "preview",
    ImportState.IMPORTING: "importing",
    ImportState.DONE: "done",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One import. ``discardable``: nothing is written yet, so it can be thrown away."""

    token: str
    title: str
    url: str
    mark: Mark
    owner: str
    staged: int
    written: int | None
    made: datetime
    working: bool
    discardable: bool


def line(found: ImportLine) -> Line:
    """What the list shows of one import."""
    imported = found.import_
    done = imported.state is ImportState.DONE and imported.accounts is not None
    return Line(
        token=imported.token,
        title=f"{ACTOR_TYPES[imported.actor_type]} · {found.connection_name}",
        url=continue_url(imported, found.staged),
        mark=STATES[imported.state],
        owner=imported.owner_name,
        staged=found.staged,
        written=imported.accounts.written if done and imported.accounts else None,
        made=imported.created_at,
        working=found.job is not None and not found.job.ended,
        discardable=is_open(imported),
    )


def is_open(imported: Import) -> bool:
    """Whether it can still be changed: nothing is written yet."""
    return imported.state in (ImportState.STAGING, ImportState.PLANNED)


def continue_url(imported: Import, staged: int) -> str:
    """The page where an import goes on, or its result."""
    page = _PAGES.get(imported.state, "staging" if staged else "search")
    return url_for(f".{page}", token=imported.token)

"""Staging, settings and plan from the command line: from what was named to a stored plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from erp_import_plugin.cli import searching
from erp_import_plugin.cli.acting import Desk
from erp_import_plugin.cli.finding import complete
from erp_import_plugin.cli.printing import clean
from erp_import_plugin.workflow import importing, imports, preview, settings, staging
from erp_import_plugin.workflow.working import FETCH


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options name: an import that is there (``token``), or a new one of what a search finds."""

    token: str | None
    connection: str | None
    type_name: str | None
    where: Sequence[str]
    keys: Collection[str]
    settings: Mapping[str, Any]
    language: str = ""


def plan(desk: Desk, wanted: Wanted) -> str | None:
    """Stage and plan; the import's token, None when the search found nothing.

    An import that could not be planned stays, and can be gone on with by its token.
    """
    chosen = settings.from_mapping(wanted.settings) if wanted.settings else None
    token = _take_up(desk, wanted.token) if wanted.token else _stage(desk, wanted)
    if token is None:
        return None
    # Without any settings, those that the settings page would open with.
    kept = chosen or settings.form(desk.rooms, desk.user, token).settings
    settings.save(desk.rooms, desk.user, token, kept)
    complete(desk, preview.start(desk.rooms, desk.jobs, desk.user, token))
    return token


def _take_up(desk: Desk, token: str) -> str:
    """Finish what was begun: actors that are wanted are fetched before they are planned."""
    job = imports.get(desk.rooms, desk.user, token).job
    if job is not None and job.kind == FETCH and job.state != "done":
        importing.resume(desk.rooms, desk.jobs, desk.user, token)
        complete(desk, desk.jobs.latest(token))
    return token


def _stage(desk: Desk, wanted: Wanted) -> str | None:
    found = searching.find(desk, wanted.connection, wanted.type_name, wanted.where, wanted.language)
    absent = searching.tick(desk, found, wanted.keys) if found.results.found else frozenset(wanted.keys)
    for key in sorted(absent):
        desk.tell(f"Not found: {clean(key)}")
    if len(absent) == len(wanted.keys) and (wanted.keys or not found.results.found):
        imports.discard(desk.rooms, desk.user, found.token)
        return None
    desk.tell(f"Import {found.token}")
    staging.add(desk.rooms, desk.jobs, desk.user, found.token)
    complete(desk, desk.jobs.latest(found.token))
    return found.token

"""Add to import: the ticked actors are fetched in full by key and kept; the CRM is untouched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import JobContext, Jobs, JobView
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.staging import StagedRow
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class StagingPage:
    """The staged actors. ``counts`` and ``types`` are of all of them; ``total`` of those the text was found in."""

    import_: Import
    connection_name: str
    counts: Mapping[str, int]
    types: Mapping[ActorType, int]
    rows: tuple[StagedRow, ...]
    total: int
    page: int
    pages: int
    job: JobView | None


def add(rooms: Rooms, jobs: Jobs, user: User, token: str) -> int:
    raise NotImplementedError


def page(rooms: Rooms, jobs: Jobs, user: User, token: str, text: str = "", page: int = 1) -> StagingPage:
    raise NotImplementedError


def remove(rooms: Rooms, user: User, token: str, rows: Collection[int]) -> None:
    raise NotImplementedError


def run_fetch(rooms: Rooms, context: JobContext) -> None:
    raise NotImplementedError

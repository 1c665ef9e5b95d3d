"""Imports: begun, listed, opened again, thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs, JobView
from erp_import_plugin.store.imports import Import
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """One import, with how many actors of each type are staged and the last work on it."""

    import_: Import
    connection_name: str
    connector_name: str
    staged: Mapping[ActorType, int]
    job: JobView | None


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import in the list."""

    import_: Import
    connection_name: str
    staged: int
    job: JobView | None


def begin(rooms: Rooms, user: User, connection_id: int, actor_type: ActorType) -> Import:
    raise NotImplementedError


def get(rooms: Rooms, user: User, token: str) -> ImportSummary:
    raise NotImplementedError


def listed(rooms: Rooms, jobs: Jobs, user: User, page: int = 1) -> tuple[tuple[ImportLine, ...], int]:
    raise NotImplementedError


def discard(rooms: Rooms, user: User, token: str) -> None:
    raise NotImplementedError

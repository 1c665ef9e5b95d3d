"""Planning some rows anew, and all that depends on them, so that the plan is as a new preview would make it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import conflicts, plan_blocks, plan_items
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.imports import Import
from erp_import_plugin.workflow.planner import CONFLICTS, ChunkPlanner, undecided
from erp_import_plugin.workflow.rooms import Rooms

Rows = Collection[int]


def replan(tx: Transaction, rooms: Rooms, imported: Import, rows: Rows, *, one_key: bool) -> None:
    """Plan rows of an import anew, then whatever that bears on, and put the accounts right."""
    replanner = _Replanner(tx, rooms, imported, one_key=one_key)
    replanner.run(rows)
    count(tx, imported.id, replanner.planned)


def count(tx: Transaction, import_id: int, rows: Rows | None = None) -> None:
    """Count the plan as it stands, after these rows have changed; without rows, after any may have."""
    plan_blocks.recount(tx, import_id, rows)
    plan_items.recount(tx, import_id)
    counts: Counter[Status] = Counter()
    for (status, _), number in plan_blocks.counts(tx, import_id).rows.items():
        counts[status] += number
    types = staging_store.types(tx, import_id)
    import_store.save_staged(tx, import_id, types)
    import_store.save_accounts(tx, import_id, Accounts.of(sum(types.values()), counts))


class _Replanner:
    """Works kind by kind as the preview does; the number of statements per chunk of rows does not depend on them."""

    def __init__(self, tx: Transaction, rooms: Rooms, imported: Import, *, one_key: bool) -> None:
        assert imported.settings is not None  # noqa: S101  an import with a plan has them
        self._tx = tx
        self._import_id = imported.id
        self._chunk = rooms.config.chunk
        self._one_key = one_key
        mappings = mapping_store.of(tx, imported.connection_id)
        self._planner = ChunkPlanner(tx, rooms, imported, imported.settings, mappings, one_key=one_key)

        self.planned: set[int] = set()

    def run(self, rows: Rows) -> None:
        """Plan the rows, and what they bear on, anew."""
        rows_of = {kind: self._of_kind(kind, rows) for kind in EntityKind}
        belonging = self._plan(EntityKind.COMPANY, rows_of[EntityKind.COMPANY])
        for kind in (EntityKind.PERSON, EntityKind.PROJECT):
            self._plan(kind, rows_of[kind] | self._of_kind(kind, belonging))

    def _plan(self, kind: EntityKind, rows: set[int]) -> set[int]:
        """Plan rows of one kind and those they stand in the way of; gives the rows that belong to any of them."""
        rows = rows | self._neighbours(kind, rows)
        belonging = self._belonging(rows)
        self._make(kind, rows)
        others = self._neighbours(kind, rows) - rows
        belonging |= self._belonging(others)
        self._make(kind, others)
        self._settle(kind, rows | others)
        return belonging | self._belonging(rows | others)

    def _make(self, kind: EntityKind, rows: Rows) -> None:
        self.planned.update(rows)
        for some in self._chunks(rows):
            self._planner.plan(self._tx, kind, staging_store.actors(self._tx, self._import_id, some))

    def _settle(self, kind: EntityKind, rows: Rows) -> None:
        for find, code in CONFLICTS:
            for some in self._chunks(rows):
                found = find(self._tx, self._import_id, kind, 0, len(some), some)
                plan_store.replace(self._tx, self._import_id, [undecided(row, code) for row in found])

    def _of_kind(self, kind: EntityKind, rows: Rows) -> set[int]:
        return self._gathered(rows, lambda some: plan_store.of_kind(self._tx, self._import_id, kind, some))

    def _neighbours(self, kind: EntityKind, rows: Rows) -> set[int]:
        return self._gathered(rows, lambda some: conflicts.neighbours(self._tx, self._import_id, kind, some))

    def _belonging(self, rows: Rows) -> set[int]:
        staged = self._gathered(
            rows, lambda some: staging_store.children(self._tx, self._import_id, some, one_key=self._one_key)
        )
        return staged | self._gathered(rows, lambda some: conflicts.dependents(self._tx, self._import_id, some))

    def _gathered(self, rows: Rows, find: Callable[[list[int]], set[int]]) -> set[int]:
        return {row for some in self._chunks(rows) for row in find(some)}

    def _chunks(self, rows: Rows) -> Iterator[list[int]]:
        ordered = sorted(rows)
        for start in range(0, len(ordered), self._chunk):
            yield ordered[start : start + self._chunk]

"""Decisions: an admin says what uncertain rows are, and the plan follows at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection as Transaction

from erp_import_plugin.engine.changes import PlannedRow
from erp_import_plugin.engine.decisions import Choice, Decision, can_be_decided, candidates, is_open, lacks_company
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import EntityKind, User
from erp_import_plugin.jobs import Jobs
from erp_import_plugin.store import conflicts, plan_pages, plan_ticks
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import decisions as decision_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import plan as plan_store
from erp_import_plugin.store import staging as staging_store
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import access, erp, preview, working
from erp_import_plugin.workflow.replanning import replan
from erp_import_plugin.workflow.rooms import Rooms


class Wish(str, Enum):
    """What an admin says about rows: each of the choices, the one candidate a row has, or to decide again later."""

    ENTITY = "entity"
    NEW = "new"
    LEAVE_OUT = "leave_out"
    ONLY = "only"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Decided:
    """How many rows were decided, and how many stay as they were because the wish does not fit them."""

    rows: int
    left: int
    in_background: bool = False


class Overtaken(Refused):
    """Somebody else has decided the row since it was looked at."""

    def __init__(self, decision: Decision | None) -> None:
        name = decision.by_name if decision else ""
        super().__init__(
            Sentence("%(name)s decided this row meanwhile. Look at it before you decide again.", name=name)
            if decision
            else Sentence("The decision about this row was taken back meanwhile. Look at it before you decide again.")
        )
        self.decision = decision


def mark(decision: Decision | None) -> str:
    """What a form carries of the decision it was made with, to find out that it is another one by now."""
    if decision is None:
        return ""
    return f"{decision.choice.value} {decision.entity_id or ''} {decision.by_id} {decision.at.isoformat()}"


def decide(
    rooms: Rooms,
    user: User,
    token: str,
    row_id: int,
    wish: Wish,
    entity_id: str | None = None,
    *,
    seen: str | None = None,
) -> None:
    """Decide about one row. ``seen`` is the :func:`mark` of the decision that was there when the user looked.

    Raises:
        NotFound: there is no such import, or row in it.
        Overtaken: it was decided since.
        Refused: there is nothing to decide, or the row cannot be that; automatic sync is on; the import is under way.
    """
    _check(rooms, user)
    with writing(rooms.engine) as tx:
        imported = preview.open_planned(tx, rooms, user, token)
        planned = preview.line_of(tx, imported, row_id).planned
        before = decision_store.of_rows(tx, [row_id]).get(row_id)
        if planned.match.decided and before and before.by_id == user.id and _is_same(before, wish, entity_id):
            return  # pressed twice
        if before is None and wish is Wish.AGAIN:
            return  # that as well
        if seen is not None and seen != mark(before):
            raise Overtaken(before)
        desk = _Desk(tx, rooms, imported, user)
        reason = desk.why_not(planned, wish, entity_id)
        if reason is not None:
            raise Refused(reason)
        desk.keep([(planned, wish, entity_id)])
        desk.replan([row_id])


def decide_all(
    rooms: Rooms,
    jobs: Jobs,
    user: User,
    token: str,
    wish: Wish,
    rows: Collection[int] | None,
    wanted: PlanFilter | None = None,
) -> Decided:
    """Decide the same about these rows, or (None) about all that pass the filter.

    Only open rows are decided, and only decided ones taken back; so nobody's decision is lost. Where they are many the
    preview is made again in the background.
    """
    _check(rooms, user)
    working.refuse_while_working(rooms, token, working.PLAN)
    with writing(rooms.engine) as tx:
        imported = preview.open_planned(tx, rooms, user, token)
        desk = _Desk(tx, rooms, imported, user)
        looked_at, done = 0, list[int]()
        taken = Counter[tuple[EntityKind, str]]()
        if wish is Wish.ONLY:  # two rows that would be one record need a look
            taken.update(_only(one) for some in desk.chunks(rows, wanted) for one in some if _has_only(one))
        for some in desk.chunks(rows, wanted):
            looked_at += len(some)
            fitting = desk.fitting(some, wish, taken)
            desk.keep([(one, wish, _only(one)[1] if wish is Wish.ONLY else None) for one in fitting])
            done += [one.row for one in fitting]
        many = len(done) > rooms.config.chunk
        if many:  # the plan as it is must not be imported, whatever happens before there is another
            import_store.set_state(tx, imported.id, ImportState.STAGING)
        elif done:
            desk.replan(done)
    if many:
        preview.start(rooms, jobs, user, token)
    return Decided(len(done), looked_at - len(done), in_background=many)


def _check(rooms: Rooms, user: User) -> None:
    access.check_user(rooms, user)
    access.check_sync(rooms)


def _is_same(before: Decision, wish: Wish, entity_id: str | None) -> bool:
    return before.choice.value == wish.value and before.entity_id == (entity_id if wish is Wish.ENTITY else None)


def _has_only(planned: PlannedRow) -> bool:
    return is_open(planned) and len(candidates(planned)) == 1


def _only(planned: PlannedRow) -> tuple[EntityKind, str]:
    return planned.kind, candidates(planned)[0]


class _Desk:
    """Decisions about the rows of one import, in one transaction."""

    def __init__(self, tx: Transaction, rooms: Rooms, imported: Import, user: User) -> None:
        self._tx = tx
        self._rooms = rooms
        self._import = imported
        self._user = user
        connection = connection_store.get(tx, imported.connection_id)
        self._one_key = erp.one_key(rooms, connection)

    def chunks(self, rows: Collection[int] | None, wanted: PlanFilter | None) -> Iterator[list[PlannedRow]]:
        """The rows, or those that pass the filter, some at a time."""
        size = self._rooms.config.chunk
        if rows is not None:
            ordered = sorted(set(rows))
            for start in range(0, len(ordered), size):
                lines = plan_store.lines(self._tx, self._import.id, ordered[start : start + size])
                yield [line.planned for line in lines]
            return
        after = 0
        while lines := plan_pages.following(self._tx, self._import.id, wanted or PlanFilter(), after, size):
            yield [line.planned for line in lines]
            after = lines[-1].planned.row

    def why_not(self, planned: PlannedRow, wish: Wish, entity_id: str | None) -> Sentence | None:
        """Why the row cannot be decided so, None where it can."""
        if not can_be_decided(planned):
            return Sentence("There is nothing to decide about this row.")
        if wish is Wish.AGAIN or wish is Wish.LEAVE_OUT:
            return None
        if planned.row in self._linked([planned]):
            return Sentence("This actor was imported before, so it is the record it became then. It can be left out.")
        if lacks_company(planned):
            return Sentence("It is not certain which company this actor belongs to. It can only be left out.")
        return None if wish is Wish.NEW else self._why_not_entity(planned, entity_id or "")

    def fitting(
        self, rows: Sequence[PlannedRow], wish: Wish, wanting: Mapping[tuple[EntityKind, str], int]
    ) -> list[PlannedRow]:
        """Those of some rows that can be decided so without a closer look."""
        if wish is Wish.AGAIN:
            return [one for one in rows if one.match.decided]
        found = [one for one in rows if is_open(one)]
        if wish is Wish.LEAVE_OUT:
            return found
        linked = self._linked(found)
        found = [one for one in found if one.row not in linked and not lacks_company(one)]
        if wish is not Wish.ONLY:
            return found
        single = [one for one in found if _has_only(one) and wanting[_only(one)] == 1]
        taken = {(kind, entity) for kind in EntityKind for entity in self._holders(kind, map(_only, single))}
        return [one for one in single if _only(one) not in taken]

    def keep(self, wishes: Sequence[tuple[PlannedRow, Wish, str | None]]) -> None:
        """Keep decisions about rows, or forget them."""
        rows = [planned.row for planned, _, _ in wishes]
        again = [planned.row for planned, wish, _ in wishes if wish is Wish.AGAIN]
        decision_store.forget(self._tx, again)
        decision_store.save(self._tx, self._import.id, [self._decision(*one) for one in wishes if one[1] != Wish.AGAIN])
        plan_ticks.bring_in(self._tx, self._import.id, rows)

    def replan(self, rows: Collection[int]) -> None:
        """Make the plan follow."""
        replan(self._tx, self._rooms, self._import, rows, one_key=self._one_key)
        import_store.revise(self._tx, self._import.id)

    def _decision(self, planned: PlannedRow, wish: Wish, entity_id: str | None) -> Decision:
        choice = Choice.ENTITY if wish is Wish.ONLY else Choice(wish.value)
        entity = entity_id if choice is Choice.ENTITY else None
        return Decision(planned.row, choice, entity, self._user.id, self._user.name, self._rooms.now())

    def _why_not_entity(self, planned: PlannedRow, entity_id: str) -> Sentence | None:
        if entity_id not in self._rooms.host.crm.read(self._tx, planned.kind, [entity_id], []):
            return Sentence("The record you chose is not in the CRM. Choose another.")
        holder = self._holders(planned.kind, [(planned.kind, entity_id)]).get(entity_id)
        if holder is None or holder.row == planned.row:
            return None
        return Sentence("“%(label)s” of this import is that record already. Decide that row first.", label=holder.label)

    def _holders(self, kind: EntityKind, wanted: Iterable[tuple[EntityKind, str]]) -> dict[str, PlannedRow]:
        ids = {entity for of_kind, entity in wanted if of_kind is kind}
        return conflicts.holders(self._tx, self._import.id, kind, ids) if ids else {}

    def _linked(self, rows: Sequence[PlannedRow]) -> set[int]:
        places = staging_store.places(self._tx, [one.row for one in rows])
        links = link_store.linked(self._tx, self._import.connection_id, places.values(), one_key=self._one_key)
        return {row for row, place in places.items() if place in links}

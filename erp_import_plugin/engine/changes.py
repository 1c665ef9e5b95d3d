"""The plan: what an import would do to the CRM, row by row and field by field. It is stored, and is the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias, overload

from erp_import_plugin.engine.reasons import Reason
from erp_import_plugin.engine.results import Status
from erp_import_plugin.host_api import CrmValue, EntityKind


@dataclass(frozen=True, slots=True)
class NewItem:
    """A list item that the import adds."""

    list_name: str
    label: str


@dataclass(frozen=True, slots=True)
class RowCompany:
    """The company that a row of this import creates; its id is known once it is there."""

    row: int


NewValue: TypeAlias = "CrmValue | NewItem | RowCompany | tuple[str | NewItem, ...]"


PLAIN = frozenset({str, int, bool, Decimal, date, datetime, type(None)})
"""Types of values that need nothing else to be made first, and are one value each."""


class FieldChange(NamedTuple):
    """One field's old and new value. Unticked, the field keeps its value."""

    field: str
    old: CrmValue
    new: NewValue
    ticked: bool = True

    @property
    def cleared(self) -> bool:
        """Whether a value goes and none comes."""
        return self.new in (None, "", ())


class NewFields(Sequence[FieldChange]):
    """The fields of an entity that is created and gets all of them: kept as values, changes only when looked at."""

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, NewValue]) -> None:
        self.values = values

    def __iter__(self) -> Iterator[FieldChange]:
        for key, new in self.values.items():
            yield FieldChange(key, () if isinstance(new, tuple) else None, new)

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, at: int) -> FieldChange: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[FieldChange]: ...
    def __getitem__(self, at: int | slice) -> FieldChange | Sequence[FieldChange]:
        return tuple(self)[at]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (NewFields, tuple)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True, slots=True)
class EntityChange:
    """One entity to create (``entity_id`` None), to change, or, by an undo, to remove."""

    kind: EntityKind
    entity_id: str | None
    fields: Sequence[FieldChange]
    removes: bool = False

    @classmethod
    def created(cls, kind: EntityKind, values: Mapping[str, NewValue]) -> EntityChange:
        """An entity that is created with these values."""
        return cls(kind, None, NewFields(values))

    @property
    def is_new(self) -> bool:
        """Whether the entity is created."""
        return self.entity_id is None

    @property
    def effect(self) -> str:
        """What becomes of the entity: "new", "changed" or "removed"."""
        return "removed" if self.removes else "new" if self.is_new else "changed"

    @property
    def all_values(self) -> Mapping[str, NewValue] | None:
        """The values of an entity that is created and gets all of them; None of any other."""
        return self.fields.values if isinstance(self.fields, NewFields) else None

    @property
    def is_whole(self) -> bool:
        """Whether all fields are written."""
        return isinstance(self.fields, NewFields) or all(change.ticked for change in self.fields)

    def ticked(self) -> Sequence[FieldChange]:
        """The fields that are written."""
        return self.fields if self.is_whole else tuple(change for change in self.fields if change.ticked)

    def new_values(self) -> Collection[NewValue]:
        """The values that are written."""
        values = self.all_values
        return [change.new for change in self.fields if change.ticked] if values is None else values.values()

    def new_by_field(self) -> Mapping[str, NewValue]:
        """The values that are written, by field."""
        values = self.all_values
        return {change.field: change.new for change in self.fields if change.ticked} if values is None else values


@dataclass(frozen=True, slots=True)
class KeptField:
    """A field in which the ERP differs, and the CRM's value stays.

    ``setting`` names the choice that says so, ``reason`` what else does. In an undo ``erp`` is the value from before.
    """

    field: str
    crm: CrmValue
    erp: NewValue
    setting: str = ""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A value that cannot be written; the field stays as it is, the row goes on. ``value`` is shortened for show."""

    field: str
    value: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Match:
    """What the actor was found to be.

    ``how`` is "link", the name of a duplicate rule, "decision" where an admin has chosen, "undo", or None without a
    match. ``entities`` are all that were found. ``chosen`` is the one an admin picked of them, or of the similar ones.
    """

    how: str | None = None
    entities: tuple[str, ...] = ()
    chosen: str | None = None

    @property
    def linked(self) -> bool:
        """Whether the actor was imported before."""
        return self.how == "link"

    @property
    def undoes(self) -> bool:
        """Whether nothing was looked for, because the row takes back what another import did."""
        return self.how == "undo"

    @property
    def decided(self) -> bool:
        """Whether an admin chose an entity, or a new one."""
        return self.how == "decision"

    @property
    def entity(self) -> str | None:
        """The one entity that the actor is; None where there is none, or several that might be."""
        if self.decided:
            return self.chosen
        return self.entities[0] if len(self.entities) == 1 else None


NO_MATCH = Match()


@dataclass(frozen=True, slots=True)
class Similar:
    """An entity that is much like an actor: a suggestion for the admin, never acted on.

    ``score`` is from 0 to 100; ``agrees`` names the CRM fields that are alike.
    """

    entity_id: str
    score: int
    agrees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """The plan of one staged actor.

    ``row`` is its id among the staged. ``keys`` are its keys by the duplicate rule and ``scope`` the company they
    count in (see ``matching``); both are empty where no rule was asked. ``company_keys`` are the keys by which its
    company was looked up by name. ``similar`` is best first. ``frees`` is, in an undo, the row that removes the company
    which this row's entity belongs to: that can only be done with this one.
    """

    row: int
    kind: EntityKind
    label: str
    status: Status
    reason: Reason | None = None
    match: Match = NO_MATCH
    changes: tuple[EntityChange, ...] = ()
    kept: tuple[KeptField, ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    keys: tuple[str, ...] = ()
    scope: str = ""
    region: str = ""
    company_keys: tuple[str, ...] = ()
    similar: tuple[Similar, ...] = ()
    frees: int | None = None

    @property
    def own_change(self) -> EntityChange | None:
        """The change of the entity the actor itself becomes."""
        for change in self.changes:
            if change.kind is self.kind:
                return change
        return None

    @property
    def depends_on(self) -> int | None:
        """The other row that creates this row's company."""
        rows = (value.row for value in self._placeholders() if isinstance(value, RowCompany))
        return next((row for row in rows if row != self.row), None)

    @property
    def leaves(self) -> bool:
        """Whether the entity goes from the company that it belongs to: it is removed, or gets another one, or none."""
        own = self.own_change
        return own is not None and (own.removes or any(field.field == "company" for field in own.ticked()))

    def written(self) -> tuple[EntityChange, ...]:
        """The changes that are made: without the company of a contact whose company is unticked."""
        own = self.own_change
        if own is not None and len(self.changes) == 1:
            return self.changes
        wanted = own is not None and any(isinstance(value, RowCompany) for value in own.new_values())
        return tuple(
            change for change in self.changes if change.kind is self.kind or (self.leaves if change.removes else wanted)
        )

    def icons(self) -> tuple[str, ...]:
        """What the row shows: "company_new", "person_changed" …, none where nothing is written."""
        return tuple([f"{change.kind.value}_{change.effect}" for change in self.written()])

    @property
    def is_plain(self) -> bool:
        """Whether nothing else has to be made before the row can be written."""
        return all(PLAIN.issuperset(map(type, change.new_values())) for change in self.changes)

    def new_items(self) -> Iterator[NewItem]:
        """The list items the row needs and the CRM lacks."""
        for value in self._placeholders():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, NewItem):
                    yield one

    def _placeholders(self) -> Iterator[Any]:
        """Those written values that may stand for something which is still to be made, or hold such."""
        for change in self.changes:
            values = change.new_values()
            if not PLAIN.issuperset(map(type, values)):
                yield from (value for value in values if type(value) not in PLAIN)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a plan's placeholders stand for once they are in the CRM."""

    items: Mapping[NewItem, str] = field(default_factory=dict)
    companies: Mapping[int, str] = field(default_factory=dict)

"""Mappings: which fields of the ERP are searched by, shown and imported, and where they go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType, ErpField
from erp_import_plugin.connector_host import GuardedSession
from erp_import_plugin.engine import mapping as engine
from erp_import_plugin.engine.field_suggestions import Suggestion, suggestions
from erp_import_plugin.engine.mapping import ActorMapping, FieldMapping, Unfit
from erp_import_plugin.errors import NotFound, Sentence
from erp_import_plugin.host_api import CrmField, EntitySchema, User
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, audit
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.mapping_edits import FieldEdit, edited
from erp_import_plugin.workflow.paging import Paged, paged
from erp_import_plugin.workflow.rooms import Rooms


class Show(str, Enum):
    """Which of the fields a page shows."""

    ALL = "all"
    MAPPED = "mapped"
    UNMAPPED = "unmapped"
    SUGGESTED = "suggested"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One ERP field: its mapping, a suggestion, and what keeps it from being imported.

    ``lost`` tells that the host no longer has its CRM field, ``unfit`` why that takes no values of it any more;
    ``double`` is another ERP field for the same CRM field, which takes one value.
    """

    mapping: FieldMapping
    suggestion: Suggestion | None = None
    lost: bool = False
    unfit: Unfit | None = None
    double: FieldMapping | None = None

    @property
    def faulty(self) -> bool:
        """Whether an admin should look at it."""
        return self.mapping.gone or self.lost or self.unfit is not None or self.double is not None

    def in_(self, show: Show) -> bool:
        """Whether a page that shows only some fields shows it."""
        return {
            Show.ALL: True,
            Show.MAPPED: self.mapping.crm_field is not None,
            Show.UNMAPPED: self.mapping.crm_field is None,
            Show.SUGGESTED: self.suggestion is not None,
            Show.FAULTY: self.faulty,
        }[show]


@dataclass(frozen=True, slots=True)
class MappingPage:
    """The mapping of one actor type. ``counts`` are of all its fields; ``lacking`` CRM fields need a value."""

    connection_id: int
    connection_name: str
    actor_types: tuple[ActorType, ...]
    mapping: ActorMapping
    targets: Mapping[str, CrmField]
    counts: Mapping[Show, int]
    lines: Paged[FieldLine]
    lacking: tuple[CrmField, ...]


def searchable(mapping: ActorMapping) -> tuple[ErpField, ...]:
    """The fields an admin can search by, lowest rank first; none where the actor type is not imported."""
    if not mapping.active:
        return ()
    return tuple(one.erp for one in mapping.in_order() if one.erp.searchable)


def shown(mapping: ActorMapping) -> tuple[ErpField, ...]:
    """The fields shown in search results, lowest rank first."""
    return tuple(one.erp for one in mapping.in_order() if one.show_in_search)


def list_names(mappings: Iterable[ActorMapping]) -> tuple[str, ...]:
    """The ERP lists that the fields name."""
    names = (field.erp.list_name for mapping in mappings for field in mapping.fields if not field.gone)
    return tuple(dict.fromkeys(name for name in names if name))


def offered(wanted: Collection[str], session: GuardedSession, actor_type: ActorType) -> tuple[str, ...]:
    """Those of the wanted fields that the ERP still has: one that is gone must not stop the others."""
    there = {field.key for field in session.fields(actor_type)}
    return tuple(key for key in wanted if key in there)


def of_connection(rooms: Rooms, user: User, connection_id: int) -> Mapping[ActorType, ActorMapping]:
    """All mappings of a connection, none before its ERP was read. Raises NotFound."""
    access.check_set_up(rooms, user)
    with reading(rooms.engine) as tx:
        access.any_connection(tx, connection_id)
        return mapping_store.of(tx, connection_id)


def page(
    rooms: Rooms,
    user: User,
    connection_id: int,
    actor_type: ActorType,
    *,
    show: Show = Show.ALL,
    text: str = "",
    number: int = 1,
    only: Collection[str] | None = None,
) -> MappingPage:
    """One page of the fields of an actor type: some, those with the text in label or key, or ``only`` these keys.

    Raises NotFound.
    """
    access.check_set_up(rooms, user)
    with reading(rooms.engine) as tx:
        connection = access.any_connection(tx, connection_id)
        mappings = mapping_store.of(tx, connection_id)
    mapping = of_type(mappings, actor_type)
    schema = schema_of(rooms, mapping)
    lines = _lines(mapping, schema)
    wanted = [line for line in lines if _is_wanted(line, show, text)]
    if only is not None:
        wanted = [line for line in lines if line.mapping.erp.key in only]
    size = rooms.config.page_size if only is None else max(len(wanted), 1)
    return MappingPage(
        connection_id=connection_id,
        connection_name=connection.name,
        actor_types=tuple(mappings),
        mapping=mapping,
        targets=engine.targets(schema),
        counts={one: sum(line.in_(one) for line in lines) for one in Show},
        lines=paged(lambda offset, limit: (wanted[offset : offset + limit], len(wanted)), number, size),
        lacking=engine.without_source(mapping, schema) if mapping.active else (),
    )


def save(
    rooms: Rooms,
    user: User,
    connection_id: int,
    actor_type: ActorType,
    edits: Sequence[FieldEdit] = (),
    *,
    active: bool | None = None,
    confirm_all: bool = False,
) -> bool:
    """Keep what was changed; with ``confirm_all`` every suggestion that is left becomes a mapping. Whether it changed.

    All or nothing is kept. ``active`` is whether the actor type is imported at all, None leaves it.

    Raises:
        Invalid: by "crm.KEY" and "rank.KEY" with the key of the ERP field.
        NotFound: there is no such connection or actor type.
    """
    access.check_set_up(rooms, user)
    with writing(rooms.engine) as tx:
        before = held(tx, connection_id, actor_type)
        schema = schema_of(rooms, before)
        after = edited(before, schema, edits)
        if confirm_all:
            after = _confirmed(after, schema)
        if active is not None:
            after = replace(after, active=active)
        if after != before:
            mapping_store.save(tx, connection_id, after)
            note_change(tx, rooms, user, connection_id, Act.MAPPING_CHANGED, actor_type=actor_type.value)
    return after != before


def remove(rooms: Rooms, user: User, connection_id: int, actor_type: ActorType, key: str) -> None:
    """Forget a field that the ERP no longer offers. Raises NotFound."""
    access.check_set_up(rooms, user)
    with writing(rooms.engine) as tx:
        before = held(tx, connection_id, actor_type)
        left = tuple(one for one in before.fields if not (one.gone and one.erp.key == key))
        mapping_store.save(tx, connection_id, replace(before, fields=left))
        note_change(tx, rooms, user, connection_id, Act.MAPPING_CHANGED, actor_type=actor_type.value)


def held(tx: Transaction, connection_id: int, actor_type: ActorType) -> ActorMapping:
    """A mapping that nobody else changes until the transaction ends. Raises NotFound."""
    access.any_connection(tx, connection_id, lock=True)
    return of_type(mapping_store.of(tx, connection_id), actor_type)


def note_change(tx: Transaction, rooms: Rooms, user: User, connection_id: int, act: Act, **params: object) -> None:
    """Write down that the user has changed what is mapped."""
    audit.note(tx, rooms, user, act, access.any_connection(tx, connection_id).name, **params)


def of_type(mappings: Mapping[ActorType, ActorMapping], actor_type: ActorType) -> ActorMapping:
    """One of a connection's mappings. Raises NotFound."""
    if actor_type not in mappings:
        raise NotFound(Sentence("This ERP connection has no actors of this type."))
    return mappings[actor_type]


def schema_of(rooms: Rooms, mapping: ActorMapping) -> EntitySchema:
    """The entity the actors become; without fields where the host no longer has it."""
    found = rooms.host.crm.schema().entities.get(mapping.kind)
    return found or EntitySchema(mapping.kind, mapping.kind.value, {})


def _lines(mapping: ActorMapping, schema: EntitySchema) -> list[FieldLine]:
    suggested, doubles = suggestions(mapping, schema), engine.doubles(mapping, schema)
    crm_fields = engine.targets(schema)
    lines = []
    for one in (*mapping.in_order(), *(field for field in mapping.fields if field.gone)):
        target = crm_fields.get(one.crm_field or "")
        lines.append(
            FieldLine(
                mapping=one,
                suggestion=suggested.get(one.erp.key),
                lost=one.crm_field is not None and target is None,
                unfit=engine.unfit(one.erp, target) if target else None,
                double=doubles.get(one.erp.key),
            )
        )
    return lines


def _is_wanted(line: FieldLine, show: Show, text: str) -> bool:
    said = (line.mapping.erp.label, line.mapping.erp.key)
    return line.in_(show) and any(text.strip().casefold() in one.casefold() for one in said)


def _confirmed(mapping: ActorMapping, schema: EntitySchema) -> ActorMapping:
    found = suggestions(mapping, schema)
    fields = (
        replace(one, crm_field=found[one.erp.key].crm_field, active=True) if one.erp.key in found else one
        for one in mapping.fields
    )
    return replace(mapping, fields=tuple(fields))

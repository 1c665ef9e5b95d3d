"""Defaults: what a CRM field gets when the ERP gives nothing, and which of them are asked for at import."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import CrmField, CrmListItem, CrmValue, EntityKind, User
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, default_values, mappings, typed
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.rooms import Rooms

Items = Mapping[str, Sequence[CrmListItem]]
"""The items of CRM lists by list name."""


@dataclass(frozen=True, slots=True)
class DefaultChoice:
    """The default of a CRM field as it is filled in, and whether it is asked for at import."""

    texts: tuple[str, ...]
    ask: bool

    @classmethod
    def of(cls, mapping: ActorMapping, key: str) -> DefaultChoice:
        """What is chosen now."""
        return cls(default_values.texts(mapping.defaults.get(key)), key in mapping.ask)


@dataclass(frozen=True, slots=True)
class DefaultEdit:
    """What was chosen for the CRM field ``key``, and what the admin had seen before."""

    key: str
    choice: DefaultChoice
    seen: DefaultChoice | None = None


@dataclass(frozen=True, slots=True)
class DefaultLine:
    """One CRM field. ``sources`` are the ERP fields that fill it, by label; ``lost``: the CRM takes it no more."""

    crm: CrmField
    choice: DefaultChoice
    items: Sequence[CrmListItem]
    sources: tuple[str, ...]
    lost: bool


@dataclass(frozen=True, slots=True)
class DefaultsPage:
    """The defaults of one actor type."""

    connection_id: int
    connection_name: str
    actor_types: tuple[ActorType, ...]
    kind: EntityKind
    lines: tuple[DefaultLine, ...]


def page(rooms: Rooms, user: User, connection_id: int, actor_type: ActorType) -> DefaultsPage:
    """The CRM fields of an actor type with their defaults. Raises NotFound."""
    access.check_set_up(rooms, user)
    with reading(rooms.engine) as tx:
        connection = access.any_connection(tx, connection_id)
        all_mappings = mapping_store.of(tx, connection_id)
        mapping = mappings.of_type(all_mappings, actor_type)
        fields = default_values.fields(mappings.schema_of(rooms, mapping))
        items = items_of(rooms, tx, fields)
    lines = tuple(_line(mapping, crm, items.get(crm.list_name or "", ())) for crm in fields)
    return DefaultsPage(connection_id, connection.name, tuple(all_mappings), mapping.kind, lines)


def save(rooms: Rooms, user: User, connection_id: int, actor_type: ActorType, edits: Sequence[DefaultEdit]) -> bool:
    """Keep what was changed, all or nothing. Whether anything was.

    Raises:
        Invalid: by the key of the CRM field.
        NotFound: there is no such connection or actor type.
    """
    access.check_set_up(rooms, user)
    with writing(rooms.engine) as tx:
        before = mappings.held(tx, connection_id, actor_type)
        fields = {crm.key: crm for crm in default_values.fields(mappings.schema_of(rooms, before))}
        after = _edited(before, fields, edits, items_of(rooms, tx, fields.values()))
        if after != before:
            mapping_store.save(tx, connection_id, after)
            changed = {"actor_type": actor_type.value}
            mappings.note_change(tx, rooms, user, connection_id, Act.DEFAULTS_CHANGED, **changed)
    return after != before


def labels(rooms: Rooms, user: User, names: Collection[str]) -> Mapping[tuple[str, str], str]:
    """The texts of the items that the fields named as "company.category" can hold, by list and item."""
    access.check_user(rooms, user)
    entities = rooms.host.crm.schema().entities.values()
    fields = [crm for one in entities for key, crm in one.fields.items() if f"{one.kind.value}.{key}" in names]
    with reading(rooms.engine) as tx:
        items = items_of(rooms, tx, fields)
    return {(name, item.id): item.label for name, some in items.items() for item in some}


def items_of(rooms: Rooms, tx: Transaction, fields: Iterable[CrmField]) -> Items:
    """The items of the lists that these fields use."""
    names = dict.fromkeys(crm.list_name for crm in fields if crm.list_name)
    return {name: rooms.host.crm.list_items(tx, name) for name in names}


def _line(mapping: ActorMapping, crm: CrmField, items: Sequence[CrmListItem]) -> DefaultLine:
    return DefaultLine(
        crm=crm,
        choice=DefaultChoice.of(mapping, crm.key),
        items=items,
        sources=tuple(one.erp.label for one in mapping.imported() if one.crm_field == crm.key),
        lost=default_values.is_lost(crm, mapping.defaults.get(crm.key), items),
    )


def _edited(
    before: ActorMapping, fields: Mapping[str, CrmField], edits: Sequence[DefaultEdit], items: Items
) -> ActorMapping:
    defaults, ask, errors = dict(before.defaults), set(before.ask), {}
    for edit in edits:
        now = DefaultChoice.of(before, edit.key)
        if edit.choice in (edit.seen, now):
            continue
        try:
            value = _value(edit, before, fields, items)
        except typed.NotAValue as error:
            errors[edit.key] = error.sentence
            continue
        if value is None:
            defaults.pop(edit.key, None)
        else:
            defaults[edit.key] = value
        (ask.add if edit.choice.ask else ask.discard)(edit.key)
    if errors:
        raise Invalid(errors)
    return replace(before, defaults=defaults, ask=frozenset(ask))


def _value(edit: DefaultEdit, before: ActorMapping, fields: Mapping[str, CrmField], items: Items) -> CrmValue:
    """The default that was chosen; one that was left alone stays, also where the CRM takes it no more."""
    if edit.key not in fields:
        raise typed.NotAValue(Sentence("This field cannot have a default."))
    now = DefaultChoice.of(before, edit.key)
    if edit.seen is not None and edit.seen != now:
        raise typed.NotAValue(
            Sentence("Someone else changed this default meanwhile. Save again to keep what you filled in.")
        )
    if edit.choice.texts == now.texts:
        return before.defaults.get(edit.key)
    crm = fields[edit.key]
    return default_values.read(crm, edit.choice.texts, items.get(crm.list_name or "", ()))

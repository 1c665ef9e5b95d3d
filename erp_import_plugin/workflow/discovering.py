"""Reading what an ERP offers: its actor types, their fields and lists. The known fields map themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType
from erp_import_plugin.connector_host import ConnectorFailure, GuardedSession
from erp_import_plugin.engine.mapping import KIND_OF, ActorMapping, FieldMapping, known_target
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import CrmField, CrmSchema, EntitySchema, User
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import access, audit
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.mappings import held, list_names
from erp_import_plugin.workflow.rooms import Rooms

_SHOWN = 6
# What tells one actor from another at a glance, the most telling first.
_TELLING = (
    "name",
    "first_name",
    "last_name",
    "number",
    "code",
    "postal_city",
    "street_city",
    "vat_number",
    "email",
    "phone",
    "phone_mobile",
    "company_name",
    "end_date",
    "country",
)
_EITHER = frozenset({"postal_city", "street_city"})


def read(rooms: Rooms, user: User, session: GuardedSession, connection_id: int) -> tuple[Sentence, ...]:
    """Read everything, map the known fields and keep it; what was chosen before stays.

    Gives sentences about lists that could not be read. Nothing is changed when fields cannot be read.
    Raises NotFound when the connection has been deleted meanwhile.
    """
    fields = {actor_type: session.fields(actor_type) for actor_type in session.actor_types()}
    schema = rooms.host.crm.schema()
    with writing(rooms.engine) as tx:
        connection = access.any_connection(tx, connection_id, lock=True)
        before = mapping_store.of(tx, connection_id)
        types = dict.fromkeys((*fields, *before))
        found = [discovered(one, fields.get(one, ()), schema, before.get(one)) for one in types]
        mapped = [one for one in found if one is not None]
        for one in mapped:
            mapping_store.save(tx, connection_id, one)
        audit.note(tx, rooms, user, Act.FIELDS_READ, connection.name, types=len(fields))
    return read_lists(rooms, session, connection_id, list_names(mapped))


def discovered(
    actor_type: ActorType, fields: Sequence[ErpField], schema: CrmSchema, before: ActorMapping | None
) -> ActorMapping | None:
    """The mapping of one actor type; None where the host has no such entities.

    What was chosen ``before`` stays, also of fields the ERP no longer offers.
    """
    kind = KIND_OF[actor_type]
    if kind not in schema.entities:
        return None
    if before is not None:
        return _renewed(before, fields, schema.entities[kind])
    targets = _targets(fields, schema.entities[kind])
    telling = _telling(fields, targets)
    mapped = (
        FieldMapping(field, target.key if (target := targets.get(field.key)) else None, True, field.key in telling)
        for field in fields
    )
    return ActorMapping(actor_type, kind, tuple(mapped))


def mark_gone(rooms: Rooms, connection_id: int, actor_type: ActorType, keys: Collection[str]) -> ActorMapping:
    """Remember that the ERP no longer offers these fields. Gives the mapping as it is then. Raises NotFound."""
    with writing(rooms.engine) as tx:
        before = held(tx, connection_id, actor_type)
        fields = tuple(replace(one, gone=one.gone or one.erp.key in keys) for one in before.fields)
        after = replace(before, fields=fields)
        mapping_store.save(tx, connection_id, after)
    return after


def read_lists(rooms: Rooms, session: GuardedSession, connection_id: int, names: Iterable[str]) -> tuple[Sentence, ...]:
    """Read lists of the ERP and keep them; a list that cannot be read stays as it was, and is told of."""
    complaints = []
    for name in names:
        try:
            items = session.list_items(name)
        except ConnectorFailure as failure:
            complaints.append(
                Sentence("The list “%(list)s” could not be read: %(reason)s", list=name, reason=failure.message)
            )
            continue
        with writing(rooms.engine) as tx:
            mapping_store.save_erp_list(tx, connection_id, name, items)
    return tuple(complaints)


def _renewed(before: ActorMapping, fields: Sequence[ErpField], schema: EntitySchema) -> ActorMapping:
    now = {field.key: field for field in fields}
    kept = [replace(one, erp=now.get(one.erp.key, one.erp), gone=one.erp.key not in now) for one in before.fields]
    known = {one.erp.key for one in before.fields}
    taken = {one.crm_field for one in kept if not one.gone}
    added = [field for field in fields if field.key not in known]
    targets = _targets(added, schema)
    free = {key: target.key for key, target in targets.items() if target.many or target.key not in taken}
    new = [FieldMapping(field, free.get(field.key)) for field in added]
    return replace(before, fields=(*kept, *new))


def _targets(fields: Sequence[ErpField], schema: EntitySchema) -> dict[str, CrmField]:
    """The CRM field of each known ERP field, by the ERP field's key; a field with one value is filled once."""
    targets: dict[str, CrmField] = {}
    for field in fields:
        target = known_target(field, schema)
        if target and (target.many or target not in targets.values()):
            targets[field.key] = target
    return targets


def _telling(fields: Sequence[ErpField], targets: Mapping[str, CrmField]) -> frozenset[str]:
    """The keys of the first few fields worth a column."""
    by_target = {target.key: key for key, target in reversed(list(targets.items()))}
    chosen: list[str] = []
    either: set[str] = set()
    for target in _TELLING:
        if target in by_target and not (target in _EITHER and either):
            chosen.append(by_target[target])
            either |= {target} & _EITHER
    short = [field.key for field in sorted(fields, key=lambda field: field.rank) if field.type is not FieldType.BOOLEAN]
    few = chosen[:_SHOWN] if len(chosen) > 1 else list(dict.fromkeys([*chosen, *short]))[:_SHOWN]
    return frozenset(few)

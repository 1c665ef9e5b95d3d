"""List mapping: which item of a CRM list each item of an ERP list is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine import mapping as engine
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.errors import NotFound, Sentence
from erp_import_plugin.host_api import CrmType, User
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, audit, mappings
from erp_import_plugin.workflow.audit import Act
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.item_lines import ItemLine, ItemShow, Pairing, item_lines
from erp_import_plugin.workflow.paging import Paged, paged
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class ListPair:
    """An ERP list and the CRM list it is mapped to, by a field of some actor types."""

    erp_list: str
    crm_list: str
    crm_label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """What is filled in for an ERP item: the name of a CRM item, or that there is no selection; else neither."""

    text: str
    none: bool


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What was chosen for the ERP item ``key``, and what the admin had seen before."""

    key: str
    choice: ItemChoice
    seen: ItemChoice | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the items of a pair of lists; without any pair the rest is empty. ``names`` can be chosen."""

    connection_id: int
    connection_name: str
    pairs: tuple[ListPair, ...]
    pair: ListPair | None
    counts: Mapping[ItemShow, int]
    lines: Paged[ItemLine]
    names: tuple[str, ...]


def page(
    rooms: Rooms,
    user: User,
    connection_id: int,
    lists: tuple[str, str] | None = None,
    *,
    show: ItemShow = ItemShow.ALL,
    text: str = "",
    number: int = 1,
    only: Collection[str] | None = None,
) -> ListPage:
    """One page of the items of ``lists`` (ERP list, CRM list), of the first pair where none is named.

    Some items, those with the text in label or key, or ``only`` these keys. Raises NotFound.
    """
    access.check_set_up(rooms, user)
    with reading(rooms.engine) as tx:
        connection = access.any_connection(tx, connection_id)
        pairs = _pairs(rooms, mapping_store.of(tx, connection_id))
        pair = _pair(pairs, lists) if lists or pairs else None
        pairing = _pairing(rooms, tx, connection_id, pair) if pair else None
    lines = item_lines(pairing) if pairing else []
    wanted = [line for line in lines if line.in_(show) and line.says(text)]
    if only is not None:
        wanted = [line for line in lines if line.key in only]
    size = rooms.config.page_size if only is None else max(len(wanted), 1)
    return ListPage(
        connection_id=connection_id,
        connection_name=connection.name,
        pairs=pairs,
        pair=pair,
        counts={one: sum(line.in_(one) for line in lines) for one in ItemShow},
        lines=paged(lambda offset, limit: (wanted[offset : offset + limit], len(wanted)), number, size),
        names=tuple(pairing.names.values()) if pairing else (),
    )


def save(rooms: Rooms, user: User, connection_id: int, lists: tuple[str, str], edits: Sequence[ItemEdit]) -> bool:
    """Keep what was changed, all or nothing. Whether anything was.

    Raises:
        Invalid: by the key of the ERP item.
        NotFound: there is no such connection, or these lists are not mapped to each other.
    """
    access.check_set_up(rooms, user)
    with writing(rooms.engine) as tx:
        connection = access.any_connection(tx, connection_id, lock=True)
        pair = _pair(_pairs(rooms, mapping_store.of(tx, connection_id)), lists)
        pairing = _pairing(rooms, tx, connection_id, pair)
        chosen = _chosen(pairing, edits)
        place = (tx, connection_id, pair.crm_list, pair.erp_list)
        mapping_store.save_items(*place, {key: item for key, item in chosen.items() if item != ""})
        mapping_store.forget_items(*place, [key for key, item in chosen.items() if item == ""])
        if chosen:
            told = {"list": pair.crm_list, "items": len(chosen)}
            audit.note(tx, rooms, user, Act.LIST_MAPPING_CHANGED, connection.name, **told)
    return bool(chosen)


def _pairs(rooms: Rooms, by_type: Mapping[ActorType, ActorMapping]) -> tuple[ListPair, ...]:
    """The pairs of lists that imported fields bring together."""
    schema = rooms.host.crm.schema()
    labels: dict[tuple[str, str], dict[str, None]] = {}
    for mapping in by_type.values():
        crm_fields = engine.targets(mappings.schema_of(rooms, mapping))
        for one in mapping.imported():
            crm = crm_fields.get(one.crm_field or "")
            if crm and crm.type is CrmType.LIST and crm.list_name and one.erp.list_name:
                labels.setdefault((one.erp.list_name, crm.list_name), {})[one.erp.label] = None
    return tuple(
        ListPair(erp, crm, schema.lists[crm].label if crm in schema.lists else crm, tuple(fields))
        for (erp, crm), fields in labels.items()
    )


def _pair(pairs: Iterable[ListPair], lists: tuple[str, str] | None) -> ListPair:
    found = next((one for one in pairs if lists in (None, (one.erp_list, one.crm_list))), None)
    if found is None:
        raise NotFound(Sentence("No imported field maps these lists to each other."))
    return found


def _pairing(rooms: Rooms, tx: Transaction, connection_id: int, pair: ListPair) -> Pairing:
    return Pairing(
        crm_list=pair.crm_list,
        erp_list=pair.erp_list,
        crm_items=tuple(rooms.host.crm.list_items(tx, pair.crm_list)),
        erp_items=mapping_store.erp_lists(tx, connection_id, [pair.erp_list])[pair.erp_list],
        mapped=mapping_store.items_of(tx, connection_id, pair.crm_list, pair.erp_list),
    )


def _chosen(pairing: Pairing, edits: Sequence[ItemEdit]) -> dict[str, str | None]:
    """The CRM item of each ERP item that was changed: None for "no selection", "" for nothing of its own.

    Raises Invalid.
    """
    now = {line.key: line for line in item_lines(pairing)}
    errors: dict[str, str] = {}
    chosen: dict[str, str | None] = {}
    for edit in edits:
        line = now.get(edit.key)
        shown = ItemChoice(line.text, line.none) if line else None
        if line is None or edit.choice in (edit.seen, shown):
            continue
        if edit.seen is not None and edit.seen != shown:
            errors[edit.key] = Sentence(
                "Someone else changed this item meanwhile. Save again to keep what you filled in."
            )
        elif edit.choice.none and edit.choice.text:
            errors[edit.key] = Sentence("Choose an item or “No selection”, not both.")
        else:
            item = None if edit.choice.none else pairing.item_named(edit.choice.text)
            if item is None and edit.choice.text:
                errors[edit.key] = Sentence("The CRM's list has no item “%(name)s”.", name=edit.choice.text)
            else:
                chosen[edit.key] = item
    errors |= _taken(pairing.with_items(chosen), chosen)
    if errors:
        raise Invalid(errors)
    return chosen


def _taken(after: Pairing, chosen: Mapping[str, str | None]) -> dict[str, str]:
    """Items of the CRM that were given to an ERP item although another one has them."""
    return {
        line.key: Sentence(
            "“%(item)s” is taken by “%(other)s” already. Each item of the CRM goes to one item of the ERP.",
            item=line.text or line.same_name,
            other=line.double,
        )
        for line in item_lines(after)
        if line.double and chosen.get(line.key)
    }

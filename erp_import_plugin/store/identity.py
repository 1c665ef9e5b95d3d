"""When two places name one actor: always by type, legal entity and key, but some ERPs have one key per company."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeVar

from sqlalchemy import ColumnElement, and_, or_

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.mapping import KIND_OF
from erp_import_plugin.host_api import EntityKind

T = TypeVar("T")

_COMPANIES = tuple(actor_type.value for actor_type in ActorType if KIND_OF[actor_type] is EntityKind.COMPANY)


class ActorPlace(NamedTuple):
    """What names an actor within a connection."""

    actor_type: str
    legal_entity: str
    key: str


def same_type(one: ColumnElement[str], other: ColumnElement[str], one_key: bool) -> ColumnElement[bool]:
    """Whether two actors of one key are of one type; with ``one_key`` all companies are."""
    exact = one == other
    return or_(exact, and_(one.in_(_COMPANIES), other.in_(_COMPANIES))) if one_key else exact


def at(found: Mapping[ActorPlace, T], places: Collection[ActorPlace], one_key: bool) -> dict[ActorPlace, T]:
    """What was found at some places; with ``one_key`` also under another type of company, where not under its own."""
    own = {place: found[place] for place in places if place in found}
    if not one_key:
        return own
    by_key = {(place.legal_entity, place.key): one for place, one in found.items() if place.actor_type in _COMPANIES}
    companies = (place for place in places if place.actor_type in _COMPANIES)
    others = {place: by_key.get((place.legal_entity, place.key)) for place in companies}
    return {place: one for place, one in others.items() if one is not None} | own

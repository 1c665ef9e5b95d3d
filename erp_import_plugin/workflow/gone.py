"""Actors that were imported and that a search no longer finds: gone from the ERP, or only outside the criteria."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_host import GuardedSession
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.errors import Sentence
from erp_import_plugin.jobs import JobContext
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import links as link_store
from erp_import_plugin.store import saved_actors as actor_store
from erp_import_plugin.store.identity import ActorPlace
from erp_import_plugin.store.saved_imports import SavedImport
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import erp
from erp_import_plugin.workflow.rooms import Rooms

_NOTE = Sentence("Looking for actors that are no longer in the ERP")


class GoneSearch:
    """Looks by key for the actors of a saved import that its search has not found."""

    def __init__(self, rooms: Rooms, context: JobContext, saved: SavedImport, mapping: ActorMapping) -> None:
        self._rooms = rooms
        self._context = context
        self._saved = saved
        self._mapping = mapping
        with reading(rooms.engine) as tx:
            self._one_key = erp.one_key(rooms, connection_store.get(tx, saved.what.connection_id))

    def run(self, session: GuardedSession, number: int) -> Iterator[int]:
        """Chunk by chunk, how many the ERP has though the criteria no longer find them; those are forgotten."""
        after: ActorPlace | None = None
        looked_at = 0
        while True:
            self._context.check()
            with reading(self._rooms.engine) as tx:
                places = actor_store.unseen(tx, self._saved, number, after, session.limits.get_chunk)
            if not places:
                return
            fetched = session.get(self._saved.what.actor_type, [place.key for place in places], ())
            there = {(actor.legal_entity, actor.key) for actor in fetched.actors}
            unusable = {one.key for one in fetched.rejected}
            outside = [place for place in places if (place.legal_entity, place.key) in there]
            missing = [place for place in places if place.key not in unusable and place not in outside]
            with writing(self._rooms.engine) as tx:
                self._context.hold(tx)
                actor_store.forget(tx, self._saved, [*outside, *self._left_the_crm(tx, missing)])
                actor_store.see(tx, self._saved, [place for place in places if place.key in unusable], number)
            yield len(outside)
            after = places[-1]
            looked_at += len(places)
            self._context.progress(looked_at, None, _NOTE)

    def count(self, tx: Transaction, number: int) -> int:
        """How many are gone, but still in the CRM."""
        return actor_store.gone(tx, self._saved, number, 0, 1, one_key=self._one_key)[1]

    def _left_the_crm(self, tx: Transaction, places: Collection[ActorPlace]) -> list[ActorPlace]:
        """Those whose record is no longer in the CRM either: there is nothing to tell about them."""
        connection = self._saved.what.connection_id
        links = link_store.linked(tx, connection, places, one_key=self._one_key)
        ids = {link.entity_id for link in links.values()}
        there = self._rooms.host.crm.read(tx, self._mapping.kind, ids, []) if ids else {}
        return [place for place in places if place not in links or links[place].entity_id not in there]

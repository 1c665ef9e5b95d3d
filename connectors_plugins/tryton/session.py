"""A session with one company in Tryton. Search, get and changes are the same page by rising id, asked differently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from connectors_plugins.tryton.catalogue import Offer, offer_of
from connectors_plugins.tryton.columns import Column
from connectors_plugins.tryton.domains import changed_since, ids
from connectors_plugins.tryton.lists import items_of
from connectors_plugins.tryton.reading import latest_change
from connectors_plugins.tryton.roles import domain_of, parent_of, with_contact
from connectors_plugins.tryton.server import RELATION, Server
from connectors_plugins.tryton.wire import Domain, Row
from erp_import_plugin.connector_api import (
    Actor,
    ActorType,
    ConnectorError,
    ErpField,
    GiveUp,
    ListItem,
    Page,
    Query,
    Session,
)

_MOST_PER_PAGE = 500
"""Above that, Tryton's cache no longer holds the children of a page, and it becomes twenty times slower."""

_COMPANIES = (ActorType.CUSTOMER, ActorType.SUPPLIER, ActorType.PARTNER)

_LATER = {
    "identifiers.active": "party.identifier",
    "tax_identifier.active": "party.identifier",
    "relations.active": RELATION,
}
"""What is read where this series has it, and the model that has it."""


class TrytonSession(Session):
    """See the contract. Errors are those of ``TrytonRpc.call``."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def test(self) -> str:
        """Log in, find what the admin named, and count."""
        counts = [(name, self._count(actor_type)) for actor_type, name in _COUNTED]
        found = " and ".join(f"{count} {name}" for name, count in counts)
        return f"Tryton {self._server.rpc.version} with {found}."

    def actor_types(self) -> Sequence[ActorType]:
        """Persons need the module party_relationship, projects the module project."""
        persons = [ActorType.PERSON] if self._server.roles.contacts else []
        projects = [ActorType.PROJECT] if self._server.has_module("project") else []
        return [*_COMPANIES, *persons, *projects]

    def fields(self, actor_type: ActorType) -> Sequence[ErpField]:
        """The fields that this Tryton's series and modules have."""
        return [column.field for column in self._columns(offer_of(actor_type)).values()]

    def search(self, query: Query, cursor: str | None) -> Page:
        """One page; the cursor is the last id of the page before."""
        columns = self._columns(offer_of(query.actor_type))
        clauses = [columns[one.field].clause(one) for one in query.restrictions if one.field in columns]
        domain = [clause for clause in clauses if clause is not None]
        page = self._page(query.actor_type, domain, query.fields, cursor, query.page_size)
        counted = cursor is None and not query.restrictions
        return Page(page.actors, page.next, self._count(query.actor_type)) if counted else page

    def get(self, actor_type: ActorType, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Actor]:
        """Those of the actors that still are of this type."""
        wanted = ids(keys)
        chunks = (wanted[start : start + _MOST_PER_PAGE] for start in range(0, len(wanted), _MOST_PER_PAGE))
        pages = (self._page(actor_type, [["id", "in", chunk]], fields, None, len(chunk)) for chunk in chunks)
        return [actor for page in pages for actor in page.actors]

    def changes(self, actor_type: ActorType, since: str, fields: Sequence[str], cursor: str | None) -> Page:
        """Actors of which a part was changed; Tryton forgets what was deleted."""
        try:
            moment = datetime.fromisoformat(since)
        except ValueError:
            raise GiveUp("The mark of the last change is none of Tryton's.") from None
        clause = changed_since(moment, offer_of(actor_type).children)
        return self._page(actor_type, [clause], fields, cursor, _MOST_PER_PAGE)

    def list_items(self, list_name: str) -> Sequence[ListItem]:
        """The items in the language of the user."""
        return items_of(self._server, list_name)

    def close(self) -> None:
        """Log out, if the server is still there."""
        with suppress(ConnectorError):
            self._server.rpc.logout()

    def _page(
        self, actor_type: ActorType, domain: Domain, fields: Iterable[str], cursor: str | None, size: int
    ) -> Page:
        offer, limit = offer_of(actor_type), max(1, min(size, _MOST_PER_PAGE))
        available = self._columns(offer)
        columns = [available[key] for key in dict.fromkeys(fields) if key in available]
        scope = [*domain_of(actor_type, self._server), *domain, *_after(cursor)]
        rows = self._server.read(offer.model, scope, self._reads(offer, columns), limit)
        actors = tuple(self._actor(actor_type, row, columns) for row in rows)
        return Page(actors, next=str(rows[-1]["id"]) if len(rows) == limit else None)

    def _actor(self, actor_type: ActorType, row: Row, columns: Iterable[Column]) -> Actor:
        roles = self._server.roles
        full = with_contact(row, roles) if actor_type is ActorType.PERSON else row
        changed = latest_change(full, offer_of(actor_type).children)
        return Actor(
            actor_type,
            str(full["id"]),
            {column.field.key: column.value_in(full) for column in columns},
            last_modified=changed.isoformat(timespec="microseconds") if changed else "",
            parent=None if actor_type in _COMPANIES else parent_of(full, roles),
            legal_entity=self._server.legal_entity,
        )

    def _columns(self, offer: Offer) -> dict[str, Column]:
        names = self._server.fields_of(offer.model)
        return {
            key: column
            for key, column in offer.columns.items()
            if all(path.partition(".")[0] in names for path in column.reads)
        }

    def _reads(self, offer: Offer, columns: Iterable[Column]) -> set[str]:
        wanted = {"id", *offer.reads, *(path for column in columns for path in column.reads)}
        return {path for path in wanted if path not in _LATER or "active" in self._server.fields_of(_LATER[path])}

    def _count(self, actor_type: ActorType) -> int:
        domain = domain_of(actor_type, self._server)
        return int(self._server.call(offer_of(actor_type).model, "search_count", domain))


_COUNTED = ((ActorType.CUSTOMER, "customers"), (ActorType.SUPPLIER, "suppliers"))


def _after(cursor: str | None) -> Domain:
    if cursor is None:
        return []
    if not (cursor.isascii() and cursor.isdigit()):
        raise GiveUp("This page of the search is not known to Tryton.")
    return [["id", ">", int(cursor)]]

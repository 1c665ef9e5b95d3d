"""Which records are customers, suppliers, contact persons and projects, as one domain per actor type."""

from __future__ import annotations

from collections.abc import Sequence

from connectors_plugins.tryton.reading import CONTACT, children, company, related
from connectors_plugins.tryton.server import Roles, Server
from connectors_plugins.tryton.wire import Domain, Row
from erp_import_plugin.connector_api import ActorRef, ActorType


def domain_of(actor_type: ActorType, server: Server) -> Domain:
    """The records of an actor type; archived ones are none."""
    if actor_type is ActorType.PROJECT:
        return [["type", "=", "project"], ["company", "=", server.context["company"]]]
    roles = server.roles
    if actor_type is ActorType.PERSON:
        return [["active", "=", True], _contact("where", roles, server)]
    marked = {
        ActorType.CUSTOMER: [roles.customers],
        ActorType.SUPPLIER: [roles.suppliers],
        ActorType.PARTNER: [roles.customers, roles.suppliers],
    }[actor_type]
    clauses = [["categories", "in", sorted(ids)] for ids in marked if ids is not None]
    if not clauses and roles.contacts:
        clauses = [_contact("not where", roles, server)]
    return [["active", "=", True], *clauses]


def with_contact(row: Row, roles: Roles) -> Row:
    """A person's row with the relation that makes it a contact, the oldest if there are several to live companies."""
    ties = [tie for tie in children(row, "relations") if tie["type"] in roles.contacts]
    ties.sort(key=lambda tie: (not related(tie, "to"), tie["id"]))
    return {**row, f"{CONTACT}.": ties[0] if ties else {}}


def parent_of(row: Row, roles: Roles) -> ActorRef | None:
    """The company of a person or project, if it is marked as customer or supplier."""
    parent = company(row)
    if not parent:
        return None
    key = str(parent["id"])
    if _marked(parent["categories"], roles.customers):
        return ActorRef(ActorType.CUSTOMER, key)
    return ActorRef(ActorType.SUPPLIER, key) if _marked(parent["categories"], roles.suppliers) else None


def _contact(operator: str, roles: Roles, server: Server) -> Domain:
    where: Domain = [["type", "in", sorted(roles.contacts)]]
    # Relations end since series 7.0; what has ended is no longer a contact.
    if "active" in server.fields_of("party.relation.all"):
        where.append(["active", "=", True])
    return ["relations", operator, where]


def _marked(categories: Sequence[int], ids: frozenset[int] | None) -> bool:
    return ids is None or not ids.isdisjoint(categories)

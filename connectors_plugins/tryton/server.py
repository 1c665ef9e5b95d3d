"""One company's Tryton as the connector needs it: its models, and what marks customers, suppliers and contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from connectors_plugins.tryton.rpc import TrytonRpc
from connectors_plugins.tryton.wire import Domain, Row
from erp_import_plugin.connector_api import AdminCanFix

PARTY, PROJECT = "party.party", "project.work"
RELATION, RELATION_TYPE = "party.relation.all", "party.relation.type"
CATEGORY = "party.category"


@dataclass(frozen=True)
class RoleNames:
    """What the admin chose: the categories that mark customers and suppliers, the relations of contact persons."""

    customers: str
    suppliers: str
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Roles:
    """The same by Tryton's ids. ``customers`` and ``suppliers`` are None where every party is meant."""

    customers: frozenset[int] | None
    suppliers: frozenset[int] | None
    contacts: frozenset[int]


class Server:
    """What is asked of Tryton once per session, and the calls that need it. Errors as of ``TrytonRpc.call``."""

    def __init__(self, rpc: TrytonRpc, company: str, names: RoleNames) -> None:
        self.rpc = rpc
        self._company_name = company
        self._names = names
        self._context: dict[str, Any] | None = None
        self._modules: frozenset[str] | None = None
        self._fields: dict[str, frozenset[str]] = {}
        self._roles: Roles | None = None

    @property
    def context(self) -> dict[str, Any]:
        """The user's own preferences with the company chosen. Archived records come along, for us to tell apart."""
        if self._context is None:
            preferences = self.rpc.call("model.res.user.get_preferences", True, {})
            company = self._named_company(preferences) if self._company_name else preferences.get("company")
            if company is None:
                raise AdminCanFix("This user works for no company in Tryton. Give the user one.", field="user")
            self._context = {**preferences, "company": company, "active_test": False}
        return self._context

    @property
    def legal_entity(self) -> str:
        """The company's id as text: its name may change, and no link must be lost by that."""
        return str(self.context["company"])

    @property
    def roles(self) -> Roles:
        """Raises AdminCanFix if Tryton lacks a category or relation type that the admin named."""
        if self._roles is None:
            categories = self.read(CATEGORY, [], ["name", "parent"])
            self._roles = Roles(
                _category_tree(categories, self._names.customers, "customers"),
                _category_tree(categories, self._names.suppliers, "suppliers"),
                self._relation_types(),
            )
        return self._roles

    def fields_of(self, model: str) -> frozenset[str]:
        """The names of a model's fields."""
        if model not in self._fields:
            self._fields[model] = frozenset(self.call(model, "fields_get", [], 0))
        return self._fields[model]

    def has_module(self, name: str) -> bool:
        """Whether a module is activated in this database."""
        if self._modules is None:
            rows = self.read("ir.module", [["state", "=", "activated"]], ["name"])
            self._modules = frozenset(row["name"] for row in rows)
        return name in self._modules

    def call(self, model: str, method: str, *params: Any) -> Any:
        """The result of a model's method, in the company's context."""
        return self.rpc.call(f"model.{model}.{method}", *params, self.context)

    def read(self, model: str, domain: Domain, fields: Iterable[str], limit: int | None = None) -> list[Row]:
        """Records by rising id, with these fields and no more than ``limit``; None is all of them."""
        rows: list[Row] = self.call(model, "search_read", domain, 0, limit, [["id", "ASC"]], sorted(set(fields)))
        return rows

    def _named_company(self, preferences: dict[str, Any]) -> int:
        rows = self.rpc.call("model.company.company.search_read", [], 0, None, None, ["rec_name"], preferences)
        return _named(rows, "rec_name", self._company_name, "company", "company")

    def _relation_types(self) -> frozenset[int]:
        if not self._names.contacts or not self.has_module("party_relationship"):
            return frozenset()
        rows = self.read(RELATION_TYPE, [], ["name"])
        return frozenset(_named(rows, "name", name, "relation type", "contacts") for name in self._names.contacts)


def _category_tree(categories: Sequence[Row], name: str, field: str) -> frozenset[int] | None:
    """The named category and all below it."""
    if not name:
        return None
    found = {_named(categories, "name", name, "party category", field)}
    while below := {row["id"] for row in categories if row["parent"] in found} - found:
        found |= below
    return frozenset(found)


def _named(rows: Sequence[Row], key: str, name: str, what: str, field: str) -> int:
    wanted = name.casefold()
    for row in rows:
        if str(row[key] or "").strip().casefold() == wanted:
            return int(row["id"])
    raise AdminCanFix(f"Tryton has no {what} named “{name}”.", field=field)

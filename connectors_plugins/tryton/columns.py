"""A field of an actor type: what is read for it, how its value is found, and how Tryton is asked for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors_plugins.tryton import domains
from connectors_plugins.tryton.domains import Push
from connectors_plugins.tryton.reading import address, country, latest_change, mechanism, related, street_line
from connectors_plugins.tryton.wire import Domain, Row
from erp_import_plugin.connector_api import ErpField, FieldType, FieldValue, Operator, Restriction

COUNTRIES, CATEGORIES, LANGUAGES = "Country", "Party category", "Language"
RELATIONS, STATUSES = "Contact relation", "Project status"

_NOT_PUSHED: frozenset[Operator] = frozenset()


@dataclass(frozen=True)
class Column:
    """One field. ``reads`` are the paths to ask Tryton for; ``push`` knows the field's operators."""

    field: ErpField
    reads: tuple[str, ...]
    value: Callable[[Row], Any]
    push: Push | None = None

    def value_in(self, row: Row) -> FieldValue:
        """The field's value in a record that was read; None where Tryton has none."""
        found: FieldValue = self.value(row)
        return None if found == "" else found

    def clause(self, restriction: Restriction) -> Domain | None:
        """The restriction for Tryton; None if it is left to the platform."""
        if self.push is None or restriction.operator not in self.field.operators:
            return None
        return self.push(restriction)


def text(
    key: str,
    label: str,
    reads: tuple[str, ...],
    value: Callable[[Row], Any],
    push: Push | None = None,
    tooltip: str = "",
) -> Column:
    """A text field."""
    operators = domains.TEXT if push else _NOT_PUSHED
    return Column(ErpField(key, label, tooltip=tooltip, operators=operators), reads, value, push)


def plain(key: str, label: str, name: str) -> Column:
    """A text field that is a field of the record itself."""
    return text(key, label, (name,), lambda row: row.get(name), domains.text(name))


def items(
    key: str,
    label: str,
    list_name: str,
    reads: tuple[str, ...],
    value: Callable[[Row], Any],
    push: Push | None = None,
) -> Column:
    """A list field; it holds several items where its value is a tuple."""
    operators = domains.LIST if push else _NOT_PUSHED
    field = ErpField(key, label, FieldType.LIST, list_name=list_name, operators=operators)
    return Column(field, reads, value, push)


def contact(key: str, label: str, kind: str, place: int = 0) -> Column:
    """One kind of contact mechanism: the first, or a later one."""
    reads = tuple(f"contact_mechanisms.{name}" for name in ("type", "value", "active"))
    return text(key, label, reads, lambda row: mechanism(row, kind, place), domains.mechanism(kind))


def postal(prefix: str, label: str, place: int) -> list[Column]:
    """The fields of one address but its country."""
    subdivision = ("addresses.subdivision.name", "addresses.active")
    return [
        *(_street(prefix, label, place, line) for line in range(3)),
        _address_part(f"{prefix}ZIP", f"{label}, postal code", place, "postal_code"),
        _address_part(f"{prefix}CITY", f"{label}, city", place, "city"),
        text(
            f"{prefix}STATE",
            f"{label}, subdivision",
            subdivision,
            lambda row: related(address(row, place), "subdivision").get("name"),
        ),
    ]


def _address_part(key: str, label: str, place: int, name: str) -> Column:
    reads = (f"addresses.{name}", "addresses.active")
    return text(key, label, reads, lambda row: address(row, place).get(name), domains.text(f"addresses.{name}"))


def _street(prefix: str, label: str, place: int, line: int) -> Column:
    # Not pushed: on PostgreSQL, Tryton asks long texts by words, which finds less than a part of the text does.
    reads = ("addresses.street", "addresses.active")
    return text(f"{prefix}AD{line + 1}", f"{label}, line {line + 1}", reads, lambda row: street_line(row, place, line))


def address_country(key: str) -> Column:
    """The country of the first address."""
    return items(
        key,
        "Country",
        COUNTRIES,
        ("addresses.country.code", "addresses.active"),
        lambda row: country(related(address(row, 0), "country")),
        domains.country("addresses.country"),
    )


def history(children: tuple[str, ...]) -> list[Column]:
    """What every record has: Tryton's number for it, and when it came and last changed, these children included."""
    number = ErpField("ID", "Tryton ID", FieldType.INTEGER, operators=domains.NUMBER, read_only=True)
    created = ErpField("CREATED", "Created", FieldType.DATETIME, operators=domains.DATE, read_only=True)
    changed = ErpField("CHANGED", "Changed", FieldType.DATETIME, operators=domains.SINCE, read_only=True)
    return [
        Column(number, ("id",), lambda row: row["id"], domains.number("id")),
        Column(created, ("create_date",), lambda row: row["create_date"], domains.moment("create_date")),
        Column(
            changed,
            dates(children),
            lambda row: latest_change(row, children),
            domains.since(lambda moment: domains.changed_since(moment, children)),
        ),
    ]


def dates(children: tuple[str, ...]) -> tuple[str, ...]:
    """The paths that say when a record and these children were made and changed."""
    return tuple(f"{path}{date}" for path in ("", *(f"{name}." for name in children)) for date in _DATES)


_DATES = ("create_date", "write_date")

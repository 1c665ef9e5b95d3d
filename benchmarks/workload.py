"""The reference workload: a CRM of companies, and actors that are new (50 %), changed (30 %) or as before (20 %).

Everything is made of numbers, so that every run and every program has the same data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column as SqlColumn
from sqlalchemy import DateTime, Engine, Integer, MetaData, String, Table, insert, select

TEXTS = (
    "name", "department", "number", "code", "vat_number",
    "postal_address_1", "postal_address_2", "postal_zip", "postal_city", "postal_county", "postal_state",
    "street_address_1", "street_address_2", "street_zip", "street_city", "street_county", "street_state",
)  # fmt: skip
"""The fields that an actor gives, in the order of :func:`record`."""

CHANGED = ("postal_address_1", "street_city")

metadata = MetaData()
company = Table(
    "company",
    metadata,
    SqlColumn("id", Integer, primary_key=True),
    *(SqlColumn(name, String(120), nullable=name != "name", index=name == "vat_number") for name in TEXTS),
    SqlColumn("updated_at", DateTime),
    SqlColumn("updated_by", String(64)),
)

Record = tuple[str, ...]

_TOWNS = ("Oslo", "Bergen", "Trondheim", "Stavanger", "Bodø", "Ålesund", "Hamar", "Molde")
_PART = 10_000


@dataclass(frozen=True)
class Workload:
    """``existing`` companies are in the CRM; ``incoming`` actors come from the ERP."""

    existing: int = 100_000
    incoming: int = 50_000

    @property
    def new(self) -> int:
        """How many actors the CRM does not have."""
        return self.incoming // 2

    @property
    def changed(self) -> int:
        """How many actors differ in two fields."""
        return self.incoming * 3 // 10

    def actors(self) -> Iterator[Record]:
        """The actors, in an order in which the three sorts are mixed."""
        return (self.actor(n) for n in range(self.incoming))

    def actor(self, n: int) -> Record:
        """One actor: of ten, five are new, three changed, two as in the CRM."""
        sort = n % 10
        if sort < 5:
            return record(self.existing + n)
        number = n * 7 % self.existing if self.incoming > self.existing else n * (self.existing // self.incoming)
        return record(number, changed=sort < 8)


def record(number: int, *, changed: bool = False) -> Record:
    """One company by its number, a text for each of ``TEXTS``."""
    town = _TOWNS[number % len(_TOWNS)]
    moved = _TOWNS[(number + 1) % len(_TOWNS)] if changed else town
    line = f"Havnegata {number % 977}"
    return (
        f"Company {number:07} AS", "", f"{number}", f"C{number:07}", f"NO{number:09}MVA",
        f"{line} B" if changed else line, "", f"{number % 9999:04}", town, "Viken", "",
        line, "2. etg", f"{number % 9999:04}", moved, "Viken", "",
    )  # fmt: skip


def fill(engine: Engine, workload: Workload) -> None:
    """Make the CRM."""
    metadata.create_all(engine)
    for start in range(0, workload.existing, _PART):
        numbers = range(start, min(start + _PART, workload.existing))
        rows = [dict(zip(TEXTS, (value or None for value in record(number)), strict=True)) for number in numbers]
        with engine.begin() as tx:
            tx.execute(insert(company), rows)


def check(engine: Engine, workload: Workload) -> None:
    """Raises AssertionError unless the CRM is what the import of all actors makes of it."""
    wanted = {number: record(number) for number in range(workload.existing)}
    for n in range(workload.incoming):
        actor = workload.actor(n)
        wanted[int(actor[2])] = actor
    columns = [company.c[name] for name in TEXTS]
    with engine.connect() as connection:
        rows = connection.execute(select(*columns)).all()
    found = {int(row.number): tuple(value or "" for value in row) for row in rows}
    assert len(rows) == len(wanted), (len(rows), len(wanted))
    assert found == wanted, next((one, found.get(n)) for n, one in wanted.items() if found.get(n) != one)

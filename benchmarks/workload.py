"""The reference workload: a CRM of companies, and actors that are new (50 %), changed (30 %) or as before (20 %).

Everything is made of numbers, so that every run and every program has the same data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column as SqlColumn
from sqlalchemy import DateTime, Engine, Integer, MetaData, String, Table, text

from benchmarks.drivers import insert

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
_NEW, _CHANGED, _SORTS = 5, 3, 10
_PART = 1000


@dataclass(frozen=True)
class Workload:
    """``existing`` companies are in the CRM; ``incoming`` actors, not more than those, come from the ERP.

    ``of`` is how many would come in all, where only the first of them do: they are the same ones as without it.
    """

    existing: int = 100_000
    incoming: int = 50_000
    of: int = 0

    @property
    def new(self) -> int:
        """How many actors the CRM does not have."""
        return sum(not self.is_known(n) for n in range(self.incoming))

    def actors(self) -> Iterator[Record]:
        """The actors, in an order in which the three sorts are mixed."""
        return (self.actor(n) for n in range(self.incoming))

    def actor(self, n: int) -> Record:
        """One actor: of ten, five are new, three changed, two as in the CRM."""
        return record(self.number(n), changed=self.is_changed(n))

    def number(self, n: int) -> int:
        """The number of the company that an actor is; companies below ``existing`` are in the CRM."""
        if not self.is_known(n):
            return self.existing + n
        return n * self._step

    def expected(self, number: int) -> Record:
        """The company with a number, after the import."""
        if number >= self.existing:
            return self.actor(number - self.existing)
        n, between = divmod(number, self._step)
        return self.actor(n) if not between and n < self.incoming and self.is_known(n) else record(number)

    def is_known(self, n: int) -> bool:
        """Whether the CRM has the company that an actor is."""
        return n % _SORTS >= _NEW

    def is_changed(self, n: int) -> bool:
        """Whether an actor differs from its company, in the two fields ``CHANGED``."""
        return _NEW <= n % _SORTS < _NEW + _CHANGED

    @property
    def _step(self) -> int:
        return self.existing // (self.of or self.incoming)


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


def entity_id(number: int) -> int:
    """The id of the company with a number, of those that :func:`fill` makes."""
    return number + 1


def vat_key(vat_number: str) -> str:
    """A VAT number as the duplicate rule compares it, as far as these records have any."""
    return vat_number.removeprefix("NO").removesuffix("MVA")


def fill(engine: Engine, existing: int) -> None:
    """Make the CRM."""
    metadata.create_all(engine)
    rows = ((entity_id(n), *(value or None for value in record(n))) for n in range(existing))
    with engine.begin() as tx:
        insert(tx, "company", ("id", *TEXTS), rows)
        if engine.dialect.name == "postgresql":
            tx.execute(text(f"SELECT setval('company_id_seq', {existing})"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE TABLE company" if engine.dialect.name == "mariadb" else "ANALYZE"))


def check(engine: Engine, workload: Workload, table: str = "company") -> None:
    """Raises AssertionError unless the CRM is what the import of all actors makes of it. Reads one row at a time."""
    asked = text(f"SELECT {', '.join(TEXTS)} FROM {table}")
    with engine.connect().execution_options(stream_results=True) as connection:
        for row in connection.execute(asked).yield_per(_PART):
            wanted = workload.expected(int(row.number))
            assert tuple(value or "" for value in row) == wanted, (row, wanted)
    with engine.connect() as connection:
        counts = connection.execute(text(f"SELECT count(*), count(DISTINCT number) FROM {table}")).one()
    whole = workload.existing + workload.new
    assert tuple(counts) == (whole, whole), (counts, whole)

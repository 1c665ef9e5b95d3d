"""Rows as bad as any ERP's: names, dates, numbers, phones and encodings, in the right field or in the wrong one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

from erp_import_plugin.connector_api import Actor, ActorRef, ActorType, ErpField, FieldType, Operator

FIELDS = (
    ErpField("NAME", "Name", operators=frozenset({Operator.EQUALS})),
    ErpField("CODE", "Code"),
    ErpField("PHONE", "Phone"),
    ErpField("EMAIL", "Email"),
    ErpField("EMPLOYEES", "Employees", FieldType.INTEGER),
    ErpField("TURNOVER", "Turnover", FieldType.DECIMAL),
    ErpField("FOUNDED", "Founded", FieldType.DATE),
    ErpField("AUDITED", "Audited", FieldType.DATETIME),
    ErpField("ACTIVE", "Active", FieldType.BOOLEAN),
    ErpField("CATEGORY", "Category", FieldType.LIST, list_name="CATEGORY"),
)

_PIECES = (
    "Ødegård", "O'Neil & Sønner", "Brød", "شركة", "חברה", "株式会社", "👩‍👩‍👧", "e\u0301", "\u202eevil\u202c", "\ufeff",
    "\u200b", "\u2028", "\xa0", "\t", "\n", "\r\n", "\0", "\x1b[31m", "\x7f", "\x85", "\ud800", "\udfff",
    "\uffff", "<b>x</b>",
    "<script>alert(1)</script>", "=1+1", "@SUM(A1)", "'; DROP TABLE company;--", "%s%(x)s", "{{7*7}}",
    "\\N", '"', "ß", "ﬁ",
    "\uff26\uff55\uff4c\uff4c", "İ", " ", "  ", "null", "None", "NaN", "0",
)  # fmt: skip
_NUMBERS = (
    "1.234,56", "1,234.56", "1,234", "1.234", "1 234,5", "1'234'567.5", "1,2,3", "12,5", ",5", "5,", "-0",
    "+7", "--7", "1e5",
    "1E400", "0x10", "\u0661\u0662\u0663", "\uff11\uff12", "\u22125", "5-", "(5)", "5 %", "kr 5", "Infinity",
    "-inf", "nan", "sNaN", "1_000", "00012",
    "9" * 29, "9" * 31, "9" * 5000, "0." + "1" * 40, " 42 ", "4 2", "",
)  # fmt: skip
_DATES = (
    "2024-02-29", "2023-02-29", "2024-02-30", "0001-01-01", "0000-00-00", "9999-12-31", "10000-01-01",
    "2024-2-3", "29.02.2024",
    "02/03/2024", "2024-02-29T00:00:00", "2024-02-29 00:00:00", "2024-02-29T12:30", "2024-02-29T12:30:15.123456Z",
    "2024-02-29T12:30:15,5+02:00", "2024-02-29 23:59:60Z", "2024-02-29T25:00Z", "2024-02-29T12:30+25:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2024-W09-4", "20240229", "yesterday",
    "\u0661\u0669\u0669\u0669-\u0660\u0661-\u0660\u0661",
)  # fmt: skip
_PHONES = (
    "+47 22 33 44 55", "0047 22334455", "22 33 44 55 ext. 7", "tel:+4722334455", "(0)22-33/44.55",
    "+47 ٢٢٣٣٤٤٥٥", "call me",
    "22334455;99887766", "+" + "9" * 60, "00", "++47", "\u202a+4722334455\u202c",
)  # fmt: skip
_ZONES = (None, timezone.utc, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12, minutes=43, seconds=7)))
_CODECS = ("utf-8", "cp1252", "latin-1", "utf-16-le", "cp850", "shift_jis")


class Hostile:
    """Makes rows; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._makers: dict[str, Callable[[], Any]] = {
            "NAME": self.text,
            "CODE": self.text,
            "PHONE": lambda: self._chance.choice(_PHONES),
            "EMAIL": lambda: f"{self.text()}@{self.text()}",
            "EMPLOYEES": self.number,
            "TURNOVER": self.number,
            "FOUNDED": self.moment,
            "AUDITED": self.moment,
            "ACTIVE": lambda: self._chance.choice((True, False, 0, 1, 2, "true", "FALSE", "yes", "1", "", -1, 1.0)),
            "CATEGORY": self.item,
        }

    def row(self) -> dict[str, Any]:
        """The values of one row: now and then one is missing, or what belongs to another field."""
        row = {}
        for key, make in self._makers.items():
            luck = self._chance.random()
            others = (*self._makers.values(), self.nonsense)
            if luck < 0.95:
                row[key] = self._chance.choice(others)() if luck < 0.1 else make()
        return row

    def actor(self, key: str) -> Actor:
        """The row as an actor with a key that can be used."""
        mark = self._chance.choice(("", "2024", self.text()[:255]))
        parent = self._chance.choice((None, None, ActorRef(ActorType.CUSTOMER, self.text()[:200])))
        return Actor(ActorType.CUSTOMER, key, self.row(), mark, parent)

    def text(self) -> str:
        """Pieces side by side, at times many, at times read in another encoding than they were written in."""
        pieces = self._chance.choices(_PIECES, k=self._chance.choice((0, 1, 1, 2, 3, 8, 60)))
        text = self._chance.choice(("", " ")).join(pieces)
        if self._chance.random() < 0.2:
            wrote, read = self._chance.sample(_CODECS, 2)
            errors = self._chance.choice(("replace", "surrogateescape", "ignore"))
            text = text.encode(wrote, "replace").decode(read, errors if read != "utf-16-le" else "replace")
        return text

    def number(self) -> Any:
        """Whole, broken, infinite, too long, as text."""
        near = self._chance.choice((1, 10**3, 2**31, 2**63, 10**29, 10**40))
        return self._chance.choice(
            (
                self._chance.choice(_NUMBERS),
                self._chance.randint(-near, near),
                self._chance.uniform(-near, near),
                Decimal(self._chance.randint(-near, near)).scaleb(self._chance.randint(-20, 5)),
                f"{self._chance.randint(-near, near)}{self._chance.choice('.,')}{self._chance.randint(0, 9999)}",
                self._chance.choice((float("nan"), float("inf"), -0.0, 1e308, Decimal("NaN"), Decimal("sNaN"), True)),
            )
        )

    def moment(self) -> Any:
        """Days and moments from one end of the calendar to the other, and their texts."""
        day = date.fromordinal(self._chance.choice((1, 2, date.max.toordinal(), self._chance.randint(1, 3652059))))
        clock = timedelta(microseconds=self._chance.choice((0, 1, self._chance.randrange(86_400_000_000))))
        moment = datetime.combine(day, datetime.min.time(), self._chance.choice(_ZONES)) + clock
        return self._chance.choice((day, moment, day.isoformat(), moment.isoformat(), self._chance.choice(_DATES)))

    def item(self) -> Any:
        """Keys of list items, alone and in things that hold them."""
        key = self._chance.choice(("A", "B", "", " ", 7, self.text()))
        return self._chance.choice((key, (key,), [key], {key}, (key, "A"), (), [], None))

    def nonsense(self) -> Any:
        """What no field holds."""
        return self._chance.choice((b"bytes", object(), {"a": 1}, 1j, [[["x"]]], float("nan"), lambda: 1, type, ...))

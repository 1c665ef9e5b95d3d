"""Sales people who edit, delete and merge companies beside an import, and remember what they saw."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, delete, event, insert, select, update
from sqlalchemy.exc import DBAPIError

from erp_import_plugin.store.transactions import writing
from tests.support import databases, hosts

Values = dict[str, Any]

_A_MOMENT = 0.01
"""Seconds that the work is held up in the middle of what it does, so that an edit which nothing stops gets between."""

_company, _channel, _person = hosts.company, hosts.company_channel, hosts.person


@dataclass
class Edits:
    """What happened to one company: its values before everything, and before and after each edit of theirs."""

    first: Values
    seen: list[tuple[Values, Values]] = field(default_factory=list)
    gone: bool = False


class SalesPeople:
    """While it is entered: about every ``rarely``-th statement of the work sees one of them do something, beside it."""

    def __init__(self, engine: Engine, chance: Random, rarely: int = 6) -> None:
        self.edits = {key: Edits(values) for key, values in read(engine).items()}
        self._engine = engine
        self._theirs = databases.opened(databases.address(engine))
        self._chance = chance
        self._rarely = rarely
        self._orders = threading.Semaphore(0)
        self._turn = threading.Lock()
        self._over = False
        self._thread = threading.Thread(target=self._work, name="sales people")

    def __enter__(self) -> SalesPeople:
        event.listen(self._engine, "before_cursor_execute", self._see)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        event.remove(self._engine, "before_cursor_execute", self._see)
        self._over = True
        self._orders.release()
        self._thread.join()
        self._theirs.dispose()

    def act(self, doing: Callable[[Connection, int], bool] | None = None) -> None:
        """One of them does something to one company, in a transaction, or gives up where the database refuses."""
        with self._turn:
            self._act(doing)

    def _act(self, doing: Callable[[Connection, int], bool] | None) -> None:
        there = [key for key, edits in self.edits.items() if not edits.gone]
        key = self._chance.choice(there)
        doings = [self.rename, self.renumber, self.add_email, self.change_email]
        if len(there) > len(self.edits) / 2:
            doings += [self.remove, self.merge]
        chosen = doing or self._chance.choice(doings)
        try:
            with writing(self._theirs) as tx:
                before = self._lock(tx, key)
                stays = chosen(tx, key)
                after = _values(tx, [key]).get(key, {})
        except DBAPIError:
            return  # the work was in the way: it holds the company, or has just given it a contact
        self.edits[key].seen.append((before, after))
        self.edits[key].gone = not stays

    def rename(self, tx: Connection, key: int) -> bool:
        """Type another name."""
        tx.execute(update(_company).where(_company.c.id == key).values(name=self._new("Typed")))
        return True

    def renumber(self, tx: Connection, key: int) -> bool:
        """Type another VAT number."""
        tx.execute(update(_company).where(_company.c.id == key).values(vat_number=self._new("V")))
        return True

    def add_email(self, tx: Connection, key: int) -> bool:
        """Add an address."""
        tx.execute(insert(_channel).values(company_id=key, kind="email", value=self._new("a") + "@typed.example"))
        return True

    def change_email(self, tx: Connection, key: int) -> bool:
        """Correct one of the addresses, if there is any."""
        one = select(_channel.c.id).where(_channel.c.company_id == key, _channel.c.kind == "email").limit(1)
        row = tx.scalar(one)
        tx.execute(update(_channel).where(_channel.c.id == row).values(value=self._new("c") + "@typed.example"))
        return True

    def remove(self, tx: Connection, key: int) -> bool:
        """Delete a company; its contacts stay."""
        return self._away(tx, key, None)

    def merge(self, tx: Connection, key: int) -> bool:
        """Delete a company whose contacts go to another one."""
        others = [other for other, edits in self.edits.items() if not edits.gone and other != key]
        return self._away(tx, key, self._chance.choice(others))

    def _away(self, tx: Connection, key: int, heir: int | None) -> bool:
        tx.execute(update(_person).where(_person.c.company_id == key).values(company_id=heir))
        tx.execute(delete(_channel).where(_channel.c.company_id == key))
        tx.execute(delete(_company).where(_company.c.id == key))
        return False

    def _lock(self, tx: Connection, key: int) -> Values:
        tx.execute(select(_company.c.id).where(_company.c.id == key).with_for_update())
        return _values(tx, [key]).get(key, {})

    def _new(self, word: str) -> str:
        return f"{word}{self._chance.randrange(10**8)}"

    def _see(self, *_: object) -> None:
        if threading.current_thread() is not self._thread and self._chance.randrange(self._rarely) == 0:
            self._orders.release()
            time.sleep(_A_MOMENT)

    def _work(self) -> None:
        while self._orders.acquire() and not self._over:
            self.act()


def read(engine: Engine) -> dict[int, Values]:
    """What the companies have in the fields that sales people edit."""
    with engine.connect() as tx:
        return _values(tx, list(tx.scalars(select(_company.c.id))))


def _values(tx: Connection, keys: Iterable[int]) -> dict[int, Values]:
    wanted = list(keys)
    rows = tx.execute(select(_company).where(_company.c.id.in_(wanted)))
    found = {row.id: {"name": row.name, "vat_number": row.vat_number, "email": ()} for row in rows}
    emails = select(_channel).where(_channel.c.company_id.in_(wanted), _channel.c.kind == "email")
    for row in tx.execute(emails.order_by(_channel.c.value)):
        if row.company_id in found:
            found[row.company_id]["email"] += (row.value,)
    return found

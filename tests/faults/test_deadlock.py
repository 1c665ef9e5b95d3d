"""The work and a sales person wait for each other, and the database ends the work's transaction: it is tried again."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.exc import OperationalError

from erp_import_plugin.store.troubles import Trouble, trouble_of
from tests.support import databases, hosts
from tests.support.journeys import SIZE, Journey, Undisturbed, settle, take_up
from tests.support.snapshots import Names, differences, snapshot
from tests.support.waiting import wait_until

SERVERS = pytest.mark.parametrize("engine", ["postgresql", "mariadb"], indirect=True)
HEAVY = [{"list_name": "interest", "name": f"Heavy {n}"} for n in range(500)]
"""MariaDB ends the one of the two who has written less."""


_WAITING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'",
    "mariadb": "SELECT count(*) FROM information_schema.innodb_trx JOIN information_schema.processlist p"
    " ON p.id = trx_mysql_thread_id WHERE trx_state = 'LOCK WAIT' AND p.db = DATABASE()",
}


class SalesPerson:
    """Holds the last company until the work waits for it, then wants another; leaves everything as it was.

    ``troubles`` are those of the work, or, on a machine so slow that the database lets the other one go on, their own.
    """

    def __init__(self, engine: Engine) -> None:
        self.troubles: list[Trouble | None] = []
        self._engine = engine
        self._own = databases.opened(databases.address(engine))
        self._holds, self._awaited = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="sales person")

    def __enter__(self) -> SalesPerson:
        self._thread.start()
        assert self._holds.wait(30)
        event.listen(self._engine, "before_cursor_execute", self._see)
        event.listen(self._engine, "handle_error", self._fail)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._see)
        event.remove(self._engine, "handle_error", self._fail)
        self._awaited.set()
        self._thread.join()
        self._own.dispose()

    def _work(self) -> None:
        ids = select(hosts.company.c.id).with_for_update()
        with self._own.connect() as tx:
            tx.execute(insert(hosts.item), HEAVY)
            tx.execute(ids.order_by(hosts.company.c.id.desc()).limit(1)).all()
            self._holds.set()
            self._awaited.wait()
            wait_until(self._work_waits, 60)
            try:
                tx.execute(ids.order_by(hosts.company.c.id).offset(1).limit(1)).all()
            except OperationalError as error:
                self.troubles.append(trouble_of(error))

    def _work_waits(self) -> bool:
        with self._own.connect() as other:
            return bool(other.scalar(text(_WAITING[self._own.dialect.name])))

    def _see(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM company" in statement and "FOR UPDATE" in statement:
            self._awaited.set()

    def _fail(self, context: Any) -> None:
        self.troubles.append(trouble_of(context.sqlalchemy_exception))


@SERVERS
def test_a_deadlock_is_tried_again(engine: Engine, undisturbed: Undisturbed) -> None:
    settle(engine, SIZE)
    journey, names = Journey(engine, chunk=100), Names()
    for step in ("fetch", "plan"):
        journey.finish(journey.start(step))
        snapshot(engine, names)
    job = journey.start("import")
    with SalesPerson(engine) as person:
        take_up(journey.house.jobs, job)
    assert journey.house.jobs.view(job).state == "done"
    assert person.troubles == [Trouble.BUSY]
    assert differences(undisturbed.after["import"], snapshot(engine, names)) == []

"""The lists of an ERP as they are kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

from sqlalchemy import Engine, event

from erp_import_plugin.connector_api import ListItem
from erp_import_plugin.store import mappings
from erp_import_plugin.store.transactions import reading, writing
from tests.support.rooms import build

ITEMS = [ListItem("A", "Best"), ListItem("B", "Good")]


def test_two_who_have_read_a_list_at_once_both_keep_it(engine: Engine) -> None:
    connection_id = build(engine).connect()
    both = Barrier(2, timeout=0.5)  # passed by both only where neither waits for the other

    def meet(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM erp_import_erp_list_item"):
            with suppress(BrokenBarrierError):
                both.wait()

    def keep(_: int) -> None:
        with writing(engine) as tx:
            mappings.save_erp_list(tx, connection_id, "categories", ITEMS)

    event.listen(engine, "after_cursor_execute", meet)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(keep, range(2))) == [None, None]
    event.remove(engine, "after_cursor_execute", meet)
    with reading(engine) as tx:
        assert mappings.erp_lists(tx, connection_id, ["categories"]) == {"categories": {"A": "Best", "B": "Good"}}

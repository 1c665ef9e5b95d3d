"""How often something may be done, counted in the database: every process and machine counts together.

The generic cell rate algorithm (ITU-T I.371, annex A): a bucket is one moment, at which it will be empty again. Each
thing done puts ``seconds / most`` into it, and it holds ``seconds``. So ``most`` things may be done at once, after that
one each ``seconds / most``, and when the next may be done is known exactly.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection as Transaction
from sqlalchemy import bindparam, delete, select, update

from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.tables import rate as table


def take(tx: Transaction, buckets: Collection[str], now: datetime, most: int, seconds: float) -> float:
    """Do one thing that counts in each of these buckets; gives 0, or the seconds to wait where one of them is full.

    Then none is filled. Others who ask for one of the buckets wait until the transaction ends.
    """
    names = sorted(buckets)  # whoever takes several takes them in one order, so that nobody waits in a circle
    tx.execute(dialect_of(tx).insert_unless_there(table), [{"bucket": one, "empty_at": now} for one in names])
    asked = select(table).where(table.c.bucket.in_(names)).order_by(table.c.bucket).with_for_update()
    room = timedelta(seconds=seconds)
    step = room // most
    held = {row.bucket: max(row.empty_at, now) for row in tx.execute(asked)}
    # What no clock that agrees with ours by a bucketful has written is of one that was set back since.
    held = {bucket: empty_at if empty_at <= now + 2 * room else now for bucket, empty_at in held.items()}
    wait: timedelta = max(held.values()) + step - now - room
    if wait > timedelta(0):
        return wait.total_seconds()
    rows = [{"of": bucket, "then": empty_at + step} for bucket, empty_at in held.items()]
    tx.execute(update(table).where(table.c.bucket == bindparam("of")).values(empty_at=bindparam("then")), rows)
    return 0.0


def forget_empty(tx: Transaction, now: datetime) -> None:
    """Remove the buckets that are empty: they say no more than one that is not there."""
    tx.execute(delete(table).where(table.c.empty_at <= now))

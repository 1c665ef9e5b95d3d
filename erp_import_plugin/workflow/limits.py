"""How often a user may have an ERP asked. What is behind a connection may lock an account that is tried too often."""

from __future__ import annotations

from enum import Enum
from math import ceil

from sqlalchemy import Connection as Transaction

from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import User
from erp_import_plugin.store import rates
from erp_import_plugin.workflow.rooms import Rooms

_MINUTE = 60.0


class Asking(str, Enum):
    """What an ERP is asked for."""

    TEST = "test"
    SEARCH = "search"


class TooOften(Refused):
    """It was done so often that it has to wait; ``wait`` is in whole seconds."""

    def __init__(self, wait: int) -> None:
        if wait == 1:
            sentence = Sentence("The ERP was asked too often in a short time. Try again in one second.")
        else:
            sentence = Sentence(
                "The ERP was asked too often in a short time. Try again in %(seconds)s seconds.", seconds=wait
            )
        super().__init__(sentence)
        self.wait = wait


def count(tx: Transaction, rooms: Rooms, user: User, connection_id: int, asking: Asking) -> None:
    """Count one more; as often is allowed for each user, over all connections, and for each connection, by anyone.

    The first keeps a user from trying address after address, the second keeps an ERP from being tried by many.

    Raises:
        TooOften: and then it is not to be done.
    """
    most = rooms.config.tests_per_minute if asking is Asking.TEST else rooms.config.searches_per_minute
    if most is None:
        return
    buckets = (f"{asking.value}:user:{user.id}", f"{asking.value}:connection:{connection_id}")
    wait = rates.take(tx, buckets, rooms.now(), most, _MINUTE)
    if wait:
        raise TooOften(ceil(wait))

"""Reading the ERP of a connection again, and what is new or gone since."""

from __future__ import annotations

from dataclasses import dataclass

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.host_api import User
from erp_import_plugin.workflow import connections, mappings
from erp_import_plugin.workflow.rooms import Rooms


@dataclass(frozen=True, slots=True)
class Reread:
    """What is other than before for one actor type: the labels of fields that are new, and of those that are gone."""

    actor_type: ActorType
    new: tuple[str, ...]
    gone: tuple[str, ...]


def read_again(rooms: Rooms, user: User, connection_id: int) -> tuple[tuple[Reread, ...], tuple[str, ...]]:
    """Read fields and lists again; what was chosen stays. What is other, and sentences about what could not be read.

    Raises:
        ErpFailed: the ERP did not answer; nothing is changed.
        NotFound: there is no such connection.
    """
    before = mappings.of_connection(rooms, user, connection_id)
    complaints = connections.discover(rooms, user, connection_id)
    after = mappings.of_connection(rooms, user, connection_id)
    found = (_compared(before.get(actor_type), mapping) for actor_type, mapping in after.items())
    return tuple(one for one in found if one.new or one.gone), complaints


def _compared(before: ActorMapping | None, after: ActorMapping) -> Reread:
    there = {one.erp.key for one in before.fields if not one.gone} if before else set()
    new = (one.erp.label for one in after.fields if not one.gone and one.erp.key not in there)
    gone = (one.erp.label for one in after.fields if one.gone and one.erp.key in there)
    return Reread(after.actor_type, tuple(new), tuple(gone))

"""What is named on the command line, found; and work that has to be complete before the next."""

from __future__ import annotations

from erp_import_plugin.cli.acting import Desk
from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.errors import NotFound, Refused, Sentence
from erp_import_plugin.jobs import JobView
from erp_import_plugin.workflow import connections
from erp_import_plugin.workflow.connections import ConnectionChoice, ConnectionLine


def usable_connection(desk: Desk, named: str) -> ConnectionChoice:
    """The connection with this id or name that can be imported from. Raises NotFound."""
    choices = connections.usable(desk.rooms, desk.user)
    return choices[_place(named, [(one.id, one.name) for one in choices])]


def any_connection(desk: Desk, named: str) -> ConnectionLine:
    """The connection with this id or name. Raises NotFound."""
    lines = connections.listed(desk.rooms, desk.user)
    return lines[_place(named, [(one.id, one.name) for one in lines])]


def actor_type(connection: ConnectionChoice, named: str | None) -> ActorType:
    """The actor type of this name; the connection's only one where none is named. Raises Refused."""
    offered = ", ".join(one.value for one in connection.actor_types)
    if named is None and len(connection.actor_types) == 1:
        return connection.actor_types[0]
    if named is None:
        raise Refused(Sentence("Name the actor type with --type: %(offered)s.", offered=offered))
    for one in connection.actor_types:
        if one.value.casefold() == named.casefold():
            return one
    raise Refused(Sentence("“%(name)s” cannot be searched here. There are: %(offered)s.", name=named, offered=offered))


def complete(desk: Desk, job: JobView | None) -> None:
    """Have the job done to its end, taking it up if it is paused or its worker is gone.

    Raises Refused when it did not get there.
    """
    if job is not None and job.idle:
        job = desk.jobs.resume(job.id)
    if job is None or job.state == "done":
        return
    if job.state == "failed":
        raise Refused(job.note)
    if job.state == "cancelled":
        raise Refused(Sentence("The work was cancelled."))
    raise Refused(Sentence("Other work on this import has not ended yet. Wait for it, or cancel it."))


def _place(named: str, known: list[tuple[int, str]]) -> int:
    """An id goes before the name of another, which may be a number."""
    wanted = named.strip().casefold()
    for said in ([str(key) for key, _ in known], [name.casefold() for _, name in known]):
        if wanted in said:
            return said.index(wanted)
    names = ", ".join(name for _, name in known)
    if not names:
        raise NotFound(Sentence("There is no ERP connection that you can use."))
    raise NotFound(Sentence("There is no ERP connection “%(name)s”. There are: %(known)s.", name=named, known=names))

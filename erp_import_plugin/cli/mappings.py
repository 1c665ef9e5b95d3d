"""``erp-import mappings | map | unmap | discover``"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.finding import any_connection
from erp_import_plugin.cli.printing import table
from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.translations import say
from erp_import_plugin.workflow import mappings as workflow
from erp_import_plugin.workflow import rereading
from erp_import_plugin.workflow.mapping_edits import FieldChoice, FieldEdit
from erp_import_plugin.workflow.rereading import Reread

_HEADS = ("TYPE", "ERP FIELD", "LABEL", "CRM FIELD", "IMPORT", "IN SEARCH", "STATE")


@click.command("mappings")
@click.argument("connection")
@click.option("--type", "named", metavar="TYPE", help="Only this actor type.")
@acting
def mappings(desk: Desk, connection: str, named: str | None) -> int:
    """Show where the fields of an ERP connection go."""
    line = any_connection(desk, connection)
    found = workflow.of_connection(desk.rooms, desk.user, line.id)
    wanted = [_type(found, named)] if named else list(found)
    data = {"connection": line.name, "types": [shapes.mapping(found[one]) for one in wanted]}
    desk.show(data, lambda: _text([found[one] for one in wanted]))
    return DONE


@click.command("map")
@click.argument("connection")
@click.argument("type")
@click.argument("erp_field")
@click.argument("crm_field")
@acting
def map_(desk: Desk, connection: str, type: str, erp_field: str, crm_field: str) -> int:
    """Import a field of the ERP to a field of the CRM, both named by their keys."""
    return _set(desk, connection, type, erp_field, crm_field)


@click.command("unmap")
@click.argument("connection")
@click.argument("type")
@click.argument("erp_field")
@acting
def unmap(desk: Desk, connection: str, type: str, erp_field: str) -> int:
    """Import a field of the ERP no more."""
    return _set(desk, connection, type, erp_field, None)


@click.command("discover")
@click.argument("connection")
@acting
def discover(desk: Desk, connection: str) -> int:
    """Read the fields and lists of the ERP again; what was chosen stays."""
    line = any_connection(desk, connection)
    changes, complaints = rereading.read_again(desk.rooms, desk.user, line.id)
    for complaint in complaints:
        desk.tell(say(complaint))
    desk.show(shapes.reread(line.name, changes, complaints), lambda: _changes(changes))
    return DONE


def _set(desk: Desk, connection: str, named: str, erp_field: str, crm_field: str | None) -> int:
    line = any_connection(desk, connection)
    found = workflow.of_connection(desk.rooms, desk.user, line.id)
    actor_type = _type(found, named)
    mapped = next((one for one in found[actor_type].fields if one.erp.key.casefold() == erp_field.casefold()), None)
    if mapped is None:
        known = ", ".join(one.erp.key for one in found[actor_type].fields)
        raise Refused(Sentence("There is no ERP field “%(name)s”. There are: %(known)s.", name=erp_field, known=known))
    choice = replace(FieldChoice.of(mapped), crm_field=crm_field, active=True)
    workflow.save(desk.rooms, desk.user, line.id, actor_type, [FieldEdit(mapped.erp.key, choice)])
    after = workflow.of_connection(desk.rooms, desk.user, line.id)[actor_type]
    only = replace(after, fields=tuple(one for one in after.fields if one.erp.key == mapped.erp.key))
    desk.show({"connection": line.name, "types": [shapes.mapping(only)]}, lambda: _text([only]))
    return DONE


def _type(found: Mapping[ActorType, ActorMapping], named: str) -> ActorType:
    for one in found:
        if one.value.casefold() == named.casefold():
            return one
    offered = ", ".join(one.value for one in found)
    raise Refused(Sentence("“%(name)s” cannot be mapped here. There are: %(offered)s.", name=named, offered=offered))


def _text(found: list[ActorMapping]) -> str:
    rows = [
        (
            mapping.actor_type.value,
            one.erp.key,
            one.erp.label,
            one.crm_field or "",
            "yes" if one.imports and mapping.active else "no",
            "yes" if one.show_in_search else "no",
            "no longer in the ERP" if one.gone else "",
        )
        for mapping in found
        for one in mapping.fields
    ]
    return table(_HEADS, rows)


def _changes(changes: tuple[Reread, ...]) -> str:
    rows = [
        (change.actor_type.value, label, state)
        for change in changes
        for labels, state in ((change.new, "new"), (change.gone, "no longer in the ERP"))
        for label in labels
    ]
    return table(("TYPE", "FIELD", "STATE"), rows) if rows else "The fields are the same as before."

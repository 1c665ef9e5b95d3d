"""``erp-import connections list | add | test``"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click
from flask.cli import AppGroup

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, WITH_FAULTS, Desk, acting
from erp_import_plugin.cli.finding import any_connection
from erp_import_plugin.cli.printing import clean, table
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.translations import say
from erp_import_plugin.workflow import connections as workflow
from erp_import_plugin.workflow.connections import ConnectionLine

SECRET_VARIABLE = "ERP_IMPORT_SECRET_"  # noqa: S105 - the name of a variable, not a secret

connections = AppGroup("connections", help="List, add and test ERP connections.")


@connections.command("list", with_appcontext=False)
@acting
def list_(desk: Desk) -> int:
    """List the ERP connections."""
    lines = workflow.listed(desk.rooms, desk.user)
    desk.show({"connections": [shapes.connection(one) for one in lines]}, lambda: _text(lines))
    return DONE


@connections.command("add", with_appcontext=False)
@click.argument("connector")
@click.argument("name")
@click.option("--set", "texts", multiple=True, metavar="KEY=VALUE", help="A setting of the connector; may be repeated.")
@click.option("--secret", "secrets", multiple=True, metavar="KEY", help="A password, asked for, or read from stdin.")
@click.option("--description", default="", help="What the connection is for.")
@click.option("--only-me", is_flag=True, help="Only the user may use it; otherwise everyone who may import.")
@click.option("--inactive", is_flag=True, help="Keep it inactive, even when its test fails.")
@acting
def add(
    desk: Desk,
    connector: str,
    name: str,
    texts: Sequence[str],
    secrets: Sequence[str],
    description: str,
    only_me: bool,
    inactive: bool,
) -> int:
    """Add an ERP connection: test it, map the known fields, and activate it.

    A password is never an argument: name its key with --secret, or set ERP_IMPORT_SECRET_<KEY>.
    """
    config = {**_pairs(texts), **_from_environment(desk, connector), **{key: _ask(key) for key in secrets}}
    added = workflow.add(
        desk.rooms,
        desk.user,
        connector,
        name,
        config,
        description=description,
        everyone=not only_me,
        active=not inactive,
    )
    line = any_connection(desk, str(added))
    desk.show(shapes.connection(line), lambda: _text([line]))
    return DONE


@connections.command("test", with_appcontext=False)
@click.argument("connection")
@acting
def test(desk: Desk, connection: str) -> int:
    """Test an ERP connection, by its id or name; status 1 when it fails."""
    line = any_connection(desk, connection)
    tested = workflow.test(desk.rooms, desk.user, line.id)
    data = {"id": line.id, "name": line.name, "ok": tested.ok, "message": say(tested.message)}
    desk.show(data, lambda: f"{clean(line.name)}: {'works' if tested.ok else 'failed'}. {clean(say(tested.message))}")
    return DONE if tested.ok else WITH_FAULTS


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not key or not sign for key, sign, _ in pairs):
        raise Refused(Sentence("Write settings as KEY=VALUE."))
    return {key: value for key, _, value in pairs}


def _from_environment(desk: Desk, connector: str) -> dict[str, str]:
    loaded = desk.rooms.registry.get(connector)
    keys = [field.key for field in loaded.config_fields if field.secret] if loaded else []
    named = {key: os.environ.get(SECRET_VARIABLE + key.upper()) for key in keys}
    return {key: value for key, value in named.items() if value is not None}


def _ask(key: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt(key, hide_input=True, err=True))


def _text(lines: Sequence[ConnectionLine]) -> str:
    rows = [
        (one.id, one.name, one.connector_name, "active" if one.active else "inactive", say(one.problem))
        for one in lines
    ]
    return table(("ID", "NAME", "CONNECTOR", "STATE", "PROBLEM"), rows)

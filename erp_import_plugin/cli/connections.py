"""``erp-import connections list | add | configure | test | activate | deactivate | delete``"""

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
from erp_import_plugin.workflow import connection_form
from erp_import_plugin.workflow import connections as workflow
from erp_import_plugin.workflow.connection_form import Draft
from erp_import_plugin.workflow.connections import ConnectionLine

SECRET_VARIABLE = "ERP_IMPORT_SECRET_"  # noqa: S105 - the name of a variable, not a secret

connections = AppGroup("connections", help="List, add, change and test ERP connections.")


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
    return _show(desk, added)


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


@connections.command("configure", with_appcontext=False)
@click.argument("connection")
@click.option("--name", help="Another name.")
@click.option("--description", help="What the connection is for.")
@click.option("--set", "texts", multiple=True, metavar="KEY=VALUE", help="A setting of the connector; may be repeated.")
@click.option("--secret", "secrets", multiple=True, metavar="KEY", help="A password, asked for, or read from stdin.")
@click.option("--remove-secret", "removed", multiple=True, metavar="KEY", help="A password to forget.")
@click.option("--everyone", is_flag=True, help="Everyone who may import may use it.")
@click.option("--for-user", "users", multiple=True, metavar="ID", help="Only this user may use it; may be repeated.")
@click.option("--for-group", "groups", multiple=True, metavar="ID", help="Only this group; may be repeated.")
@acting
def configure(
    desk: Desk,
    connection: str,
    name: str | None,
    description: str | None,
    texts: Sequence[str],
    secrets: Sequence[str],
    removed: Sequence[str],
    everyone: bool,
    users: Sequence[str],
    groups: Sequence[str],
) -> int:
    """Change an ERP connection; what is not named stays. Its settings can be changed only while it is inactive."""
    line = any_connection(desk, connection)
    config = {**_pairs(texts), **{key: _ask(key) for key in secrets}}
    chosen = bool(users or groups)
    draft = Draft(
        name=line.name if name is None else name,
        description=line.description if description is None else description,
        everyone=not chosen and (everyone or line.everyone),
        users=frozenset(users) if chosen else line.users,
        groups=frozenset(groups) if chosen else line.groups,
        config=config if config or removed else None,
        removed=frozenset(removed),
    )
    connection_form.change(desk.rooms, desk.user, line.id, draft)
    return _show(desk, line.id)


@connections.command("activate", with_appcontext=False)
@click.argument("connection")
@acting
def activate(desk: Desk, connection: str) -> int:
    """Test an ERP connection and let it be imported through; it stays inactive when the test fails."""
    line = any_connection(desk, connection)
    workflow.activate(desk.rooms, desk.user, line.id)
    return _show(desk, line.id)


@connections.command("deactivate", with_appcontext=False)
@click.argument("connection")
@acting
def deactivate(desk: Desk, connection: str) -> int:
    """Let nobody import through an ERP connection, until it is active again."""
    line = any_connection(desk, connection)
    workflow.deactivate(desk.rooms, desk.user, line.id)
    return _show(desk, line.id)


@connections.command("delete", with_appcontext=False)
@click.argument("connection")
@acting
def delete(desk: Desk, connection: str) -> int:
    """Delete an ERP connection. What was imported through it stays."""
    line = any_connection(desk, connection)
    workflow.delete(desk.rooms, desk.user, line.id)
    desk.show({"id": line.id, "name": line.name}, lambda: f"{clean(line.name)}: deleted.")
    return DONE


def _show(desk: Desk, connection_id: int) -> int:
    """Print a connection as it is now."""
    line = any_connection(desk, str(connection_id))
    desk.show(shapes.connection(line), lambda: _text([line]))
    return DONE


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

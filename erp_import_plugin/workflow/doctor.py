"""Looks at everything an installation needs to be well, and says of each what it found and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from sqlalchemy.exc import SQLAlchemyError

from erp_import_plugin.errors import ConfigError
from erp_import_plugin.store.migrate import NewerTables
from erp_import_plugin.store.troubles import trouble_of
from erp_import_plugin.workflow import doctor_database, doctor_setup, doctor_work
from erp_import_plugin.workflow.findings import Finding, error, ok
from erp_import_plugin.workflow.rooms import Rooms

log = logging.getLogger(__name__)

Check: TypeAlias = Callable[[Rooms], Iterable[Finding]]

CHECKS: Mapping[str, Check] = {
    "database": doctor_database.database,
    "transactions": doctor_database.transactions,
    "clock": doctor_database.clock,
    "write": doctor_database.write,
    "disk": doctor_database.disk,
    "tables": doctor_database.tables,
    "files": doctor_setup.files,
    "passwords": doctor_setup.passwords,
    "connectors": doctor_setup.connectors,
    "connections": doctor_setup.connections,
    "runner": doctor_work.runner,
    "work": doctor_work.work,
}
"""What is looked at in an installation, by the name of the check.

"app", "configuration" and "keys" come before; "template" comes after.
"""


def examine(rooms: Rooms, app_config: Mapping[str, Any]) -> Iterator[Finding]:
    """Look at an installation whose app could be loaded. What cannot be looked at is a finding as well."""
    yield ok("configuration", "Every ERP_IMPORT_* key is known, and has a value that fits.")
    yield from doctor_setup.keys(app_config)
    for name in CHECKS:
        yield from _checked(name, rooms)


def not_loaded(failed: Exception) -> Finding:
    """What kept the app from being loaded."""
    if isinstance(failed, ConfigError):
        return error("configuration", failed.message, "Change it where the app is configured.")
    if isinstance(failed, NewerTables):
        return error("tables", failed.message, "Do not go on with this version: it would not know what it reads.")
    if isinstance(failed, SQLAlchemyError):
        return _refused("database", failed)
    found = f"The app could not be loaded: {type(failed).__name__}: {failed}"
    return error("app", found, "Start it by hand to see the whole error: flask --app … routes")


def _checked(name: str, rooms: Rooms) -> Iterator[Finding]:
    try:
        yield from CHECKS[name](rooms)
    except NewerTables as failed:
        yield not_loaded(failed)
    except SQLAlchemyError as failed:
        yield _refused(name, failed)
    except Exception as failed:  # whatever it is, the other checks go on
        log.exception("The check %s of the doctor failed.", name)
        found = f"It could not be looked at: {type(failed).__name__}."
        yield error(name, found, "The error stands in the log. Tell it to those who make the plugin.")


def _refused(check: str, failed: SQLAlchemyError) -> Finding:
    # An error's own words may hold an address with its password, or what was to be written.
    trouble = trouble_of(failed)
    if trouble is not None:
        return error(check, trouble.value, "See to the database; the plugin needs nothing else to go on.")
    named = f"The database has refused: {type(failed).__name__}."
    return error(check, named, "See the database's own log. The plugin's user must be allowed to create tables.")

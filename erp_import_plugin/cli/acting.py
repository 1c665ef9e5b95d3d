"""What every command does first and last: finds the plugin and the user, and says errors in sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from erp_import_plugin.cli.printing import clean
from erp_import_plugin.cli.progress import ProgressLine
from erp_import_plugin.errors import ErpImportError
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs
from erp_import_plugin.store.troubles import trouble_of
from erp_import_plugin.translations import say
from erp_import_plugin.workflow import access
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.rooms import Rooms

DONE, WITH_FAULTS, REFUSED, STOPPED = 0, 1, 2, 130
"""Exit statuses: done; done, but rows are held or failed; refused; stopped with Ctrl+C."""

_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Desk:
    """What a command works with. ``jobs`` are done before they return."""

    rooms: Rooms
    jobs: Jobs
    user: User
    as_json: bool

    def show(self, data: Any, text: Callable[[], str]) -> None:
        """Print the result: JSON data where that was asked for, else a text for people."""
        click.echo(json.dumps(data, ensure_ascii=False, indent=2) if self.as_json else text())

    def tell(self, text: str) -> None:
        """Say something beside the result."""
        click.echo(text, err=True)


class Refusal(click.ClickException):
    """The command cannot do what it was asked."""

    exit_code = REFUSED


def acting(function: Callable[..., int]) -> Callable[..., None]:
    """Make a function of a :class:`Desk` and its options a command's body that ends with the status it gives."""

    @click.option("--user", "user_id", required=True, envvar="ERP_IMPORT_USER", help="Id of the user to act as.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a text.")
    @with_appcontext
    @wraps(function)
    def body(user_id: str, as_json: bool, **options: Any) -> None:
        try:
            # Hosts make the addresses of their pages with url_for, which knows none without a request.
            with current_app.test_request_context():
                status = function(_desk(user_id, as_json), **options)
        except Invalid as error:
            raise Refusal("\n".join(f"{key}: {clean(say(text))}" for key, text in error.errors.items())) from error
        except ErpImportError as error:
            raise Refusal(clean(say(error.message))) from error
        except SQLAlchemyError as error:
            trouble = trouble_of(error)
            if trouble is None:
                raise
            raise Refusal(f"{trouble.value} What was done until then is kept. Run the command again later.") from error
        except KeyboardInterrupt:
            click.echo("\nStopped. What was done is kept.", err=True)
            status = STOPPED
        click.get_current_context().exit(status)

    return body


def _desk(user_id: str, as_json: bool) -> Desk:
    installed = current_app.extensions.get("erp_import")
    if installed is None:
        raise Refusal("This app has no ERP import.")
    user = installed.rooms.host.access.find_user(user_id)
    if user is None:
        raise Refusal(f"There is no user with the id “{clean(user_id)}”.")
    access.check_user(installed.rooms, user)
    # Pages are for screens; a command reads many rows, and more of them at once.
    rooms = replace(installed.rooms, config=replace(installed.config, page_size=_ROWS_AT_ONCE))
    return Desk(rooms, installed.jobs.in_this_thread(ProgressLine()), user, as_json)

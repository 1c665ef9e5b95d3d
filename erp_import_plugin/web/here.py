"""What a view is given: this app's rooms, its jobs, and who asks."""

from __future__ import annotations

from typing import Protocol, cast

from flask import current_app, g, request
from flask_babel import get_locale

from erp_import_plugin.config import Config
from erp_import_plugin.host_api import User
from erp_import_plugin.jobs import Jobs
from erp_import_plugin.workflow import access
from erp_import_plugin.workflow.rooms import Rooms

EXTENSION = "erp_import"


class Extension(Protocol):
    """What the extension keeps in ``app.extensions["erp_import"]`` for us."""

    @property
    def rooms(self) -> Rooms:
        """The rooms below."""

    @property
    def jobs(self) -> Jobs:
        """The long works."""


class SignInNeeded(Exception):
    """Nobody is signed in."""


def _extension() -> Extension:
    return cast(Extension, current_app.extensions[EXTENSION])


def rooms() -> Rooms:
    """The rooms of this app."""
    return _extension().rooms


def jobs() -> Jobs:
    """The long works of this app."""
    return _extension().jobs


def config() -> Config:
    """The plugin's configuration in this app."""
    return rooms().config


def user() -> User:
    """Who asks, and may import.

    Raises:
        SignInNeeded: nobody is signed in.
        NotAllowed: the user has no right to import.
    """
    if "erp_import_user" not in g:
        found = rooms().host.access.current_user()
        if found is None:
            raise SignInNeeded
        g.erp_import_user = access.check_user(rooms(), found)
    return cast(User, g.erp_import_user)


def language() -> str:
    """The reader's language, such as "nb" or "de_CH"."""
    return str(get_locale() or "en")


def wants_part() -> bool:
    """Whether htmx asks for a part of the page, so that a redirect must be told to it."""
    return "HX-Request" in request.headers


def is_script() -> bool:
    """Whether our script asks beside the page, where nothing that is answered is shown as it is."""
    return request.headers.get("X-Requested-With") == "fetch"


def asked_part() -> str:
    """The id of the part that htmx asks for, empty where a whole page is asked for."""
    return request.headers.get("HX-Target", "")


def page_number() -> int:
    """The page asked for; the first where that is no number."""
    text = request.args.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 10 else 1

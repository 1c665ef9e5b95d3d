"""The pages, one module per place in the navigator."""

from __future__ import annotations

from flask import Flask

from . import (
    appearance,
    auth,
    companies,
    contacts,
    home,
    imports,
    lists,
    preferences,
    privacy,
    projects,
    selections,
    sync,
    users,
)


def init_app(app: Flask) -> None:
    for module in (
        appearance, auth, companies, contacts, home, imports, lists, preferences, privacy, projects, selections, sync,
        users,
    ):  # fmt: skip
        app.register_blueprint(module.blueprint)

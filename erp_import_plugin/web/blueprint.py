"""The addresses of our pages, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, request

import erp_import_plugin
from erp_import_plugin.config import Config
from erp_import_plugin.late import late
from erp_import_plugin.web import answers, context, failures, here, received
from erp_import_plugin.workflow import access

_STATIC = "erp_import.static"
_AFTER_THE_START = (
    "source",
    "source_backup",
    "imports",
    "importing",
    "events",
    "done",
    "done_file",
    "corrections_file",
    "preview_file",
    "history",
    "saved",
    "saved_import",
    "presets",
)
"""What can be looked at while automatic sync is on; starting an import is refused by its own step."""
_MOST_ID = 2**63 - 1
_SET_UP = "/sync"
"""Where the set-up is. It is open while automatic sync is on: nothing is imported there."""


def _view(name: str) -> Callable[..., Any]:
    """A function of ``views``, as "module.function"."""
    module, function = name.split(".")
    return late(f"erp_import_plugin.web.views.{module}", function)


def make_blueprint(config: Config) -> Blueprint:
    """The pages under ``config.url_prefix``. Its name is "erp_import"."""
    pages = Blueprint(
        "erp_import", __name__, url_prefix=config.url_prefix, static_folder="static", template_folder=_templates()
    )
    one = "/imports/<token>"
    pages.add_url_rule("/", "source", _view("source.show"))
    pages.add_url_rule("/backup", "source_backup", _view("source.back_up"), methods=["POST"])
    pages.add_url_rule("/connection", "connection", _view("connection.answer"), methods=["GET", "POST"])
    pages.add_url_rule("/imports", "imports", _view("imports.show"))
    pages.add_url_rule(f"{one}/discard", "discard", _view("imports.discard"), methods=["POST"])
    pages.add_url_rule(f"{one}/search", "search", _view("search.answer"), methods=["GET", "POST"])
    pages.add_url_rule(f"{one}/search/items", "search_items", _view("search.items"))
    pages.add_url_rule(f"{one}/staging", "staging", _view("staging.answer"), methods=["GET", "POST"])
    pages.add_url_rule(f"{one}/settings", "settings", _view("settings.answer"), methods=["GET", "POST"])
    pages.add_url_rule(f"{one}/preview", "preview", _view("preview.answer"), methods=["GET", "POST"])
    pages.add_url_rule(f"{one}/preview/fields", "fields", _view("fields.answer"), methods=["GET", "POST"])
    pages.add_url_rule(f"{one}/preview/<int:row>", "preview_row", _view("preview.answer_row"), methods=["GET", "POST"])
    pages.add_url_rule(f"{one}/importing", "importing", _view("importing.answer"), methods=["GET", "POST"])
    pages.add_url_rule(f"{one}/events", "events", _view("events.stream"))
    pages.add_url_rule(f"{one}/done", "done", _view("done.show"))
    pages.add_url_rule(f"{one}/undo", "undo", _view("undo.begin"), methods=["POST"])
    pages.add_url_rule(f"{one}/history", "history", _view("history.show"))
    pages.add_url_rule(f"{one}/done.<any(csv, xlsx):kind>", "done_file", _view("exports.result"))
    pages.add_url_rule(f"{one}/corrections.xlsx", "corrections_file", _view("exports.corrections"))
    pages.add_url_rule(f"{one}/preview.<any(csv, xlsx):kind>", "preview_file", _view("exports.plan"))
    _add_saved(pages, one)
    _add_set_up(pages)
    pages.before_request(_let_in)
    pages.after_request(answers.secure)
    pages.context_processor(context.template_context)
    failures.register(pages)
    return pages


def _add_saved(pages: Blueprint, one: str) -> None:
    """The pages of saved imports and presets."""
    both = ["GET", "POST"]
    pages.add_url_rule("/saved", "saved", _view("saved_imports.show"), methods=both)
    pages.add_url_rule(
        f"/saved/<int(max={_MOST_ID}):saved_id>", "saved_import", _view("saved_imports.answer"), methods=both
    )
    pages.add_url_rule("/presets", "presets", _view("presets.answer"), methods=both)
    pages.add_url_rule(f"{one}/save", "save_import", _view("saved_imports.save"), methods=both)
    pages.add_url_rule(f"{one}/repeat", "repeat", _view("saved_imports.repeat"), methods=both)


def _add_set_up(pages: Blueprint) -> None:
    """The pages of *Quote/Sync > Sync*."""
    one = f"{_SET_UP}/connections/<int(max={_MOST_ID}):connection_id>"
    both = ["GET", "POST"]
    pages.add_url_rule(f"{_SET_UP}/audit", "audit", _view("audit.show"))
    pages.add_url_rule(f"{_SET_UP}/audit.<any(csv, xlsx):kind>", "audit_file", _view("audit.file"))
    pages.add_url_rule(f"{_SET_UP}/connectors", "connectors", _view("connectors.show"))
    pages.add_url_rule(f"{_SET_UP}/connections", "connections", _view("connections.answer"), methods=both)
    pages.add_url_rule(f"{_SET_UP}/connections/new", "connection_new", _view("connections.choose"))
    pages.add_url_rule(
        f"{_SET_UP}/connections/new/<connector>", "connection_add", _view("connections.add"), methods=both
    )
    pages.add_url_rule(f"{_SET_UP}/connections/users", "connection_users", _view("connections.users"))
    for step in ("mappings", "defaults"):
        view = _view(f"{step}.answer")
        pages.add_url_rule(f"{one}/{step}", step, view, methods=both, defaults={"actor_type": ""})
        pages.add_url_rule(f"{one}/{step}/<actor_type>", step, view, methods=both)
    pages.add_url_rule(f"{one}/lists", "list_mapping", _view("list_mapping.answer"), methods=both)
    pages.add_url_rule(one, "connection_edit", _view("connections.edit"), methods=both)
    pages.add_url_rule(f"{one}/delete", "connection_delete", _view("connections.delete"), methods=both)


def _let_in() -> None:
    """Who may not import, or not set up, sees nothing of it; while automatic sync is on, no step goes on."""
    if request.endpoint == _STATIC:
        return
    received.check_size()
    here.user()
    received.drop_nul()
    if request.path.startswith(f"{here.config().url_prefix}{_SET_UP}/"):
        access.check_set_up(here.rooms(), here.user())
    elif (request.endpoint or "").rpartition(".")[2] not in _AFTER_THE_START:
        access.check_sync(here.rooms())


def _templates() -> str:
    """The folder of the pages: inside the package as installed, beside it in a checkout."""
    package = Path(erp_import_plugin.__file__).parent
    inside = package / "templates"
    return str(inside if inside.is_dir() else package.parent / "templates")

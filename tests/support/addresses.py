"""Every address of ours: who may use it, in which ways, and whether that is so while automatic sync is on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from erp_import_plugin.workflow import saved_imports
from tests.support.rooms import ADMIN
from tests.support.site import Site

EVERYONE, OWN, SET_UP = "who may import", "whose import it is, or who manages all", "who may set up"


@dataclass(frozen=True)
class Entry:
    """An address; ``button`` is one of its form, for which what the address names has to be looked up."""

    who: str
    path: str
    methods: str = "GET"
    while_sync_is_on: bool = True
    button: str = ""


FORM = "GET POST"
TABLE = {
    "source": Entry(EVERYONE, ""),
    "source_backup": Entry(EVERYONE, "backup", "POST"),
    "connection": Entry(EVERYONE, "connection", FORM, while_sync_is_on=False),
    "imports": Entry(EVERYONE, "imports"),
    "saved": Entry(EVERYONE, "saved", FORM),
    "presets": Entry(EVERYONE, "presets", FORM),
    "saved_import": Entry(OWN, "saved/1", FORM),
    "save_import": Entry(OWN, "imports/{token}/save", FORM, while_sync_is_on=False),
    "repeat": Entry(OWN, "imports/{run}/repeat", FORM, while_sync_is_on=False, button="cancel"),
    "discard": Entry(OWN, "imports/{token}/discard", "POST", while_sync_is_on=False),
    "search": Entry(OWN, "imports/{token}/search", FORM, while_sync_is_on=False),
    "search_items": Entry(OWN, "imports/{token}/search/items?list=countries&q=n", while_sync_is_on=False),
    "staging": Entry(OWN, "imports/{token}/staging", FORM, while_sync_is_on=False, button="remove"),
    "settings": Entry(OWN, "imports/{token}/settings", FORM, while_sync_is_on=False),
    "preview": Entry(OWN, "imports/{token}/preview", FORM, while_sync_is_on=False, button="all"),
    "preview_row": Entry(OWN, "imports/{token}/preview/1", FORM, while_sync_is_on=False),
    "preview_file": Entry(OWN, "imports/{token}/preview.csv"),
    "fields": Entry(OWN, "imports/{token}/preview/fields", FORM, while_sync_is_on=False),
    "importing": Entry(OWN, "imports/{token}/importing", FORM, button="cancel"),
    "events": Entry(OWN, "imports/{token}/events"),
    "done": Entry(OWN, "imports/{token}/done"),
    "done_file": Entry(OWN, "imports/{token}/done.csv"),
    "corrections_file": Entry(OWN, "imports/{token}/corrections.xlsx"),
    "history": Entry(OWN, "imports/{token}/history"),
    "undo": Entry(OWN, "imports/{token}/undo", "POST", while_sync_is_on=False),
    "audit": Entry(SET_UP, "sync/audit"),
    "audit_file": Entry(SET_UP, "sync/audit.csv"),
    "connectors": Entry(SET_UP, "sync/connectors"),
    "connections": Entry(SET_UP, "sync/connections", FORM),
    "connection_new": Entry(SET_UP, "sync/connections/new"),
    "connection_add": Entry(SET_UP, "sync/connections/new/shop", FORM),
    "connection_users": Entry(SET_UP, "sync/connections/users?find=a"),
    "connection_edit": Entry(SET_UP, "sync/connections/1", FORM),
    "mappings": Entry(SET_UP, "sync/connections/1/mappings/Customer", FORM),
    "list_mapping": Entry(SET_UP, "sync/connections/1/lists?erp=categories&crm=category", FORM),
    "defaults": Entry(SET_UP, "sync/connections/1/defaults/Customer", FORM),
    "connection_delete": Entry(SET_UP, "sync/connections/1/delete", FORM),  # the last: nothing is there afterwards
}


def rules(app: Flask) -> Iterator[tuple[str, set[str]]]:
    """The app's addresses of ours, with their methods."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("erp_import.") and rule.endpoint != "erp_import.static":
            yield rule.endpoint.removeprefix("erp_import."), rule.methods or set()


def given(site: Site) -> dict[str, str]:
    """The tokens, as addresses name them, of an import of the admin's that is done and of the run of a saved one."""
    token = site.imported()
    rooms = site.house.rooms
    saved_id = saved_imports.save(rooms, ADMIN, token, "Nightly")
    return {"token": token, "run": saved_imports.run(rooms, site.house.jobs, ADMIN, saved_id)}

"""Open Import, and choose the source."""

from __future__ import annotations

from flask import flash, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.errors import Refused
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.import_lines import line
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.steps import SOURCE, steps
from erp_import_plugin.web.views import saved_imports
from erp_import_plugin.workflow import access, imports
from erp_import_plugin.workflow.saved_imports import listed

_LATEST = 5


def show() -> str:
    """The first page: the backup, the source, and the imports that were begun."""
    rooms = here.rooms()
    found, total = imports.listed(rooms, here.jobs(), here.user())
    saved = listed(rooms, here.user())
    backup = rooms.host.backup
    return render(
        "source",
        sync_reason=_sync_reason(),
        sync_url=rooms.host.links.sync(),
        import_page=rooms.host.links.import_page(),
        backup=backup is not None,
        why_no_backup=backup.unavailable() if backup else None,
        last_backup=backup.last() if backup else None,
        imports=[line(one) for one in found[:_LATEST]],
        more=total > _LATEST,
        saved=[saved_imports.line(one) for one in saved.rows[:_LATEST]],
        more_saved=saved.total > _LATEST,
        steps=steps(SOURCE),
    )


def back_up() -> Response:
    """Have the host make a backup now."""
    action.check()
    backup = here.rooms().host.backup
    if backup is None:
        raise Refused(_("This CRM offers no backup here."))
    try:
        made = backup.make(here.user())
    except OSError as error:
        flash(_("The backup failed: %(error)s", error=error), "error")
    else:
        flash(_("The backup was made: %(where)s", where=made.where), "success")
    return go(url_for(".source"))


def _sync_reason() -> str:
    try:
        access.check_sync(here.rooms())
    except access.SyncIsOn as on:
        return say(on.message)
    return ""

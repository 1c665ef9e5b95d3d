"""The imports so far, and throwing one away."""

from __future__ import annotations

from flask import flash, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.import_lines import line
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager
from erp_import_plugin.workflow import imports
from erp_import_plugin.workflow.paging import page_count


def show() -> str:
    """All imports the user may see, newest first."""
    page = here.page_number()
    found, total = imports.listed(here.rooms(), here.jobs(), here.user(), page)
    pages = page_count(total, here.config().page_size)
    return render(
        "imports",
        imports=[line(one) for one in found],
        pager=pager(min(page, pages), pages, len(found), total),
        everyone=here.rooms().host.access.may_manage_all(here.user()),
    )


def discard(token: str) -> Response:
    """Throw an import away that has written nothing."""
    action.check()
    imports.discard(here.rooms(), here.user(), token)
    flash(_("The import was discarded. The CRM was not changed."), "success")
    return go(url_for(".source"))

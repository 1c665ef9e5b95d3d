"""What a page says when a step is refused, something is not there, or the ERP fails. Never a stack trace."""

from __future__ import annotations

from typing import TypeAlias

from flask import Blueprint, flash, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import InternalServerError, RequestEntityTooLarge
from werkzeug.wrappers import Response

from erp_import_plugin.errors import ErpImportError, NotFound
from erp_import_plugin.store.troubles import trouble_of
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import lazy_gettext, say
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import go, later
from erp_import_plugin.web.forms.action import StaleForm
from erp_import_plugin.web.here import SignInNeeded
from erp_import_plugin.web.pages import render
from erp_import_plugin.workflow.access import MayNotSetUp, NotAllowed, SyncIsOn
from erp_import_plugin.workflow.limits import TooOften

Answer: TypeAlias = "Response | tuple[str, int]"

STALE = lazy_gettext("This page was open for too long, so nothing was done. Try again.")


def register(blueprint: Blueprint) -> None:
    """Answer every error of our pages with a page of ours."""
    blueprint.register_error_handler(SignInNeeded, _sign_in)
    blueprint.register_error_handler(NotAllowed, _not_allowed)
    blueprint.register_error_handler(NotFound, _not_found)
    blueprint.register_error_handler(SyncIsOn, _sync_is_on)
    blueprint.register_error_handler(TooOften, _too_often)
    blueprint.register_error_handler(ErpImportError, _refused)
    blueprint.register_error_handler(StaleForm, _stale)
    blueprint.register_error_handler(CSRFError, _stale)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    blueprint.register_error_handler(InternalServerError, _broken)


def _sign_in(_error: SignInNeeded) -> Response:
    back_to = request.full_path if request.method != "POST" else url_for(".source")
    return go(here.rooms().host.access.sign_in_url(back_to))


def _not_allowed(error: NotAllowed) -> Answer:
    title = _("You may not set up connections") if isinstance(error, MayNotSetUp) else _("You may not import")
    return _page(title, say(error.message), 403, leads_on=isinstance(error, MayNotSetUp))


def _not_found(error: NotFound) -> Answer:
    return _page(_("Not found"), say(error.message), 404)


def _sync_is_on(error: SyncIsOn) -> Answer:
    if here.wants_part():
        return go(_this_page())
    body = render(
        "sync_is_on",
        text=say(error.message),
        sync_url=here.rooms().host.links.sync(),
        again_url=_this_page(),
    )
    return body, 409


def _too_often(error: TooOften) -> Answer:
    """Of a button beside a form; where something was filled in, its view shows the form again."""
    title = _("The ERP was asked too often")
    return later(render("refused", title=title, text=say(error.message), back_url=_this_page()), error.wait)


def _refused(error: ErpImportError) -> Answer:
    if request.method == "POST":
        flash(say(error.message), "error")
        # The script saves ticks beside the page, so it reads the page anew itself, with what is said on it.
        return ("", 409) if here.is_script() else go(_this_page())
    return _page(_("This step is not possible now"), say(error.message), 409)


def _stale(_error: StaleForm | CSRFError) -> Response:
    flash(str(STALE), "error")
    return go(_this_page())


def _too_large(_error: RequestEntityTooLarge) -> Answer:
    return _page(_("This was too much at once"), _("The form was longer than any of ours, so nothing was done."), 413)


def _broken(error: InternalServerError) -> Answer:
    trouble = trouble_of(error.original_exception) if error.original_exception else None
    if trouble is not None:
        text = _("What was added and imported is kept. Try again in a while, or tell who runs the CRM.")
        return _page(_("This did not work"), f"{say(trouble.value)} {text}", 503)
    text = _("Something went wrong here. What was added and imported is kept. Try again, or tell who runs the CRM.")
    return _page(_("This did not work"), text, 500)


def _page(title: str, text: str, status: int, leads_on: bool = True) -> Answer:
    if here.wants_part():
        return go(_this_page())
    return render("refused", title=title, text=text, leads_on=leads_on), status


def _this_page() -> str:
    """Where the user stands: the address itself, or the first page where it only takes forms."""
    rule = request.url_rule
    return request.full_path.rstrip("?") if rule and rule.methods and "GET" in rule.methods else url_for(".source")

"""What every page has: the template's furniture, the security headers, and an answer to every error."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from . import appearance, navigation

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    app.context_processor(_furniture)
    app.after_request(_secure)
    app.template_global()(page_url)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(500, _failed)


def page_url(number: int) -> str:
    """This page with another page number, everything else as it is asked for."""
    # Not handed to url_for, which would take some of what a visitor has typed for its own, such as a "_scheme".
    query = urlencode({**request.args.to_dict(flat=False), "page": number}, doseq=True)
    return f"{url_for(request.endpoint or 'home.index', **(request.view_args or {}))}?{query}"


def _furniture() -> dict[str, Any]:
    signed_in = bool(current_user and current_user.is_authenticated)
    return {
        "navigator": navigation.sections(current_user.is_administrator) if signed_in else [],
        "languages": appearance.LANGUAGES,
        "language": appearance.language(),
        "themes": {"auto": gettext("Auto"), "light": gettext("Light"), "dark": gettext("Dark")},
        "theme": appearance.theme(),
    }


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not (request.endpoint or "").endswith("static"):
        # What a signed-in person saw is not for the next one at this browser.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refused(problem: HTTPException) -> Any:
    if problem.response is not None or problem.code is None or problem.code < 400:
        return problem
    if isinstance(problem, SecurityError):
        # The host's name in the request is not ours: no page can be built, since no address can.
        return problem
    title, advice = _in_words(problem)
    headers = [
        (name, value) for name, value in problem.get_headers() if name.lower() not in ("content-type", "content-length")
    ]
    return render_template("demo/error.html", heading=title, advice=advice), problem.code, headers


def _failed(_problem: Exception) -> Any:
    advice = gettext("Nothing was changed. Try again, and tell your administrator if it happens again.")
    return render_template("demo/error.html", heading=gettext("Something went wrong"), advice=advice), 500


def _in_words(problem: HTTPException) -> tuple[str, str]:
    if isinstance(problem, CSRFError):
        return (
            gettext("This page was open too long"),
            gettext("Nothing was changed. Go back, load the page again, and repeat what you did."),
        )
    known = {
        403: (gettext("Not for you"), gettext("Your role does not allow this. Ask an administrator.")),
        404: (gettext("Not found"), gettext("There is nothing at this address. It may have been deleted.")),
        413: (gettext("Too large"), gettext("What you sent is larger than this server takes.")),
    }
    other = (gettext("This cannot be done"), gettext("The server did not understand what was sent."))
    return known.get(problem.code or 0, other)


def safe_referrer() -> str:
    """The page the reader came from when it is one of ours, else the first page."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc == request.host and came_from.path:
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return url_for("home.index")

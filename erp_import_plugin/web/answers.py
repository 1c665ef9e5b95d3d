"""Answers that are no page: redirects, and the headers of every answer."""

from __future__ import annotations

from flask import Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from erp_import_plugin.web import here

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
_YEAR = 365 * 24 * 3600


def go(url: str) -> AnyResponse:
    """Send the browser on to another page, after a form or because this page has nothing to show any more."""
    if here.wants_part():
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = url
        return answer
    return redirect(url, 303)


def stay(url: str) -> AnyResponse:
    """Show this page anew after a form; a part of it where a part was asked for."""
    return redirect(url, 303)


def later(page: str, wait: int) -> AnyResponse:
    """A page with what was filled in, whose button was pressed too often; in ``wait`` seconds it may be again."""
    answer = make_response(page, 429)
    answer.headers["Retry-After"] = str(wait)
    return answer


def secure(response: Response) -> Response:
    """Add the security headers, and keep pages out of every cache; static files carry their version in the address."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not (request.endpoint or "").endswith(".static"):
        # What a signed-in person saw is not for the next one at this browser.
        response.headers["Cache-Control"] = "no-store"
    elif request.args.get("v"):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response

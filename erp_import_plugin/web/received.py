"""What a request brings: no more than a page of ours sends, and as every database takes it."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

MOST_BYTES = 2 * 1024 * 1024
MOST_FIELDS = 10_000
"""Of a form: several times what the longest page sends with 500 rows."""


def check_size() -> None:
    """Raise :class:`RequestEntityTooLarge` for what no page of ours sends, as far as possible before it is read."""
    if "Transfer-Encoding" in request.headers or (request.content_length or 0) > MOST_BYTES:
        raise RequestEntityTooLarge
    if sum(len(values) for values in request.form.listvalues()) > MOST_FIELDS:
        raise RequestEntityTooLarge


def drop_nul() -> None:
    """Go on as if no NUL had been sent: no keyboard makes one, and PostgreSQL refuses a text that holds one."""
    if request.view_args:
        request.view_args = {
            name: _plain(value) if isinstance(value, str) else value for name, value in request.view_args.items()
        }
    if _holds_nul(request.args):
        request.args = _without_nul(request.args)
    if _holds_nul(request.form):
        request.form = _without_nul(request.form)


def _holds_nul(sent: MultiDict[str, str]) -> bool:
    return any("\0" in text for pair in sent.items(multi=True) for text in pair)


def _without_nul(sent: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict([(_plain(name), _plain(value)) for name, value in sent.items(multi=True)])


def _plain(text: str) -> str:
    return text.replace("\0", "")

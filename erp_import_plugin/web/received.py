"""What a request brings, as every database takes it."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict


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

"""A form of buttons: only its protection is checked here."""

from __future__ import annotations

from flask import request
from flask_wtf import FlaskForm


class ActionForm(FlaskForm):  # type: ignore[misc]
    """Carries the CSRF token; everything else a page sends is read by its own functions."""


class StaleForm(Exception):
    """The page was open for too long, or the form was not ours."""


def check() -> None:
    """Raises :class:`StaleForm` unless the form that was sent carries this session's token."""
    if not ActionForm().validate_on_submit():
        raise StaleForm


def pressed() -> tuple[str, str]:
    """The button that was pressed: what it does, and to what ("delete:0.2" is "delete" and "0.2")."""
    name, _, target = request.form.get("do", "").partition(":")
    return name, target


def numbers(name: str) -> list[int]:
    """The whole numbers sent under a name; anything else was not ours and is left out."""
    return [int(text) for text in request.form.getlist(name) if text.isascii() and text.isdigit() and len(text) < 19]


def ticks(on: bool) -> list[int]:
    """The rows that were shown and are now ticked, or not; a row that was not shown keeps its tick."""
    ticked = set(numbers("tick"))
    return [row for row in numbers("shown") if (row in ticked) is on]

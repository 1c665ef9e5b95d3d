"""Language and theme: chosen by the reader, else by the browser."""

from __future__ import annotations

from flask import Flask, has_request_context, request, session
from flask_babel import Babel

LANGUAGES = {
    "en": "English",
    "nb": "Norsk bokmål",
    "da": "Dansk",
    "sv": "Svenska",
    "de": "Deutsch",
    "nl": "Nederlands",
}
THEMES = ("auto", "light", "dark")
_ALSO = {"no": "nb", "nn": "nb"}


def language() -> str:
    """One of ``LANGUAGES``, for every text, date and number of this request; English where there is none."""
    if not has_request_context():
        return "en"
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    wanted = request.accept_languages.best_match([*LANGUAGES, *_ALSO], default="en")
    return _ALSO.get(wanted, wanted)


def theme() -> str:
    chosen = session.get("theme")
    return chosen if chosen in THEMES else "auto"


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    Babel(app, default_translation_directories="translations", locale_selector=language)

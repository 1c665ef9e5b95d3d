"""The plugin's texts in the reader's language: a catalogue of our own, in the locale of the host's Flask-Babel.

Outside a request or app context every text is English. Rooms that know no Flask say
:class:`~erp_import_plugin.errors.Sentence`, and :func:`say` translates it where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, get_locale, get_timezone, get_translations
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from erp_import_plugin.errors import Sentence

NAME = "erp_import"
_FOLDER = Path(__file__).parent

domain = Domain([str(_FOLDER)], NAME)


def _catalogue() -> NullTranslations:
    found: NullTranslations = domain.get_translations() if has_app_context() else NullTranslations()
    return found


def gettext(message: str, **values: object) -> str:
    """``message`` in the reader's language with ``%(name)s`` filled in."""
    text = _catalogue().gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The form of the message that fits ``num``, which fills ``%(num)s`` in the reader's format ("12,431")."""
    return _catalogue().ngettext(singular, plural, num) % {"num": _number(num), **values}


def _number(num: int) -> str:
    return format_decimal(num, locale=(get_locale() if has_app_context() else None) or "en")


def date_format(locale: Locale | None, length: str) -> str:
    """The format of a date, for Babel: ``length``, but 22 Nov 2026 where English is of no country.

    Plain "en" is American to Babel, and 4/5/2026 another day to most who read English.
    """
    plain = locale is None or (locale.language == "en" and not locale.territory)
    return "d MMM y" if plain else length


class Catalogues:
    """Says things in a language that is named, whoever looks; see ``workflow.tongue``."""

    def say(self, sentence: Sentence, language: str) -> str:
        """The sentence in that language."""
        found = Translations.load(str(_FOLDER), [str(_locale(language))], NAME)
        text: str = found.gettext(sentence.template)
        params = {
            name: self.say(value, language) if isinstance(value, Sentence) else value
            for name, value in sentence.params.items()
        }
        return text % params if params else text

    def moment(self, when: datetime, language: str) -> str:
        """A date with time in that language's format and, within an app, its time zone."""
        locale = _locale(language)
        own = when.astimezone(get_timezone()) if has_app_context() else when
        return f"{format_date(own, date_format(locale, 'medium'), locale)}, {format_time(own, 'short', locale=locale)}"


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language or "en")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def lazy_gettext(message: str) -> str:
    """``message``, translated each time it is shown: for labels made when a module is loaded.

    It takes no values: Jinja does not escape lazy texts.
    """
    lazy: str = LazyString(gettext, message)
    return lazy


def say(text: str) -> str:
    """A :class:`~erp_import_plugin.errors.Sentence` in the reader's language; any other text as it is."""
    if not isinstance(text, Sentence):
        return text
    return gettext(text.template, **{name: say(value) for name, value in text.params.items()})


@pass_eval_context
def _template_gettext(context: EvalContext, message: str, **values: object) -> str:
    text = _catalogue().gettext(message)
    return _filled(context, get_translations().gettext(message) if text == message else text, values)


@pass_eval_context
def _template_ngettext(context: EvalContext, singular: str, plural: str, num: int, **values: object) -> str:
    text = _catalogue().ngettext(singular, plural, num)
    if text in (singular, plural):
        text = get_translations().ngettext(singular, plural, num)
    return _filled(context, text, {"num": _number(num), **values})


def _filled(context: EvalContext, text: str, values: dict[str, Any]) -> str:
    # As Jinja's own new-style functions do it: values are escaped, and a lone percent sign is written twice.
    return (Markup(text) if context.autoescape else text) % values  # noqa: S704  a catalogue's text is ours


def template_functions() -> dict[str, Callable[..., str]]:
    """What our templates call. A text we have not is looked up in the host's catalogue, for the host's base template.

    Part of the context, not of the environment, which is the host's: a template of macros is imported ``with context``.
    """
    return {"_": _template_gettext, "gettext": _template_gettext, "ngettext": _template_ngettext, "say": say}


def shipped() -> tuple[str, ...]:
    """The languages there are texts in, English first."""
    return ("en", *sorted(found.parents[1].name for found in _FOLDER.glob(f"*/LC_MESSAGES/{NAME}.mo")))


def ensure_babel(app: Flask, languages: Sequence[str]) -> None:
    """Give a host without Flask-Babel one that takes the first of the reader's languages that is in ``languages``.

    A host that has its own, or sets one up later, keeps it and decides on the language.
    """
    if "babel" in app.extensions:
        return
    offered = [language for language in languages if language in shipped()] or ["en"]

    def choose() -> str | None:
        return request.accept_languages.best_match(offered) if has_request_context() else None

    Babel(app, default_locale=offered[0], locale_selector=choose)

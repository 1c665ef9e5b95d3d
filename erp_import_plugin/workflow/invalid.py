"""What was filled in cannot be taken; each error stands beside its field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from erp_import_plugin.errors import ErpImportError, Sentence


class Invalid(ErpImportError):
    """Fields of a form, or options of a command, with what is wrong with each, by the field's key."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(_first(errors))
        self.errors = dict(errors)


def no_such_setting(key: str, known: Collection[str]) -> Sentence:
    """What is said of a setting that is none of the ``known`` ones: the one it may have been meant for, else all."""
    close = get_close_matches(key, known, n=1)
    if close:
        return Sentence("There is no setting “%(key)s”. Did you mean %(close)s?", key=key, close=close[0])
    return Sentence("There is no setting “%(key)s”. There are: %(known)s.", key=key, known=", ".join(known))


def _first(errors: Mapping[str, str]) -> str:
    return next(iter(errors.values()), Sentence("Something that was filled in cannot be taken."))

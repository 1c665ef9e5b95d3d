"""What was filled in cannot be taken; each error stands beside its field."""

from __future__ import annotations

from collections.abc import Mapping

from erp_import_plugin.errors import ErpImportError, Sentence


class Invalid(ErpImportError):
    """Fields of a form, or options of a command, with what is wrong with each, by the field's key."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(_first(errors))
        self.errors = dict(errors)


def _first(errors: Mapping[str, str]) -> str:
    return next(iter(errors.values()), Sentence("Something that was filled in cannot be taken."))

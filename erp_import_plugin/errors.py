"""The root of our errors, and the sentences an admin may be shown."""

from __future__ import annotations


class Sentence(str):
    """An English sentence that remembers its template and parameters, so that a page can translate it.

    It is a plain string everywhere. Who shows it translates ``template`` and fills in ``params`` (``%(name)s``). The
    catalogue finds templates by this class's name, so the first argument is always a literal. A parameter may be a
    sentence itself.
    """

    __slots__ = ("params", "template")

    template: str
    params: dict[str, str]

    def __new__(cls, template: str, **params: object) -> Sentence:
        shown = {name: value if isinstance(value, Sentence) else str(value) for name, value in params.items()}
        self = super().__new__(cls, template % shown if shown else template)
        self.template = template
        self.params = shown
        return self


class ErpImportError(Exception):
    """Root of our errors. The message is for the admin: what happened, to what, what to do next; no secrets in it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(ErpImportError):
    """A rule says no: automatic sync is on, the user may not, or the form was overtaken by something newer."""


class NotFound(ErpImportError):
    """It does not exist, or it belongs to someone else; which of the two is not told."""


class ConfigError(ErpImportError):
    """An ``ERP_IMPORT_*`` key is unknown or has a wrong value. Raised when the app is set up, for its developer."""

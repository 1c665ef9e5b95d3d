"""The one error that leaves this room, and how a stranger's exception becomes it."""

from __future__ import annotations

from enum import Enum

from erp_import_plugin.connector_api import AdminCanFix, Cancelled, ConnectorError, TryLater
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.redacting import Redactor
from erp_import_plugin.connector_host.retrying import asked_wait
from erp_import_plugin.errors import ErpImportError, Sentence


class Recovery(str, Enum):
    """What is done about a failure."""

    GIVE_UP = "give_up"
    TRY_LATER = "try_later"
    FIX = "fix"


class ConnectorFailure(ErpImportError):
    """A call to a connector did not work.

    ``connector`` is its name, ``method`` the call, ``message`` a sentence for the admin without secrets, ``field`` the
    key of the config field at fault where the connector says so.
    """

    def __init__(
        self, connector: str, method: str, message: Sentence, recovery: Recovery, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.connector = connector
        self.method = method
        self.recovery = recovery
        self.field = field

    def __str__(self) -> str:
        return f"{self.connector}: {self.message}"


class NonsenseError(Exception):
    """What a connector returned cannot be used; ``sentence`` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def translate(error: BaseException, connector: str, method: str, redact: Redactor) -> ConnectorFailure:
    """The failure to show for whatever a call raised."""
    if isinstance(error, NonsenseError):
        return ConnectorFailure(connector, method, error.sentence, Recovery.GIVE_UP)
    if not isinstance(error, ConnectorError) or isinstance(error, Cancelled):
        return ConnectorFailure(connector, method, _unexpected(error, connector, method, redact), Recovery.GIVE_UP)
    message = _own_words(error, connector, method, redact)
    if isinstance(error, TryLater):
        return ConnectorFailure(connector, method, message, Recovery.TRY_LATER)
    if isinstance(error, AdminCanFix):
        field = getattr(error, "field", None)
        return ConnectorFailure(connector, method, message, Recovery.FIX, field if isinstance(field, str) else None)
    return ConnectorFailure(connector, method, message, Recovery.GIVE_UP)


def describe(error: BaseException) -> str:
    """Type and text of any exception, even one whose text cannot be made."""
    try:
        text = str(error)
    except Exception:  # a stranger's __str__
        text = ""
    return f"{type(error).__name__}: {text}" if text.strip() else type(error).__name__


def _own_words(error: ConnectorError, connector: str, method: str, redact: Redactor) -> Sentence:
    message = getattr(error, "message", None)
    words = excerpt(redact(message)) if isinstance(message, str) else ""
    if words and (wait := asked_wait(error)):
        return Sentence("%(words)s It asks to wait %(seconds)s seconds.", words=words, seconds=f"{wait:,.0f}")
    if words:
        return Sentence("%(words)s", words=words)
    return Sentence(
        "The connector %(connector)s failed in “%(method)s” without saying why.", connector=connector, method=method
    )


def _unexpected(error: BaseException, connector: str, method: str, redact: Redactor) -> Sentence:
    return Sentence(
        "The connector %(connector)s failed in “%(method)s” with an error of its own: %(error)s.",
        connector=connector,
        method=method,
        error=excerpt(redact(describe(error))).rstrip("."),
    )

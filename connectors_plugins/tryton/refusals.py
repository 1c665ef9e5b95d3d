"""What an answer of Tryton's server means: a result, or an error by what is done about it."""

from __future__ import annotations

from typing import Any

import httpx

from connectors_plugins.tryton.wire import decode
from erp_import_plugin.connector_api import AdminCanFix, ConnectorError, GiveUp, TryLater

_LONGEST = 300
"""Characters of Tryton's own words to show; a programming error there can bring pages."""


def result(response: httpx.Response) -> Any:
    """The result in an answer.

    Raises:
        AdminCanFix: the user, its rights or the database are wrong.
        TryLater: somebody changed the records meanwhile.
        GiveUp: anything else.
    """
    if problem := _by_status(response.status_code):
        raise problem
    answer = _object(response)
    if "error" in answer:
        raise _by_name(answer["error"])
    if response.status_code != httpx.codes.OK or "result" not in answer:
        raise GiveUp(f"The server answered {response.status_code} with something that does not come from Tryton.")
    return answer["result"]


def version(response: httpx.Response) -> str:
    """The version of Tryton an answer tells, or nothing if this is not Tryton."""
    told = _object(response).get("result") if response.status_code == httpx.codes.OK else None
    return told if isinstance(told, str) and told[:1].isdigit() else ""


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = decode(response.text)
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _by_status(status: int) -> ConnectorError | None:
    if status == httpx.codes.UNAUTHORIZED:
        return AdminCanFix("Tryton does not accept this user and password.", field="password")
    if status == httpx.codes.FORBIDDEN:
        return AdminCanFix("Tryton does not let this user do what the import needs.", field="user")
    if status == httpx.codes.NOT_FOUND:
        return AdminCanFix("Tryton has no database of this name.", field="database")
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return GiveUp("Tryton is set up to refuse so many records at once ([request] records_limit).")
    return None


def _by_name(error: object) -> ConnectorError:
    """Tryton tells errors as ``[name, [text, description, …]]``, and those of its code as ``[text, traceback]``."""
    name, details = [*error, "", ""][:2] if isinstance(error, list) else (str(error), "")
    said = _words(details)
    if name == "ConcurrencyException":
        return TryLater("Somebody changed these records in Tryton at the same moment.")
    if name == "LoginException":
        return AdminCanFix("This user does not log in to Tryton by password alone.", field="user")
    if name in ("UserError", "UserWarning", "AccessError"):
        return AdminCanFix(f"Tryton refuses: {said}")
    if str(name).startswith("Database ") and "exist" in str(name):
        return AdminCanFix("Tryton has no database of this name.", field="database")
    return GiveUp(f"Tryton failed: {str(name)[:_LONGEST]}")


def _words(details: object) -> str:
    texts = details if isinstance(details, list) else [details]
    return " ".join(text.strip() for text in texts if isinstance(text, str) and text.strip())[:_LONGEST]

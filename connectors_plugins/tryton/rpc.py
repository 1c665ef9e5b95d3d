"""Tryton's remote procedure calls: which addresses this series uses, and the login.

The protocol is that of Tryton's own clients (``trytond/protocols/jsonrpc.py`` and ``dispatcher.py``).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from connectors_plugins.tryton.refusals import result, version
from connectors_plugins.tryton.wire import encode
from erp_import_plugin.connector_api import AdminCanFix, GiveUp, Platform, TryLater

_BUSY = (500, 502, 503, 504)
_LOCKED = 300.0
"""Seconds for which Tryton refuses every login after five wrong ones, unless its ``[session] timeout`` is changed."""


@dataclass(frozen=True)
class Account:
    """Who logs in to which database."""

    database: str
    user: str
    password: str = field(repr=False)


class TrytonRpc:
    """Calls to one database. Logs in when first used, and once more when the session has expired."""

    def __init__(self, platform: Platform, url: str, account: Account) -> None:
        # 429 is left out: here it says that the login is locked, not that the server is busy.
        self._http = platform.http(url, retry_statuses=_BUSY)
        self._account = account
        self._path: str | None = None
        self._authorization: str | None = None
        self.version = ""

    def call(self, method: str, *params: Any) -> Any:
        """The result of a method. A model's method takes its context as the last parameter.

        Raises:
            TryLater: the server is away, busy, or has locked the login for a while.
            AdminCanFix: address, database, user, password or the user's rights are wrong.
            GiveUp: the server does not speak as Tryton 6.0 to 8.2 do.
        """
        known = self._authorization is not None
        response = self._authorized(method, params)
        if known and response.status_code == httpx.codes.UNAUTHORIZED:
            self._authorization = None
            response = self._authorized(method, params)
        return result(response)

    def logout(self) -> None:
        """End Tryton's session, if there is one. Errors as of :meth:`call`."""
        if self._authorization is not None:
            self._authorized("common.db.logout", ())
            self._authorization = None

    def _authorized(self, method: str, params: tuple[Any, ...]) -> httpx.Response:
        path = self._database_path()
        if self._authorization is None:
            self._authorization = self._login(path)
        return self._post(path, method, params, {"Authorization": self._authorization})

    def _post(self, path: str, method: str, params: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        # Exactly these keys: with any other, Tryton answers in another shape.
        body = encode({"id": 1, "method": method, "params": list(params)})
        return self._http.post(path, content=body, headers={"Content-Type": "application/json", **(headers or {})})

    def _database_path(self) -> str:
        """From series 8.0 on everything is called at …/rpc/, before that at the root."""
        if self._path is None:
            database = quote(self._account.database, safe="")
            shapes = (("/rpc/", f"/{database}/rpc/"), ("/", f"/{database}/"))
            self._path = next((path for root, path in shapes if self._answers(root)), None)
        if self._path is None:
            raise AdminCanFix("There is no Tryton server at this address.", field="url")
        return self._path

    def _answers(self, root: str) -> bool:
        self.version = version(self._post(root, "common.server.version", ()))
        return bool(self.version)

    def _login(self, path: str) -> str:
        account = self._account
        response = self._post(path, "common.db.login", (account.user, {"password": account.password}, "en"))
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise TryLater("Tryton has locked this user for some minutes after wrong passwords.", wait=_LOCKED)
        granted = result(response)
        if not isinstance(granted, list) or len(granted) < 2:
            raise GiveUp("Tryton answered the login with something unknown.")
        token = f"{account.user}:{granted[0]}:{granted[1]}"
        return "Session " + base64.b64encode(token.encode()).decode("ascii")

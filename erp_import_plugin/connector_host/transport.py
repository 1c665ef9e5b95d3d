"""HTTP to an ERP: limited in time and size, its failures typed by what is done about them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import httpx

from erp_import_plugin.connector_api import GiveUp, TryLater
from erp_import_plugin.connector_host.addresses import public_addresses

# The body is handed on decoded and whole, so these would be untrue.
_GONE_HEADERS = ("content-encoding", "content-length", "transfer-encoding")
_ERROR_NUMBER = re.compile(r"^\[Errno -?\d+\] ")


class GuardedTransport(httpx.BaseTransport):
    """Reads each answer whole, within ``answer_timeout`` seconds and ``max_answer`` bytes after decompression.

    It asks the server of ``base`` only: an address that an answer names is no reason to tell another one the password.
    """

    def __init__(
        self,
        base: httpx.URL,
        *,
        retry_statuses: frozenset[int],
        answer_timeout: float,
        max_answer: int,
        private_addresses: bool,
        check_cancelled: Callable[[], None],
    ) -> None:
        self._base = base
        self._inner = httpx.HTTPTransport()
        self._retry_statuses = retry_statuses
        self._answer_timeout = answer_timeout
        self._max_answer = max_answer
        self._private_addresses = private_addresses
        self._check_cancelled = check_cancelled

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises TryLater, GiveUp, AdminCanFix or Cancelled; see ``connector_api.Platform.http``."""
        self._check_cancelled()
        if not _same_server(self._base, request.url):
            raise GiveUp(f"{self._base.host} names an address on {_named(request.url)}, which is not asked.")
        deadline = time.monotonic() + self._answer_timeout
        try:
            response = self._send(request)
            response.request = request
            try:
                body = self._read(response, deadline)
            finally:
                response.close()
        except httpx.TimeoutException:
            raise TryLater(f"{request.url.host} did not answer in time.") from None
        except httpx.DecodingError:
            raise GiveUp(f"{request.url.host} sent an answer that cannot be decompressed.") from None
        except httpx.TransportError as error:
            why = _ERROR_NUMBER.sub("", str(error))
            raise TryLater(f"{request.url.host} cannot be reached: {why}.") from None
        return self._judged(request, response, body)

    def close(self) -> None:
        """Let go of the connections."""
        self._inner.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Ask at one of the addresses that were looked at, so that the name cannot stand for another one meanwhile."""
        if self._private_addresses:
            return self._inner.handle_request(request)
        host = request.url.raw_host.decode("ascii")
        *others, last = public_addresses(host, _port(request.url))
        for address in others:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return self._inner.handle_request(_at(address, host, request))
        return self._inner.handle_request(_at(last, host, request))

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        host = response.request.url.host
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            self._check_cancelled()
            if len(body) > self._max_answer:
                raise GiveUp(f"{host} sent more than {self._max_answer:,} bytes in one answer.")
            if time.monotonic() > deadline:
                raise TryLater(f"{host} did not send its whole answer in {self._answer_timeout:g} seconds.")
        return bytes(body)

    def _judged(self, request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
        if response.status_code in self._retry_statuses:
            raise TryLater(
                f"{request.url.host} answered {response.status_code} {response.reason_phrase}".rstrip() + ".",
                wait=retry_after(response.headers.get("retry-after"), datetime.now(timezone.utc)),
            )
        if response.has_redirect_location:
            refuse_other_host(request.url, response.headers["location"])
        kept = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _GONE_HEADERS]
        return httpx.Response(response.status_code, headers=kept, content=body, extensions=response.extensions)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait as of RFC 9110, section 10.2.3: a number of seconds or an HTTP date. None for anything else."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return max((aware - now).total_seconds(), 0.0)


def refuse_other_host(url: httpx.URL, location: str) -> None:
    """Raise GiveUp for a redirect to another host or port, or from https to http."""
    try:
        target = url.join(location)
    except httpx.InvalidURL:
        raise GiveUp(f"{url.host} redirects to an address that is none.") from None
    if not _same_server(url, target):
        raise GiveUp(f"{url.host} redirects to {_named(target)}, which is not followed.")


def _same_server(url: httpx.URL, target: httpx.URL) -> bool:
    """Whether both name one server and port; https may take the place of http, not the other way round."""
    same = (target.scheme, _port(target)) == (url.scheme, _port(url))
    return target.host == url.host and (same or (url.scheme, target.scheme) == ("http", "https"))


def _named(url: httpx.URL) -> str:
    return url.host or "another server"


def _at(address: str, host: str, request: httpx.Request) -> httpx.Request:
    """The same request, sent to an address; its Host and the name that its certificate must have are the server's."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


def _port(url: httpx.URL) -> int:
    return url.port or {"http": 80, "https": 443}.get(url.scheme, 0)

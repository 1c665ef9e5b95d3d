"""HTTP to an ERP: limited in time and size, its failures typed by what is done about them."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import httpx

from erp_import_plugin.connector_api import AdminCanFix, GiveUp, TryLater

# The body is handed on decoded and whole, so these would be untrue.
_GONE_HEADERS = ("content-encoding", "content-length", "transfer-encoding")
_ERROR_NUMBER = re.compile(r"^\[Errno -?\d+\] ")


class GuardedTransport(httpx.BaseTransport):
    """Reads each answer whole, within ``answer_timeout`` seconds and ``max_answer`` bytes after decompression."""

    def __init__(
        self,
        *,
        retry_statuses: frozenset[int],
        answer_timeout: float,
        max_answer: int,
        private_addresses: bool,
        check_cancelled: Callable[[], None],
    ) -> None:
        self._inner = httpx.HTTPTransport()
        self._retry_statuses = retry_statuses
        self._answer_timeout = answer_timeout
        self._max_answer = max_answer
        self._private_addresses = private_addresses
        self._check_cancelled = check_cancelled

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises TryLater, GiveUp, AdminCanFix or Cancelled; see ``connector_api.Platform.http``."""
        self._check_cancelled()
        if not self._private_addresses:
            refuse_private(request.url)
        deadline = time.monotonic() + self._answer_timeout
        try:
            response = self._inner.handle_request(request)
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
    same = target.host == url.host and (target.scheme, _port(target)) == (url.scheme, _port(url))
    upgrade = target.host == url.host and (url.scheme, target.scheme) == ("http", "https")
    if not same and not upgrade:
        raise GiveUp(f"{url.host} redirects to {target.host or 'another address'}, which is not followed.")


def refuse_private(url: httpx.URL) -> None:
    """Raise AdminCanFix if the host's name stands for an address in a private network or on this machine."""
    try:
        found = socket.getaddrinfo(url.host, _port(url), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryLater(f"{url.host} cannot be found: {error}.") from None
    if not all(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found):
        raise AdminCanFix(
            f"{url.host} is in a private network. Ask whoever runs the CRM to allow private addresses for ERPs."
        )


def _port(url: httpx.URL) -> int:
    return url.port or {"http": 80, "https": 443}.get(url.scheme, 0)

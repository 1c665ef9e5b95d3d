"""What the platform gives every connector: HTTP, files, and the word to stop."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from erp_import_plugin.connector_api import AdminCanFix
from erp_import_plugin.connector_host.cancelling import Cancellation
from erp_import_plugin.connector_host.transport import GuardedTransport
from erp_import_plugin.version import __version__


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """What the host decides about the outside world.

    ``files`` is the ERP files folder, None for none. Times in seconds: ``connect_timeout`` to reach an ERP,
    ``answer_timeout`` for a whole answer, which stays below the time a call may take. ``max_answer`` is in bytes.
    ``private_addresses`` allows ERPs in private networks and on this machine.
    """

    files: Path | None = None
    connect_timeout: float = 10.0
    answer_timeout: float = 45.0
    max_answer: int = 64 * 1024 * 1024
    private_addresses: bool = False


class PluginPlatform:
    """The :class:`~erp_import_plugin.connector_api.Platform` of one session."""

    def __init__(self, settings: PlatformSettings, cancellation: Cancellation) -> None:
        self._settings = settings
        self._cancellation = cancellation
        self._clients: list[httpx.Client] = []

    def http(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        retry_statuses: Collection[int] = (429, 500, 502, 503, 504),
    ) -> httpx.Client:
        """See the protocol. The client is closed with the session."""
        base = _url(base_url)
        client = httpx.Client(
            base_url=base,
            headers={"User-Agent": f"erp-import-plugin/{__version__}", **(headers or {})},
            auth=auth,
            follow_redirects=True,
            max_redirects=5,
            timeout=httpx.Timeout(self._settings.answer_timeout, connect=self._settings.connect_timeout),
            transport=GuardedTransport(
                base,
                retry_statuses=frozenset(retry_statuses),
                answer_timeout=self._settings.answer_timeout,
                max_answer=self._settings.max_answer,
                private_addresses=self._settings.private_addresses,
                check_cancelled=self.check_cancelled,
            ),
        )
        self._clients.append(client)
        return client

    def file(self, name: str) -> Path:
        """See the protocol. Links and ".." that lead out of the folder are refused like files that are not there."""
        folder = self._settings.files
        if folder is None:
            raise AdminCanFix("There is no ERP files folder. Ask whoever runs the CRM to set one.")
        root = folder.resolve()
        try:
            path = (root / name).resolve()
            inside = path.is_relative_to(root) and path.is_file()
        except (OSError, ValueError, RuntimeError):  # NUL, too long, a loop of links
            inside = False
        if not inside:
            raise AdminCanFix(
                f"There is no file “{name}” in the ERP files folder. Check the name, or put the file there."
            )
        return path

    def check_cancelled(self) -> None:
        """See the protocol."""
        self._cancellation.check_known()

    def close(self) -> None:
        """Close the clients the session has made."""
        while self._clients:
            self._clients.pop().close()


def _url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise AdminCanFix("The address is not complete. It must begin with https:// or http:// and name a host.")
    return url

"""Private addresses: told by number, whatever the name says, and asked for only once."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from erp_import_plugin.connector_api import AdminCanFix, TryLater
from erp_import_plugin.connector_host import PlatformSettings
from erp_import_plugin.connector_host.addresses import is_public, public_addresses
from erp_import_plugin.connector_host.cancelling import Cancellation
from erp_import_plugin.connector_host.platform import PluginPlatform

WORLD, OTHER = "203.0.114.7", "2a00:1450::1"
NAME = "erp.example"


class Names:
    """A name server; counts how often it was asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[object] = []

    def __call__(self, host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        return [(0, socket.SOCK_STREAM, 0, "", (address, port)) for address in self.answers.pop(0)]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Names]:
    def serve(*answers: list[str]) -> Names:
        made = Names(*answers)
        monkeypatch.setattr(socket, "getaddrinfo", made)
        return made

    return serve


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::5db8:d70e", True),
        ("2002:5db8:d70e::1", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),  # noqa: S104  not bound to
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:a00:1::1", False),
        ("fc00::1", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
    ],
)
def test_what_is_of_the_world(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize("found", [["192.168.1.5"], [WORLD, "10.0.0.1"], ["fe80::1%eth0"]])
def test_a_name_that_leads_into_a_private_network_is_refused(names: Callable[..., Names], found: list[str]) -> None:
    names(found)
    with pytest.raises(AdminCanFix, match=f"{NAME} is in a private network"):
        public_addresses(NAME, 443)


def test_a_name_that_stands_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(TryLater, match=r"erp\.example cannot be found"):
        public_addresses(NAME, 443)


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    names: Callable[..., Names], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that says something else the next moment gains nothing."""
    server, sent = names([OTHER, WORLD], ["127.0.0.1"]), []

    def answered(_: object, request: httpx.Request) -> httpx.Response:
        sent.append((request.url.host, request.headers["Host"], request.extensions["sni_hostname"]))
        if request.url.host == OTHER:
            raise httpx.ConnectError("no route")
        return httpx.Response(200, content=b"hello")

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answered)
    platform = PluginPlatform(PlatformSettings(), Cancellation(lambda: False))
    assert platform.http(f"https://{NAME}").get("/").text == "hello"
    platform.close()
    assert sent == [(OTHER, NAME, NAME), (WORLD, NAME, NAME)]
    assert server.asked == [NAME]

"""The platform's files and HTTP, against a real server."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from erp_import_plugin.connector_api import AdminCanFix, Cancelled, GiveUp, TryLater
from erp_import_plugin.connector_host import ConnectorFailure, Limits, PlatformSettings, open_session
from erp_import_plugin.connector_host.cancelling import Cancellation
from erp_import_plugin.connector_host.declaring import check_connector
from erp_import_plugin.connector_host.platform import PluginPlatform
from erp_import_plugin.connector_host.transport import refuse_other_host, retry_after
from tests.support.stubborn import StubbornConnector

NOW = datetime(2024, 5, 17, 12, tzinfo=timezone.utc)


class Handler(BaseHTTPRequestHandler):
    """Answers by path; remembers what it was asked."""

    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []
    busy: ClassVar[int] = 0

    def do_GET(self) -> None:
        self.seen.append((self.path, dict(self.headers)))
        getattr(self, f"answer_{self.path.strip('/').partition('/')[0]}")()

    def answer_ok(self) -> None:
        self.reply(200, b"hello")

    def answer_busy(self) -> None:
        type(self).busy -= 1
        if type(self).busy >= 0:
            self.reply(503, b"", **{"Retry-After": "1"})
        else:
            self.reply(200, b"at last")

    def answer_missing(self) -> None:
        self.reply(404, b"not here")

    def answer_slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with suppress(OSError):
            for _ in range(30):
                self.wfile.write(b"x")
                time.sleep(0.1)

    def answer_silent(self) -> None:
        time.sleep(1.5)

    def answer_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"only this")
        self.close_connection = True

    def answer_large(self) -> None:
        self.reply(200, b"x" * 20_000)

    def answer_bomb(self) -> None:
        self.reply(200, gzip.compress(b"x" * 1_000_000), **{"Content-Encoding": "gzip"})

    def answer_zipped(self) -> None:
        self.reply(200, gzip.compress(b"small"), **{"Content-Encoding": "gzip"})

    def answer_broken(self) -> None:
        self.reply(200, b"this is not gzip", **{"Content-Encoding": "gzip"})

    def answer_here(self) -> None:
        self.reply(302, b"", Location="/ok")

    def answer_there(self) -> None:
        self.reply(302, b"", Location="http://elsewhere.example/steal")

    def answer_circle(self) -> None:
        self.reply(302, b"", Location="/circle")

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
    httpd.server_close()


SETTINGS = PlatformSettings(answer_timeout=0.6, max_answer=10_000, private_addresses=True)


@pytest.fixture
def platform() -> Iterator[PluginPlatform]:
    platform = PluginPlatform(SETTINGS, Cancellation(lambda: False))
    yield platform
    platform.close()


def test_an_answer_is_handed_on_as_it_is(server: str, platform: PluginPlatform) -> None:
    client = platform.http(server, headers={"X-Company": "7"}, auth=("joe", "pw"))
    assert client.get("/ok").text == "hello"
    assert client.get("/zipped").text == "small"
    assert client.get("/missing").status_code == 404
    sent = Handler.seen[-1][1]
    assert sent["User-Agent"].startswith("erp-import-plugin/")
    assert sent["X-Company"] == "7"
    assert sent["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("/slow", TryLater, r"did not send its whole answer in 0\.6 seconds"),
        ("/silent", TryLater, "did not answer in time"),
        ("/cut", TryLater, "cannot be reached"),
        ("/large", GiveUp, "more than 10,000 bytes"),
        ("/bomb", GiveUp, "more than 10,000 bytes"),
        ("/broken", GiveUp, "cannot be decompressed"),
        ("/there", GiveUp, r"redirects to elsewhere\.example"),
        ("/circle", httpx.TooManyRedirects, "redirects"),
    ],
)
def test_trouble_is_typed_by_what_to_do(
    server: str, platform: PluginPlatform, path: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        platform.http(server).get(path)


def test_a_redirect_on_the_same_host_is_followed(server: str, platform: PluginPlatform) -> None:
    assert platform.http(server).get("/here").text == "hello"


@pytest.mark.parametrize("path", ["http://elsewhere.example/", "https://elsewhere.example/", "http://127.0.0.1:1/"])
def test_another_server_is_not_asked_and_gets_no_password(server: str, platform: PluginPlatform, path: str) -> None:
    before = len(Handler.seen)
    with pytest.raises(GiveUp, match="names an address on"):
        platform.http(server, auth=("joe", "pw")).get(path)
    assert len(Handler.seen) == before


def test_an_erp_that_is_not_there(platform: PluginPlatform) -> None:
    with pytest.raises(TryLater, match="cannot be reached"):
        platform.http("http://127.0.0.1:9").get("/")


def test_a_busy_erp_says_how_long_to_wait(server: str, platform: PluginPlatform) -> None:
    Handler.busy = 1
    with pytest.raises(TryLater, match="503 Service Unavailable") as caught:
        platform.http(server).get("/busy")
    assert caught.value.wait == 1.0


def test_other_statuses_can_be_left_to_the_connector(server: str, platform: PluginPlatform) -> None:
    Handler.busy = 1
    assert platform.http(server, retry_statuses=()).get("/busy").status_code == 503
    with pytest.raises(TryLater):
        platform.http(server, retry_statuses=(404,)).get("/missing")


def test_the_platform_waits_and_calls_again(server: str) -> None:
    Handler.busy = 1
    connector = StubbornConnector()
    loaded = check_connector(connector, "d", "1")
    with open_session(loaded, {}, Limits(first_wait=0.01), settings=SETTINGS) as session:
        connector.instead["test"] = lambda: session._platform.http(server).get("/busy").text
        started = time.monotonic()
        assert session.test() == "at last"
    assert time.monotonic() - started >= 1.0
    assert connector.times("test") == 2


def test_a_silent_erp_fails_by_name_before_the_call_runs_out(server: str) -> None:
    connector = StubbornConnector()
    loaded = check_connector(connector, "d", "1")
    limits = Limits(test_timeout=0.8).for_test()
    with open_session(loaded, {}, limits, settings=PlatformSettings(private_addresses=True)) as session:
        connector.instead["test"] = lambda: session._platform.http(server).get("/silent").text
        with pytest.raises(ConnectorFailure, match=r"127\.0\.0\.1 did not answer in time"):
            session.test()
        assert session.actor_types()


def test_a_stopped_work_makes_no_request(server: str) -> None:
    cancellation = Cancellation(lambda: True)
    platform = PluginPlatform(SETTINGS, cancellation)
    cancellation.asked()
    before = len(Handler.seen)
    with pytest.raises(Cancelled):
        platform.http(server).get("/ok")
    assert len(Handler.seen) == before
    platform.close()


@pytest.mark.parametrize(
    "address", ["", "erp.example", "ftp://erp.example", "file:///etc/passwd", "http://", "http://[::1"]
)
def test_an_incomplete_address_is_the_admins_to_fix(platform: PluginPlatform, address: str) -> None:
    with pytest.raises(AdminCanFix, match="address is not complete"):
        platform.http(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.1.2.3/",
        "http://169.254.169.254/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://127。0。0。1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
    ],
)
def test_private_addresses_need_the_hosts_word_however_they_are_written(address: str) -> None:
    platform = PluginPlatform(PlatformSettings(), Cancellation(lambda: False))
    with pytest.raises(AdminCanFix, match="private network"):
        platform.http(address).get("/")
    platform.close()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("9" * 400, None),
        ("²", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("location", "followed"),
    [
        ("/path", True),
        ("https://erp.example/x", True),
        ("//erp.example/x", True),
        ("http://erp.example/x", False),
        ("https://erp.example:8443/x", False),
        ("https://erp.example.evil.example/", False),
        ("//evil.example/", False),
        ("https://[bad", False),
    ],
)
def test_redirects_stay_on_the_host(location: str, followed: bool) -> None:
    url = httpx.URL("https://erp.example/start")
    if followed:
        refuse_other_host(url, location)
    else:
        with pytest.raises(GiveUp):
            refuse_other_host(url, location)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "erp"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.xlsx").write_text("a")
    (folder / "sub" / "b.xlsx").write_text("b")
    (tmp_path / "secret.txt").write_text("s")
    (folder / "out.xlsx").symlink_to(tmp_path / "secret.txt")
    (folder / "in.xlsx").symlink_to(folder / "a.xlsx")
    return folder


@pytest.mark.parametrize("name", ["a.xlsx", "sub/b.xlsx", "in.xlsx", "sub/../a.xlsx"])
def test_files_in_the_folder(folder: Path, name: str) -> None:
    platform = PluginPlatform(PlatformSettings(files=folder), Cancellation(lambda: False))
    assert platform.file(name).read_text() in ("a", "b")


@pytest.mark.parametrize(
    "name", ["../secret.txt", "out.xlsx", "/etc/passwd", "", ".", "sub", "none.xlsx", "a\x00.xlsx", "x" * 5_000]
)
def test_files_elsewhere_are_not_there(folder: Path, name: str) -> None:
    platform = PluginPlatform(PlatformSettings(files=folder), Cancellation(lambda: False))
    with pytest.raises(AdminCanFix, match="no file"):
        platform.file(name)


def test_without_a_folder_there_are_no_files() -> None:
    with pytest.raises(AdminCanFix, match="no ERP files folder"):
        PluginPlatform(PlatformSettings(), Cancellation(lambda: False)).file("a.xlsx")

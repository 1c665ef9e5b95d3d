"""The pictures of the README: ``python -m tests.support.screenshots FOLDER``.

A demo of its own is filled, served and imported into up to the preview; each step's page is taken as it is then.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, ViewportSize
from werkzeug.serving import WSGIRequestHandler, make_server

from erp_import_plugin.demo import create_app
from erp_import_plugin.demo.erp_import import CONNECTION, add_demo_connection
from erp_import_plugin.demo.preparing import prepare
from tests.support.browsers import chromium, running_browser

SIZE: ViewportSize = {"width": 1280, "height": 860}
SEARCH = ("--connection", CONNECTION, "--type", "Supplier", "--where", "COUNTRY one_of Norway")
SETTINGS = ("--company-match", "vat_number", "--company-action", "replace")


def main(folder: Path) -> int:
    """Take the pictures. Gives the exit status."""
    program = chromium()
    if program is None:
        print("There is no Chromium here. On Debian: apt install chromium.", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        _served(Path(place)) as (app, address),
        running_browser(program) as browser,
    ):
        page = browser.new_page(viewport=SIZE, locale="en-GB")
        _sign_in(page, address)
        _take_all(page, app, address + app.config["ERP_IMPORT_URL_PREFIX"], folder)
    return 0


def _take_all(page: Page, app: Flask, pages: str, folder: Path) -> None:
    planned = _command(app, "preview", *SEARCH, *SETTINGS)
    token, row = planned["import"], next(row["row"] for row in planned["rows"] if row["status"] == "changed")
    one = f"{pages}/imports/{token}"
    steps = {
        "source": f"{pages}/",
        "search": f"{one}/search",
        "staging": f"{one}/staging",
        "settings": f"{one}/settings",
        "preview": f"{one}/preview",
        "row": f"{one}/preview/{row}",
        "importing": f"{one}/importing",
    }
    for name, url in steps.items():
        _take(page, url, folder / f"{name}.png")
    similar = next(row["row"] for row in planned["rows"] if row["similar"])
    _take(page, f"{one}/preview/{similar}", folder / "decision.png")
    _command(app, "import", "--token", token, "--yes")
    _take(page, f"{one}/done", folder / "done.png")
    undone = _command(app, "undo", token)
    _take(page, f"{pages}/imports/{undone['import']}/preview", folder / "undo.png")
    for name, path in {"connections": "connections", "mappings": "connections/1/mappings/Supplier"}.items():
        _take(page, f"{pages}/sync/{path}", folder / f"{name}.png")


def _take(page: Page, url: str, file: Path) -> None:
    answer = page.goto(url, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{url} answered {answer and answer.status}")
    page.screenshot(path=file)
    print(file)


def _command(app: Flask, *args: str) -> dict[str, object]:
    result = app.test_cli_runner().invoke(args=["erp-import", *args, "--user", "admin", "--json"])
    if result.exit_code > 1:
        raise RuntimeError(result.output)
    data: dict[str, object] = json.loads(result.stdout)
    return data


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("[name=login]", "admin")
    page.fill("[name=password]", "admin-demo")
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Requests are of no interest here."""


@contextmanager
def _served(place: Path) -> Iterator[tuple[Flask, str]]:
    app = create_app(f"sqlite:///{place / 'crm.sqlite'}", INSTANCE_PATH=str(place))
    prepare(app.extensions["demo_database"])
    add_demo_connection(app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield app, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

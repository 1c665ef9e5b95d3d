"""The demo host as a browser meets it: on a port, with a database file that tests read themselves."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy import Engine, create_engine
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import FileWrapper

from erp_import_plugin.demo import create_app
from erp_import_plugin.demo.erp_import import add_demo_connection
from erp_import_plugin.demo.preparing import prepare

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Demo:
    """A served demo. ``crm`` opens the same file as the app, but with nothing of the app in between."""

    app: Flask
    address: str
    crm: Engine


def fill(folder: Path) -> None:
    """A demo's folder, with its CRM and the connection to its workbook."""
    app = create_app(_database(folder), INSTANCE_PATH=str(folder))
    engine = app.extensions["demo_database"].engine
    prepare(app.extensions["demo_database"])
    add_demo_connection(app)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@contextmanager
def served(filled: Path, folder: Path) -> Iterator[Demo]:
    """A copy of a filled folder, served until the end."""
    shutil.copytree(filled, folder)
    app = create_app(_database(folder), INSTANCE_PATH=str(folder))
    server = make_server("127.0.0.1", 0, _whole_files(app), threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    engine = create_engine(_database(folder))
    try:
        yield Demo(app, f"http://127.0.0.1:{server.server_port}", engine)
    finally:
        server.shutdown()
        server.server_close()
        engine.dispose()
        app.extensions["demo_database"].engine.dispose()


def _whole_files(app: WSGIApplication) -> WSGIApplication:
    """The app, whose files are read before they are sent: Werkzeug leaves one open when the browser goes meanwhile."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = app(environ, start_response)
        if not isinstance(body, FileWrapper):
            return body
        with closing(body):
            return list(body)

    return answer


def _database(folder: Path) -> str:
    return f"sqlite:///{folder / 'crm.sqlite'}"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Requests are of no interest here."""

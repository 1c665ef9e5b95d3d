"""``python -m erp_import_plugin.demo``: prepare the database when it is empty, and serve."""

from __future__ import annotations

import os
import sys

from sqlalchemy.exc import SQLAlchemyError
from werkzeug.serving import make_server

from . import create_app
from .erp_import import add_demo_connection
from .preparing import prepare
from .seed import USERS

_HOST = "127.0.0.1"


def main() -> int:
    port = int(os.environ.get("PORT") or 5000)
    try:
        app = create_app(TRUSTED_HOSTS=[_HOST, "localhost"])
        database = app.extensions["demo_database"]
        filled = prepare(database)
        if filled:
            add_demo_connection(app)
    except SQLAlchemyError as problem:
        print(f"The database cannot be used: {problem}", file=sys.stderr)
        return 2
    shown = database.engine.url.render_as_string(hide_password=True)
    try:
        server = make_server(_HOST, port, app, threaded=True)
    except (OSError, SystemExit):
        print(f"Port {port} is taken. Choose another one: PORT={port + 1}", file=sys.stderr)
        return 2
    print(f"Demo CRM on http://{_HOST}:{port}/ ({'new' if filled else 'kept'} database {shown})")
    for login, name, password, role in USERS:
        print(f"  sign in as {login} with {password} ({name}, {role})")
    print("This is a demo: the passwords are public. Ctrl+C stops it.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The demo host: a small CRM admin console, the way a host app of the plugin may look.

``python -m erp_import_plugin.demo`` fills an empty database and serves it; ``create_app`` is for servers and tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect

from . import access, appearance, erp_import, pages, settings, sources, views
from .database import connect

__all__ = ["create_app"]


def create_app(database_url: str | None = None, **config: Any) -> Flask:
    """The CRM on this database, whose own tables ``preparing.prepare`` makes.

    Args:
        database_url: SQLite, PostgreSQL or MariaDB. None: ``ERP_DEMO_DATABASE_URL`` or ``DATABASE_URL``, else a
            SQLite file in the instance folder.
        config: Flask's configuration keys, and ``INSTANCE_PATH``, the folder for the database, backups, uploads and
            the secret key (default: Flask's instance folder).
    """
    app = Flask(
        __name__,
        template_folder=str(settings.template_folder()),
        instance_path=config.pop("INSTANCE_PATH", None),
    )
    instance = Path(app.instance_path)
    instance.mkdir(parents=True, exist_ok=True)
    app.config.from_mapping(
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
    )
    app.config.from_mapping(config)
    app.config["SECRET_KEY"] = config.get("SECRET_KEY") or settings.secret_key(instance)
    app.extensions["demo_database"] = connect(database_url or settings.database_url(instance))
    CSRFProtect(app)
    for part in (appearance, access, sources, pages, views, erp_import):
        part.init_app(app)
    return app

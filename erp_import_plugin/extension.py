"""The Flask extension: reads the configuration once, builds the rooms, and hands each what it needs."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from flask import Flask, url_for
from sqlalchemy import Engine

from erp_import_plugin.cli import command
from erp_import_plugin.config import Config
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.errors import ConfigError
from erp_import_plugin.host_api import Host, ImportSource, SetUpPage, User
from erp_import_plugin.jobs import AwayRunner, Execution, InlineRunner, Jobs, Runner, Team, ThreadRunner, Worker
from erp_import_plugin.store import migrate
from erp_import_plugin.store.job_parts import PartStore
from erp_import_plugin.store.jobs import JobStore
from erp_import_plugin.store.secrets import Vault
from erp_import_plugin.translations import Catalogues, ensure_babel
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web.blueprint import make_blueprint
from erp_import_plugin.web.sync_tabs import set_up_pages
from erp_import_plugin.workflow import access
from erp_import_plugin.workflow.handlers import handlers, helpers
from erp_import_plugin.workflow.rooms import Rooms

if TYPE_CHECKING:
    from erp_import_plugin.jobs.celery_runner import Post

EXTENSION = "erp_import"


class ErpImport:
    """Adds the import source *ERP Sync* to a Flask app.

    ``engine`` is the host's database, ``host`` what it hands over (see ``docs/host.md``), ``plugins`` connectors beside
    those that are installed. With ``init_app`` one object may serve several apps.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        engine: Engine | None = None,
        host: Host | None = None,
        plugins: Iterable[object] = (),
    ) -> None:
        self._plugins = tuple(plugins)
        if app is not None:
            if engine is None or host is None:
                raise ConfigError("ErpImport(app) needs the engine and the host as well.")
            self.init_app(app, engine=engine, host=host)

    def init_app(self, app: Flask, *, engine: Engine, host: Host) -> Installed:
        """Register pages, commands and tables with the app.

        Raises:
            ConfigError: a key is wrong, or the app has the plugin already.
        """
        if EXTENSION in app.extensions:
            raise ConfigError("This app has the ERP import already. Call init_app once per app.")
        config = Config.from_mapping(app.config)
        if not config.secret_keys:
            raise ConfigError(
                "Set SECRET_KEY or ERP_IMPORT_SECRET_KEYS: passwords of connections are encrypted with it."
            )
        migrate.upgrade(engine)
        registry, vault = Registry.discover(self._plugins), Vault(config.secret_keys)
        rooms = Rooms(engine, host, registry, config, vault, tongue=Catalogues())
        installed = Installed(app, rooms)
        app.extensions[EXTENSION] = installed
        ensure_babel(app, config.languages)
        app.register_blueprint(make_blueprint(config))
        # Not now: a server may fork after it has loaded the app, and threads stay behind.
        app.before_request(installed.runner.watch)
        app.cli.add_command(command)
        return installed


class Installed:
    """The plugin in one app: its rooms and its jobs."""

    def __init__(self, app: Flask, rooms: Rooms) -> None:
        self.rooms = rooms
        self.config = rooms.config
        self._store = JobStore(rooms.engine)
        own = weakref.ref(app)

        def around() -> AbstractContextManager[object]:
            """Long work may call the host, which may need its app."""
            there = own()
            if there is None:
                raise RuntimeError("the app is gone")
            return there.app_context()

        self._post = _post_of(rooms.config)
        self._execution = Execution(
            self._store, handlers(rooms), rooms.config.lease, around, team=self._make_team(), helpers=helpers(rooms)
        )
        self.runner = self._make_runner()
        self.jobs = Jobs(self._store, self._execution, self.runner)

    def worker(self) -> Worker:
        """What does long work in a process of its own."""
        return Worker(self._store, self._execution, self.config.workers)

    def serve_celery(self) -> None:
        """Be a Celery worker until the process is told to end; for the runner *celery* only."""
        if self._post is not None:
            threads = ("--pool", "threads", "--concurrency", str(self.config.workers))
            # RabbitMQ wants a name of its own for each worker of a machine.
            name = ("--hostname", f"erp-import-{os.getpid()}@%h")
            self._post.app.worker_main(["worker", *threads, *name, "--loglevel", "INFO", "--without-gossip"])

    def add_connection(self, user_id: str, connector: str, name: str, config: Mapping[str, str]) -> int:
        """A tested, active connection for everyone, made on behalf of a user, for a host that brings one along."""
        from erp_import_plugin.workflow import connections  # an app that makes none starts faster

        user = access.user_by_id(self.rooms, user_id)
        return connections.add(self.rooms, user, connector, name, config)

    def source(self, user: User | None) -> ImportSource:
        """*ERP Sync* for the host's own Import page, active if this user may import now; needs a request."""
        reason = self._inactive(user)
        return ImportSource(_("ERP Sync"), "erp-sync", url_for("erp_import.source"), not reason, reason)

    def set_up(self, user: User | None) -> tuple[SetUpPage, ...]:
        """The set-up for the host's own *Quote/Sync* pages; none for who may not set up; needs a request."""
        return set_up_pages() if user is not None and access.may_set_up(self.rooms, user) else ()

    def _make_team(self) -> Team | None:
        # On SQLite one worker writes at a time, and within one process one thread computes at a time.
        if self.config.runner not in ("worker", "celery") or self.rooms.engine.dialect.name == "sqlite":
            return None
        return Team(self.rooms.engine, PartStore(self.rooms.engine, self.config.lease), self._post)

    def _make_runner(self) -> Runner:
        if self._post is not None:
            from erp_import_plugin.jobs.celery_runner import CeleryRunner

            return CeleryRunner(self._post, self._execution, self.rooms.engine)
        if self.config.runner == "thread":
            return ThreadRunner(self._execution, self.config.workers)
        return AwayRunner() if self.config.runner == "worker" else InlineRunner(self._execution)

    def _inactive(self, user: User | None) -> str:
        if self.rooms.host.sync.is_on():
            return _("Automatic sync is on. Switch it off under Quote/Sync > Sync to import from the ERP by hand.")
        if user is None or not self.rooms.host.access.may_import(user):
            return _("You have no right to import from an ERP.")
        return ""


def _post_of(config: Config) -> Post | None:
    """What sends the messages of the runner *celery*; the library is loaded for it only."""
    if config.runner != "celery":
        return None
    try:
        from erp_import_plugin.jobs.celery_runner import Post, celery_of
    except ModuleNotFoundError:
        raise ConfigError("The runner celery needs Celery: pip install 'erp-import-plugin[celery]'.") from None
    return Post(celery_of(config.celery), config.lease)

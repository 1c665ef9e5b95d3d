"""What every step is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from sqlalchemy import Engine

from erp_import_plugin.config import Config
from erp_import_plugin.connector_host import Registry
from erp_import_plugin.host_api import Host
from erp_import_plugin.store.secrets import Vault
from erp_import_plugin.workflow.tongue import English, Tongue


def utc_now() -> datetime:
    """The present moment, aware."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Rooms:
    """The store's engine, the host, the connectors, the configuration and the languages, made once by the extension."""

    engine: Engine
    host: Host
    registry: Registry
    config: Config
    vault: Vault
    now: Callable[[], datetime] = utc_now
    tongue: Tongue = English()  # noqa: RUF009 - it holds nothing

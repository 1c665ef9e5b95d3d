"""Where others hang their parts on our pages: sources on the Import page, tabs on the Quote/Sync page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app


@dataclass(frozen=True)
class ImportSource:
    """One entry under "Select an import source"."""

    key: str
    label: str
    description: str
    url: str
    active: bool = True
    reason: str = ""
    """Why it is not active, in words."""
    reason_url: str = ""
    """Where that can be changed."""
    icon: str = "file-spreadsheet"
    """Name of a symbol in ``static/icons.svg``."""


@dataclass(frozen=True)
class SyncTab:
    key: str
    label: str
    url: str


SourceProvider = Callable[[], Iterable[ImportSource]]
TabProvider = Callable[[], Iterable[SyncTab]]


def init_app(app: Flask) -> None:
    app.extensions["demo_import_sources"] = []
    app.extensions["demo_sync_tabs"] = []


def add_import_sources(app: Flask, provider: SourceProvider) -> None:
    """Have the Import page list what the provider returns; it is asked anew for every page."""
    app.extensions["demo_import_sources"].append(provider)


def add_sync_tabs(app: Flask, provider: TabProvider) -> None:
    """Have the Quote/Sync page show what the provider returns, behind its own tab."""
    app.extensions["demo_sync_tabs"].append(provider)


def import_sources() -> list[ImportSource]:
    return cast("list[ImportSource]", _all("demo_import_sources"))


def sync_tabs() -> list[SyncTab]:
    return cast("list[SyncTab]", _all("demo_sync_tabs"))


def _all(name: str) -> list[Any]:
    return [entry for provider in current_app.extensions[name] for entry in provider()]

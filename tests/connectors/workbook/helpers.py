"""Small workbooks written by the tests, and sessions on them, through the guard as in life."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

import connectors_plugins.workbook
from erp_import_plugin.connector_api import Actor, ActorType
from erp_import_plugin.connector_host import GuardedSession, PlatformSettings, Registry, open_session

Sheets = Mapping[str, Sequence[Sequence[Any]]]


def write_xlsx(path: Path, sheets: Sheets) -> Path:
    """A workbook with these rows per sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def write_ods(path: Path, sheets: Sheets) -> Path:
    """The same as an OpenDocument spreadsheet, texts and numbers only."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    namespaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr(
            "content.xml",
            f"<office:document-content {namespaces}><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
            "</office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/></manifest:manifest>',
        )
    return path


def _ods_row(row: Sequence[Any]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: Any) -> str:
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = escape(value or "")
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


REGISTRY = Registry.from_plugins([connectors_plugins.workbook])


def session_on(path: Path, actor_type: str = "sheets") -> GuardedSession:
    """A guarded session on a file."""
    loaded = REGISTRY.get("workbook")
    assert loaded is not None
    config = {"file": path.name, "actor_type": actor_type}
    return open_session(loaded, config, settings=PlatformSettings(files=path.parent))


def actors_of(session: GuardedSession, actor_type: ActorType = ActorType.CUSTOMER) -> list[Actor]:
    """All actors of a type with all their fields."""
    fields = [field.key for field in session.fields(actor_type)]
    return [actor for page in session.search([], actor_type, fields) for actor in page.actors]

"""Finds formulas whose result was never saved, because their cells look empty to every reader but Excel."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from pathlib import Path, PurePosixPath

_SHEET = re.compile(rb'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'\b(Id|Target)="([^"]*)"')
_CELL = re.compile(rb"<c\b([^>]*)>(?=<f\b)(.*?)</c>", re.DOTALL)
_RESULT = re.compile(rb"<v\b[^>]*>[^<]|<is\b")
_PLACE = re.compile(rb'\br="([A-Z]+[0-9]+)"')


def formulas_without_result(path: Path) -> list[str]:
    """Their places ("Customers!E2"), for XLSX; other formats always save results.

    The cells' grammar is that of ECMA-376 part 1, section 18.3.1.4: a cell ``c`` holds its formula ``f`` and the value
    ``v`` last calculated.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return []
    with zipfile.ZipFile(path) as archive:
        parts = set(archive.namelist())
        sheets = [(name, part) for name, part in _sheets(archive, parts) if part in parts]
        return [f"{name}!{place}" for name, part in sheets for place in _places(archive.read(part))]


def _sheets(archive: zipfile.ZipFile, parts: set[str]) -> list[tuple[str, str]]:
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
        return []
    relations = (dict(_ATTRIBUTE.findall(one)) for one in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")))
    targets = {one[b"Id"]: one[b"Target"].decode() for one in relations if {b"Id", b"Target"} <= one.keys()}
    named = _SHEET.findall(archive.read("xl/workbook.xml"))
    return [(unescape(name.decode()), _part(targets[key])) for name, key in named if key in targets]


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _places(xml: bytes) -> list[str]:
    cells = (match for match in _CELL.finditer(xml) if not _RESULT.search(match[2]))
    return [place[1].decode() for match in cells if (place := _PLACE.search(match[1]))]

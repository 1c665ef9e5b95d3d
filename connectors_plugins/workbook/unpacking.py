"""How large a workbook is once it is unpacked, whatever it says itself: found out before anything is made of it.

A few bytes can say that a cell stands in the last column of the last row, and whoever makes a table of that takes all
memory there is. So the places of the cells are read first, as a stream. Grammar: ECMA-376 part 1, section 18.3.1, and
OpenDocument 1.3 part 3, section 9.1.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from pathlib import Path

from connectors_plugins.workbook.trouble import trouble

MAX_BYTES = 512 * 1024 * 1024
MAX_CELLS = 20_000_000
_AT_ONCE = 1024 * 1024
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"
_TAG = re.compile(
    rb"<(?:\w+:)?(?P<name>row|c|table|table-row|table-cell|covered-table-cell)"
    rb"""(?P<attributes>(?:\s(?:[^<>"']|"[^"]*"|'[^']*')*)?)/?>"""
)
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,9})([0-9]{1,9})"')  # as nearly all programs write them: no look at the rest
_ANY_CELL = re.compile(rb"<(?:\w+:)?(?:c|table-cell)[\s/>]")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,99})([0-9]{0,99})["']""")
_REPEATED = re.compile(rb"""\s\w+:number-(?:rows|columns)-repeated\s*=\s*["']([0-9]{1,99})["']""")


def refuse_swollen(path: Path) -> None:
    """Raises AdminCanFix for a workbook that would take the server's memory, and for what is none."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError):
        raise trouble(f"{path.name} is not a workbook, whatever its name says.") from None
    with archive:
        try:
            _unpack(archive, path)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
            raise trouble(f"{path.name} is damaged and cannot be unpacked. Save or copy it again.") from None


def _unpack(archive: zipfile.ZipFile, path: Path) -> None:
    size = cells = 0
    for part in archive.infolist():
        area, is_xml = _Area(), True
        for number, piece in enumerate(_pieces(archive, part)):
            size += len(piece)
            is_xml = is_xml and (number > 0 or piece.lstrip(_BEFORE_XML).startswith(b"<"))
            if is_xml:
                area.read(piece)
            _refuse(path, size, cells + area.cells)
        cells += area.cells


def _refuse(path: Path, size: int, cells: int) -> None:
    if size > MAX_BYTES:
        raise trouble(f"{path.name} unpacks to more than {MAX_BYTES:,} bytes. Split it into smaller files.")
    if cells > MAX_CELLS:
        raise trouble(
            f"{path.name} has cells so far apart that its sheets are more than {MAX_CELLS:,} cells large. "
            "Delete what stands far to the right or far below, or split it into smaller files."
        )


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What the part really unpacks to: its own word for its size is not taken."""
    honest = copy(part)
    honest.file_size = MAX_BYTES + _AT_ONCE
    with archive.open(honest) as file:
        while piece := file.read(_AT_ONCE):
            yield piece


class _Area:
    """How many cells a sheet has from its first one on to its last in use; of other parts as good as none."""

    def __init__(self) -> None:
        self.cells = 0
        self._rows = self._row = self._width = self._column = 0
        self._before = 0  # cells of the tables before, in a part that has several
        self._tail = b""

    def read(self, piece: bytes) -> None:
        """Go on with what comes next of the part."""
        text = self._tail + piece
        begun = text.rfind(b"<")
        whole = begun if begun > text.rfind(b">") else len(text)
        text, self._tail = text[:whole], text[whole:]
        if len(self._tail) > _AT_ONCE:
            raise zipfile.BadZipFile("a tag without an end")
        plain = _PLAIN_CELL.findall(text)
        if plain and len(plain) == len(_ANY_CELL.findall(text)):
            self._column = max(map(_column, {letters for letters, _ in plain}))
            self._reach(max(int(row) for _, row in plain))
        else:
            for tag in _TAG.finditer(text):
                _ACTS[tag["name"]](self, tag["attributes"])

    def row(self, attributes: bytes) -> None:
        place = _PLACE.search(attributes)
        self._row = int(place[2] or 0) if place else self._row + 1
        self._column = 0

    def cell(self, attributes: bytes) -> None:
        place = _PLACE.search(attributes)
        self._column = _column(place[1]) if place and place[1] else self._column + 1
        self._reach(int(place[2]) if place and place[2] else self._row)

    def table(self, _: bytes) -> None:
        self._before, self._rows, self._width, self._row = self.cells, 0, 0, 0

    def table_row(self, attributes: bytes) -> None:
        self._row, self._column = self._row + _times(attributes), 0

    def table_cell(self, attributes: bytes) -> None:
        self._column += _times(attributes)
        if b"value-type" in attributes:
            self._reach(self._row)

    def _reach(self, row: int) -> None:
        self._rows, self._width = max(self._rows, row), max(self._width, self._column)
        self.cells = self._before + self._rows * self._width


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _times(attributes: bytes) -> int:
    repeated = _REPEATED.search(attributes)
    return int(repeated[1]) if repeated else 1


_ACTS = {
    b"row": _Area.row,
    b"c": _Area.cell,
    b"table": _Area.table,
    b"table-row": _Area.table_row,
    b"table-cell": _Area.table_cell,
    b"covered-table-cell": _Area.table_cell,
}

"""Workbooks that are not what they say: each is refused with what to do, before it takes any memory."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors_plugins.workbook import unpacking
from connectors_plugins.workbook.files import read_file
from erp_import_plugin.connector_api import AdminCanFix
from erp_import_plugin.connector_host import ConnectorFailure, Recovery
from tests.connectors.workbook.helpers import actors_of, session_on, write_ods, write_xlsx

SHEETS = {"Customers": [["KEY", "NAME"], ["1", "Acme"]]}
SHEET = "xl/worksheets/sheet1.xml"


def changed(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The same workbook with one part as somebody has tampered with it."""
    tampered = path.with_name(f"tampered{path.suffix}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tampered, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            content = old.read(one)
            after = change(content.decode()) if one.filename == part else content
            assert one.filename != part or after != content.decode()
            new.writestr(one.filename, after)
    return tampered


def xlsx(tmp_path: Path, old: str, new: str) -> Path:
    return changed(write_xlsx(tmp_path / "erp.xlsx", SHEETS), SHEET, lambda text: text.replace(old, new))


def ods(tmp_path: Path, old: str, new: str) -> Path:
    return changed(write_ods(tmp_path / "erp.ods", SHEETS), "content.xml", lambda text: text.replace(old, new))


def test_a_sheet_that_declares_a_million_columns_is_as_large_as_its_cells(tmp_path: Path) -> None:
    with session_on(xlsx(tmp_path, 'ref="A1:B2"', 'ref="A1:BDWGN1048576"')) as session:
        assert [actor.values["NAME"] for actor in actors_of(session)] == ["Acme"]


@pytest.mark.parametrize(
    "place",
    [
        'r="XFD1048576"',
        'r="A9"/><c r="XFD1048576"',
        'r="B2"/><x:c r="XFD1048576"',
        "r='XFD1048576'",
        'r = "xfd1048576"',
        'x=">" r="XFD1048576"',
        f'r="{"Z" * 90}{"9" * 90}"',
    ],
)
def test_cells_that_are_too_far_apart_are_refused_before_a_table_is_made(tmp_path: Path, place: str) -> None:
    path = xlsx(tmp_path, 'r="B2"', place)
    with pytest.raises(ConnectorFailure, match=r"cells so far apart.* Delete what stands far") as caught:
        session_on(path)
    assert (caught.value.recovery, caught.value.field) == (Recovery.FIX, "file")


def test_a_row_may_say_where_it_is_instead_of_its_cells(tmp_path: Path) -> None:
    path = xlsx(tmp_path, '<row r="2">', '<row r="99999999">' + '<c r="X99999999"/>')
    with pytest.raises(AdminCanFix, match="far apart"):
        read_file(path)


def test_a_tag_is_found_wherever_a_piece_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx(tmp_path, 'r="B2"', f'x="{"y" * 300}" r="XFD1048576"')
    for size in range(100, 400, 7):
        monkeypatch.setattr(unpacking, "_AT_ONCE", size)
        with pytest.raises(AdminCanFix, match=r"far apart|damaged"):
            read_file(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<table:table-row>", '<table:table-row table:number-rows-repeated="100000000">'),
        ("<table:table-cell ", '<table:table-cell table:number-columns-repeated="90000000" '),
    ],
)
def test_cells_that_are_repeated_without_end_are_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(AdminCanFix, match="far apart"):
        read_file(ods(tmp_path, old, new))


def test_empty_cells_repeated_to_the_end_of_the_sheet_are_as_every_program_writes_them(tmp_path: Path) -> None:
    rest = (
        '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    path = ods(tmp_path, "</table:table-row></table:table>", f"{rest}</table:table>")
    with session_on(path) as session:
        assert len(actors_of(session)) == 1


def bomb(tmp_path: Path, size: int) -> Path:
    path = write_xlsx(tmp_path / "bomb.xlsx", SHEETS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * size)
    return path


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_BYTES", 1_000_000)
    with pytest.raises(AdminCanFix, match=r"bomb\.xlsx unpacks to more than 1,000,000 bytes\. Split it"):
        read_file(bomb(tmp_path, 2_000_000))


def test_a_file_that_lies_about_its_size_is_refused_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_BYTES", 1_000_000)
    path = bomb(tmp_path, 2_000_000)
    honest = path.read_bytes()
    path.write_bytes(honest.replace(struct.pack("<L", 2_000_000), struct.pack("<L", 100)))
    assert path.read_bytes() != honest
    with pytest.raises(AdminCanFix, match="unpacks to more than"):
        read_file(path)


def test_a_workbook_that_was_damaged_on_its_way_is_told_so(tmp_path: Path) -> None:
    path = bomb(tmp_path, 5000)
    content = bytearray(path.read_bytes())
    place = content.index(b"zeros.bin") + len("zeros.bin")
    content[place : place + 4] = b"\xff" * 4
    path.write_bytes(content)
    with pytest.raises(AdminCanFix, match=r"bomb\.xlsx is damaged and cannot be unpacked\. Save or copy it again\."):
        read_file(path)


def test_a_large_honest_workbook_is_read(tmp_path: Path) -> None:
    rows = [[str(number), f"Company {number}"] for number in range(3000)]
    with session_on(write_xlsx(tmp_path / "large.xlsx", {"Customers": [["KEY", "NAME"], *rows]})) as session:
        assert len(actors_of(session)) == 3000

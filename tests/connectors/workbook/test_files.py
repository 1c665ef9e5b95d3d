from __future__ import annotations

from pathlib import Path

import pytest

from connectors_plugins.workbook.files import read_file
from erp_import_plugin.connector_api import ActorType, AdminCanFix
from tests.connectors.workbook.helpers import actors_of, session_on


def text_file(tmp_path: Path, content: bytes, name: str = "erp.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    other = ";" if delimiter == "," else ","
    lines = [["KEY", "NAME", "POSTALZIP"], ["1", f'"Blåbær{other} AS"', "0150"], ["2", '"a\r\nb ""q"""', ""]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    with session_on(text_file(tmp_path, content), "Supplier") as session:
        values = [dict(actor.values) for actor in actors_of(session, ActorType.SUPPLIER)]
    assert values == [
        {"KEY": "1", "NAME": f"Blåbær{other} AS", "POSTALZIP": "0150"},
        {"KEY": "2", "NAME": 'a\r\nb "q"'},
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"KEY,NAME\n1,Acme, Oslo\n", r"erp\.csv, row 2, has more values than the header"),
        (b'KEY,NAME\n1,"Acme" x\n', r"erp\.csv cannot be read from line 2 on"),
        (b"KEY,NAME\n1,\x00\n", "not a text file in UTF-8 or Windows-1252"),
        (b"KEY\x81,NAME\n", "not a text file in UTF-8 or Windows-1252"),
        (b"KEY,NAME\n1," + b"x" * 200_000, "cannot be read from line 2 on"),
    ],
)
def test_a_text_file_someone_has_to_change(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(AdminCanFix, match=message):
        read_file(text_file(tmp_path, content))


def test_a_text_file_must_be_told_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="Choose the actor type"):
        session_on(text_file(tmp_path, b"KEY\n1\n"))


def test_an_empty_text_file(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="The file is empty"):
        session_on(text_file(tmp_path, b""), "Customer")


def test_a_html_page_called_csv_has_no_key_column(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="The file has no key column"):
        session_on(text_file(tmp_path, b"<html><body>Sign in</body></html>"), "Customer")


def test_short_rows_are_rows_with_empty_values(tmp_path: Path) -> None:
    with session_on(text_file(tmp_path, b"KEY;NAME;TEXT\n1;Acme\n2\n"), "Customer") as session:
        assert [actor.values.get("NAME") for actor in actors_of(session)] == ["Acme", None]

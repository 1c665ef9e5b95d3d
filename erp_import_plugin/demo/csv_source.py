"""The CRM's own import source: a CSV file of companies, added as they are."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from .cleaning import cleaned
from .tables import Company, CompanyChannel, ListItem, now

MOST_BYTES = 10 * 1024 * 1024
COLUMNS = (
    "name", "department", "number", "code", "vat_number", "country", "phone", "email", "url", "street_address_1",
    "street_zip", "street_city", "postal_address_1", "postal_zip", "postal_city",
)  # fmt: skip
_CHANNELS = ("phone", "email", "url")
_MOST_CHARACTERS = 255


class Unreadable(Exception):
    """Why the file cannot be imported, in words."""


@dataclass(frozen=True)
class Companies:
    """What a file holds: rows that can be imported, and what cannot."""

    rows: tuple[dict[str, str], ...]
    ignored_columns: tuple[str, ...]
    refused: tuple[tuple[int, str], ...]
    """Line in the file, counted from 1, and why it is left out."""


def read(content: bytes) -> Companies:
    """Read a file with a header row; separated by comma, semicolon or tab, in UTF-8 or Windows-1252.

    Raises:
        Unreadable: it is no such file.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(gettext("The file is larger than 10 MB. Split it."))
    if b"\0" in content:
        raise Unreadable(gettext("This is not a text file. Save the sheet as CSV first."))
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip().casefold().replace(" ", "_") for name in next(reader, [])]
        _require_columns(header)
        return _sorted_out(header, [(reader.line_num, row) for row in reader])
    except csv.Error as problem:
        raise Unreadable(gettext("Line %(line)s cannot be read.", line=reader.line_num)) from problem


def add(session: Session, companies: Companies, login: str) -> int:
    """Add every row as a new company, in two statements, and return how many there were."""
    countries = {
        str(code): item_id
        for item_id, code in session.execute(select(ListItem.id, ListItem.code).where(ListItem.list_name == "country"))
    }
    if not companies.rows:
        return 0
    moment = now()
    stamp = {"created_at": moment, "updated_at": moment, "updated_by": login}
    plain = [name for name in COLUMNS if name not in (*_CHANNELS, "country")]
    rows = [
        {name: row.get(name) for name in plain} | {"country_id": countries.get(row.get("country", "").upper())} | stamp
        for row in companies.rows
    ]
    ids = session.scalars(insert(Company).returning(Company.id, sort_by_parameter_order=True), rows).all()
    channels = [
        {"company_id": company_id, "kind": kind, "value": row[kind]}
        for company_id, row in zip(ids, companies.rows, strict=True)
        for kind in _CHANNELS
        if row.get(kind)
    ]
    if channels:
        session.execute(insert(CompanyChannel), channels)
    return len(rows)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded_for_windows(content)


def _decoded_for_windows(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as problem:
        raise Unreadable(gettext("The letters of this file cannot be read. Save it as UTF-8.")) from problem


def _delimiter(text: str) -> str:
    first_line = text.partition("\n")[0]
    return max(",;\t", key=first_line.count)


def _require_columns(header: list[str]) -> None:
    if "name" not in header:
        raise Unreadable(
            gettext(
                "The first row has no column “name”. Columns that can be read: %(names)s.", names=", ".join(COLUMNS)
            )
        )
    doubles = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if doubles:
        raise Unreadable(gettext("A column stands there twice: %(names)s.", names=", ".join(doubles)))


def _sorted_out(header: list[str], lines: list[tuple[int, list[str]]]) -> Companies:
    rows, refused = [], []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        values = {name: cleaned(cell) for name, cell in zip(header, cells, strict=False) if name in COLUMNS}
        reason = _why_refused(values)
        if reason:
            refused.append((line, reason))
        else:
            rows.append({name: value for name, value in values.items() if value})
    ignored = tuple(name for name in header if name and name not in COLUMNS)
    return Companies(tuple(rows), ignored, tuple(refused))


def _why_refused(values: dict[str, str | None]) -> str | None:
    if not values.get("name"):
        return str(gettext("There is no name."))
    long = [name for name, value in values.items() if len(value or "") > _MOST_CHARACTERS]
    if long:
        return str(gettext("%(column)s has more than %(most)s characters.", column=long[0], most=_MOST_CHARACTERS))
    return None

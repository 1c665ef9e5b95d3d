"""Texts for a terminal. Values of an ERP are made harmless: they could hold what a terminal obeys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.engine.results import Accounts

_WIDEST = 60  # characters of a cell


def clean(text: object) -> str:
    """The text on one line, without control characters."""
    return excerpt(str(text), 2000)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns with a line for each row; long cells are cut."""
    lines = [list(heads), *([excerpt(str(cell), _WIDEST) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def accounts_line(accounts: Accounts) -> str:
    """The accounts in one line; what is none is left out."""
    counts = asdict(accounts)
    return f"{counts.pop('read')} read: " + (", ".join(f"{n} {name}" for name, n in counts.items() if n) or "nothing")

"""Rows by their ids, many at once."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Column, ColumnElement, false
from sqlalchemy import Connection as Transaction

from erp_import_plugin.store.dialects import dialect_of


def among(tx: Transaction, column: Column[int], ids: Collection[int]) -> ColumnElement[bool]:
    """Whether the column is one of these ids.

    Actors staged together have ids without a gap; those are asked for by the first and the last.
    """
    if not ids:
        return false()
    first, last = min(ids), max(ids)
    if last - first < len(ids) and len(set(ids)) == last - first + 1:
        return column.between(first, last)
    return dialect_of(tx).among(tx, column, ids)

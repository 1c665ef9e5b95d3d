"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Generic, TypeVar, cast

from flask import request
from sqlalchemy import ColumnElement, FunctionElement, String, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from .cleaning import clean
from .database import folded

PAGE_SIZE = 50
_ESCAPE = "\\"

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    number: int
    """Counted from 1."""
    total: int
    """Rows on all pages."""
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return min((self.number - 1) * self.size + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)


def page_of(session: Session, query: Any, number: int, *, whole: bool = False) -> Page[Any]:
    """The page with this number, or the nearest there is.

    Args:
        query: an ordered Select; of one entity, or of several columns when ``whole`` is true.
    """
    total = session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)) or 0
    number = min(max(number, 1), max(1, -(-total // PAGE_SIZE)))
    cut = query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return Page(session.execute(cut).all() if whole else _entities(session, cut), number, total)


def _entities(session: Session, cut: Any) -> list[Any]:
    """The rows of the cut; their ids first, since a database that sorts whole rows sorts slowly."""
    model = cut.column_descriptions[0]["entity"]
    ids = session.scalars(cut.with_only_columns(model.id, maintain_column_froms=True)).all()
    found = {row.id: row for row in session.scalars(select(model).where(model.id.in_(ids)))}
    return [found[row_id] for row_id in ids]


def asked_page() -> int:
    return request.args.get("page", 1, type=int)


def asked_search() -> str:
    return clean(request.args.get("q", ""))[:255]


def containing(text: str, *columns: Any) -> ColumnElement[bool]:
    """Rows where one of the columns contains the text, in whatever case."""
    wanted = folded(text)
    for sign in (_ESCAPE, "%", "_"):
        wanted = wanted.replace(sign, _ESCAPE + sign)
    # Folded as one text: in SQLite each fold is a call into Python.
    joined = reduce(add, (func.coalesce(column, "") + "\n" for column in columns))
    return cast(ColumnElement[bool], _Folded(joined).like(f"%{wanted}%", escape=_ESCAPE))


class _Folded(FunctionElement[str]):
    """lower() that knows more letters than A to Z; SQLite's own does not."""

    name = "crm_fold"
    type = String()
    inherit_cache = True


@compiles(_Folded)
def _lower(element: _Folded, compiler: Any, **options: Any) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(_Folded, "sqlite")
def _crm_fold(element: _Folded, compiler: Any, **options: Any) -> str:
    return f"crm_fold({compiler.process(element.clauses, **options)})"

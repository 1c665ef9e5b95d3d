"""The pager below a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from erp_import_plugin.web import here


@dataclass(frozen=True, slots=True)
class Pager:
    """What a page shows of how many; ``total`` is None while it is not known. First and last are 0 where nothing is."""

    first: int
    last: int
    total: int | None
    previous_url: str | None
    next_url: str | None


def pager(page: int, pages: int, shown: int, total: int | None) -> Pager:
    """The pager of a page that shows ``shown`` rows; its links keep everything else that is asked for."""
    before = (page - 1) * here.config().page_size
    return Pager(
        first=before + 1 if shown else 0,
        last=before + shown,
        total=total,
        previous_url=this_page(page=page - 1) if page > 1 else None,
        next_url=this_page(page=page + 1) if page < pages else None,
    )


def this_page(**changed: Any) -> str:
    """The address of this page with some arguments changed; None takes one away."""
    return address(request.endpoint or ".source", {**request.args, **changed}, **(request.view_args or {}))


def address(endpoint: str, asked: Mapping[str, Any], **place: Any) -> str:
    """The address of a page with what is ``asked`` of it, which may be anything a visitor has typed.

    ``url_for`` would take some of it for its own, such as a ``_scheme``.
    """
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{url_for(endpoint, **place)}{'?' if query else ''}{query}"

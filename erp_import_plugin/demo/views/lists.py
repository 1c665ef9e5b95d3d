from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..access import require_administrator
from ..cleaning import cleaned
from ..database import database
from ..tables import LISTS, ListItem
from ._records import ID, found

blueprint = Blueprint("lists", __name__, url_prefix="/settings/lists")
blueprint.before_request(require_administrator)

LABELS = dict(
    zip(
        LISTS,
        (
            _l("Category"), _l("Business"), _l("Position"), _l("Country"), _l("Interests"), _l("Payment terms"),
            _l("Legal basis"), _l("Consent source"),
        ),
        strict=True,
    )
)  # fmt: skip
_MOST = 255
_MOST_CODE = 40


@blueprint.get("/")
def index() -> str:
    query = select(ListItem.list_name, func.count()).where(ListItem.active).group_by(ListItem.list_name)
    with database().reading() as session:
        counts = dict(session.execute(query).all())
    return render_template("demo/lists.html", labels=LABELS, counts=counts)


@blueprint.get("/<list_name>")
def show(list_name: str) -> str:
    _require_list(list_name)
    query = select(ListItem).where(ListItem.list_name == list_name).order_by(ListItem.rank, ListItem.name)
    with database().reading() as session:
        items = session.scalars(query).all()
    return render_template("demo/list.html", label=LABELS[list_name], list_name=list_name, items=items)


@blueprint.post("/<list_name>/add")
def add(list_name: str) -> Response:
    _require_list(list_name)
    with database().writing() as session:
        name = _new_name(session, list_name, None)
        if name:
            rank = session.scalar(select(func.max(ListItem.rank)).where(ListItem.list_name == list_name)) or 0
            session.add(ListItem(list_name=list_name, name=name, code=_code(), rank=rank + 1))
            flash(gettext("“%(name)s” is added.", name=name), "ok")
    return redirect(url_for(".show", list_name=list_name))


@blueprint.post(f"/item/<{ID}:item_id>")
def change(item_id: int) -> Response:
    """Rename the item, or switch it on or off, whichever button was pressed."""
    with database().writing() as session:
        item = found(session, ListItem, item_id)
        _change(session, item)
        return redirect(url_for(".show", list_name=item.list_name))


def _change(session: Session, item: Any) -> None:
    if request.form.get("act") == "switch":
        item.active = not item.active
        states = {True: gettext("“%(name)s” is active.", name=item.name),
                  False: gettext("“%(name)s” is deactivated.", name=item.name)}  # fmt: skip
        flash(states[item.active], "ok")
        return
    name = _new_name(session, item.list_name, item.id)
    if name:
        item.name = name
        flash(gettext("Saved."), "ok")


def _new_name(session: Session, list_name: str, item_id: int | None) -> str | None:
    """The name that was sent, when the list may have it; else None, and the page says why."""
    name = cleaned(request.form.get("name"))
    if not name or len(name) > _MOST:
        flash(gettext("Enter a name of 1 to %(most)s characters.", most=_MOST), "bad")
        return None
    query = select(ListItem.id).where(
        ListItem.list_name == list_name, ListItem.name == name, ListItem.id != (item_id or 0)
    )
    if session.scalar(query) is not None:
        flash(gettext("The list has “%(name)s” already.", name=name), "bad")
        return None
    return name


def _code() -> str | None:
    code = cleaned(request.form.get("code"))
    return code[:_MOST_CODE].upper() if code else None


def _require_list(list_name: str) -> None:
    if list_name not in LISTS:
        abort(404)

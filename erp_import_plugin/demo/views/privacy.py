from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import delete, select
from werkzeug.wrappers import Response

from ..access import require_administrator
from ..database import database
from ..listing import asked_page, page_of
from ..preferences import default_item
from ..tables import DoNotRecreate, ListItem
from ._records import ID

blueprint = Blueprint("privacy", __name__, url_prefix="/settings/privacy")
blueprint.before_request(require_administrator)

_LISTS = ("legal_basis", "consent_source")


@blueprint.get("/")
def index() -> str:
    items = select(ListItem).where(ListItem.list_name.in_(_LISTS), ListItem.active).order_by(ListItem.rank)
    erased = select(DoNotRecreate).order_by(DoNotRecreate.erased_at.desc(), DoNotRecreate.id.desc())
    with database().reading() as session:
        return render_template(
            "demo/privacy.html",
            items=session.scalars(items).all(),
            defaults={default_item(session, name) for name in _LISTS},
            page=page_of(session, erased, asked_page()),
        )


@blueprint.post(f"/do-not-recreate/<{ID}:entry_id>/remove")
def allow_again(entry_id: int) -> Response:
    with database().writing() as session:
        session.execute(delete(DoNotRecreate).where(DoNotRecreate.id == entry_id))
    flash(gettext("The entry is removed from the do-not-recreate list."), "ok")
    return redirect(url_for(".index"))

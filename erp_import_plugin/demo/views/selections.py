from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..access import administrators_only
from ..database import database
from ..deleting import ENTITIES, delete_members
from ..listing import asked_page, page_of
from ..tables import Company, Person, Project, Selection, SelectionMember
from ._records import ID, found

blueprint = Blueprint("selections", __name__, url_prefix="/selections")

PLACES = {"company": "companies", "person": "contacts", "project": "projects"}
"""Entity → the blueprint that shows it."""
_ORDER: dict[str, tuple[Any, ...]] = {
    "company": (Company.name, Company.id),
    "person": (Person.last_name, Person.first_name, Person.id),
    "project": (Project.name, Project.id),
}


@blueprint.get("/")
def index() -> str:
    counts = select(SelectionMember.selection_id, func.count().label("members")).group_by(SelectionMember.selection_id)
    counted = counts.subquery()
    query = (
        select(Selection, func.coalesce(counted.c.members, 0))
        .join_from(Selection, counted, counted.c.selection_id == Selection.id, isouter=True)
        .order_by(Selection.created_at.desc(), Selection.id.desc())
    )
    with database().reading() as session:
        page = page_of(session, query, asked_page(), whole=True)
    return render_template("demo/selections.html", page=page)


@blueprint.get(f"/<{ID}:selection_id>")
def show(selection_id: int) -> str:
    with database().reading() as session:
        selection = found(session, Selection, selection_id)
        model: Any = ENTITIES[selection.entity]
        members = (
            select(model)
            .join(SelectionMember, SelectionMember.entity_id == model.id)
            .where(SelectionMember.selection_id == selection_id)
            .order_by(*_ORDER[selection.entity])
        )
        page = page_of(session, members, asked_page())
    return render_template("demo/selection.html", selection=selection, page=page, place=PLACES[selection.entity])


@blueprint.post(f"/<{ID}:selection_id>/remove")
def remove(selection_id: int) -> Response:
    member = request.form.get("member", type=int)
    with database().writing() as session:
        found(session, Selection, selection_id)
        session.execute(
            delete(SelectionMember).where(
                SelectionMember.selection_id == selection_id, SelectionMember.entity_id == member
            )
        )
    flash(gettext("Removed from the selection. It is still in the CRM."), "ok")
    return redirect(url_for(".show", selection_id=selection_id, page=request.form.get("page", 1, type=int)))


@blueprint.route(f"/<{ID}:selection_id>/delete-members", methods=["GET", "POST"])
@administrators_only
def delete_from_crm(selection_id: int) -> str | Response:
    if request.method == "POST":
        with database().writing() as session:
            count = delete_members(session, found(session, Selection, selection_id))
        flash(ngettext("%(num)s record is deleted.", "%(num)s records are deleted.", count), "ok")
        return redirect(url_for(".show", selection_id=selection_id))
    with database().reading() as session:
        selection = found(session, Selection, selection_id)
        count = _member_count(session, selection_id)
    return render_template(
        "demo/confirm.html",
        heading=ngettext("Delete %(num)s record from the CRM?", "Delete %(num)s records from the CRM?", count),
        sentences=[
            gettext("Everything the selection “%(name)s” holds is deleted from the CRM.", name=selection.name),
            gettext("This cannot be undone."),
        ],
        act=ngettext("Delete %(num)s record", "Delete %(num)s records", count),
        back=url_for(".show", selection_id=selection_id),
    )


@blueprint.route(f"/<{ID}:selection_id>/delete", methods=["GET", "POST"])
@administrators_only
def delete_selection(selection_id: int) -> str | Response:
    with database().reading() as session:
        selection = found(session, Selection, selection_id)
    if request.method == "POST":
        with database().writing() as session:
            session.execute(delete(Selection).where(Selection.id == selection_id))
        flash(gettext("“%(name)s” is deleted.", name=selection.name), "ok")
        return redirect(url_for(".index"))
    return render_template(
        "demo/confirm.html",
        heading=gettext("Delete “%(name)s”?", name=selection.name),
        sentences=[gettext("Only the selection is deleted. What it holds stays in the CRM.")],
        act=gettext("Delete"),
        back=url_for(".show", selection_id=selection_id),
    )


def _member_count(session: Session, selection_id: int) -> int:
    query = select(func.count()).where(SelectionMember.selection_id == selection_id)
    return session.scalar(query) or 0

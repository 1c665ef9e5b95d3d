"""Open, edit and delete: the same for companies, contacts and projects."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..database import database
from ..deleting import delete_entity
from ..records import (
    PERSON,
    Kind,
    NotSaved,
    channels_of,
    choices,
    company_label,
    interests_of,
    save,
    version_of,
)

LARGEST_ID = 2_147_483_647
ID = f"int(max={LARGEST_ID})"


def found(session: Session, model: Any, record_id: int) -> Any:
    record = session.get(model, record_id)
    if record is None:
        abort(404)
    return record


def edit_page(kind: Kind, place: str, record_id: int | None) -> str | Response:
    """The form of an existing record, or of a new one when there is no id; saves what is posted."""
    with database().reading() as session:
        record = found(session, kind.model, record_id) if record_id is not None else None
        form = _form(session, kind, record)
    if form.validate_on_submit():
        try:
            with database().writing() as session:
                current = found(session, kind.model, record_id) if record_id is not None else None
                saved_id = save(session, kind, current, form, current_user.login).id
        except NotSaved as problem:
            (form[problem.field].errors if problem.field else form.form_errors).append(problem.reason)
        else:
            flash(gettext("Saved."), "ok")
            return redirect(url_for(f"{place}.show", record_id=saved_id))
    return render_template("demo/record_edit.html", form=form, place=place, record=record, record_id=record_id)


def delete_page(kind: Kind, place: str, record_id: int, consequence: str) -> str | Response:
    """Ask on GET, delete on POST."""
    with database().reading() as session:
        record = found(session, kind.model, record_id)
    if request.method == "POST":
        with database().writing() as session:
            delete_entity(session, kind.entity, record_id)
        flash(gettext("“%(name)s” is deleted.", name=record.name), "ok")
        return redirect(url_for(f"{place}.index"))
    return render_template(
        "demo/confirm.html",
        heading=gettext("Delete “%(name)s”?", name=record.name),
        sentences=[consequence],
        act=gettext("Delete"),
        back=url_for(f"{place}.show", record_id=record_id),
    )


def _form(session: Session, kind: Kind, record: Any) -> Any:
    extra: dict[str, Any] = {"version": version_of(record)}
    if record is not None:
        extra |= channels_of(session, kind, record.id)
        extra["company"] = company_label(session, getattr(record, "company_id", None))
        if kind is PERSON:
            extra["interests"] = interests_of(session, record.id)
    form: Any = kind.form(data={**_columns(record), **extra})
    kept = [getattr(record, name, None) for name in form.lists] if record is not None else []
    form.offer(choices(session, *kept, *extra.get("interests", ())))
    return form


def _columns(record: Any) -> dict[str, Any]:
    return {} if record is None else {column.key: getattr(record, column.key) for column in record.__table__.columns}

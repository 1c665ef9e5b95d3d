from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from ..access import administrators_only
from ..database import database
from ..erasure import erase as erase_person
from ..listing import asked_page, asked_search, containing, page_of
from ..records import PERSON, channels_of
from ..tables import Company, ListItem, Person, PersonChannel, PersonInterest
from ._records import ID, delete_page, edit_page, found

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")

_IN_LIST = ("phone_mobile", "email")


@blueprint.get("/")
def index() -> str:
    search = asked_search()
    query = (
        select(Person, Company.name)
        .join_from(Person, Company, Person.company_id == Company.id, isouter=True)
        .order_by(Person.last_name, Person.first_name, Person.id)
    )
    for word in search.split():
        query = query.where(containing(word, Person.first_name, Person.last_name, Company.name, Person.number))
    with database().reading() as session:
        page = page_of(session, query, asked_page(), whole=True)
        channels = select(PersonChannel.person_id, PersonChannel.kind, func.min(PersonChannel.value)).where(
            PersonChannel.kind.in_(_IN_LIST), PersonChannel.person_id.in_([person.id for person, _ in page.rows])
        )
        grouped = session.execute(channels.group_by(PersonChannel.person_id, PersonChannel.kind))
        return render_template(
            "demo/contacts.html",
            page=page,
            search=search,
            channels={(person_id, kind): value for person_id, kind, value in grouped},
        )


@blueprint.get(f"/<{ID}:record_id>")
def show(record_id: int) -> str:
    with database().reading() as session:
        person = found(session, Person, record_id)
        interests = (
            select(ListItem.name)
            .join(PersonInterest, PersonInterest.item_id == ListItem.id)
            .where(PersonInterest.person_id == record_id)
            .order_by(ListItem.rank)
        )
        return render_template(
            "demo/contact.html",
            person=person,
            company=session.get(Company, person.company_id) if person.company_id else None,
            items=dict(session.execute(select(ListItem.id, ListItem.name)).all()),
            channels=channels_of(session, PERSON, record_id),
            interests=session.scalars(interests).all(),
        )


@blueprint.route("/new", methods=["GET", "POST"], defaults={"record_id": None})
@blueprint.route(f"/<{ID}:record_id>/edit", methods=["GET", "POST"])
def edit(record_id: int | None) -> str | Response:
    return edit_page(PERSON, "contacts", record_id)


@blueprint.route(f"/<{ID}:record_id>/delete", methods=["GET", "POST"])
@administrators_only
def delete(record_id: int) -> str | Response:
    return delete_page(
        PERSON, "contacts", record_id, gettext("An import may create this contact again. To prevent that, erase it.")
    )


@blueprint.route(f"/<{ID}:record_id>/erase", methods=["GET", "POST"])
@administrators_only
def erase(record_id: int) -> str | Response:
    if request.method == "POST":
        with database().writing() as session:
            told_by = erase_person(session, found(session, Person, record_id))
        flash(_erased(told_by), "ok" if told_by else "warn")
        return redirect(url_for("contacts.index"))
    with database().reading() as session:
        person = found(session, Person, record_id)
    return render_template(
        "demo/confirm.html",
        heading=gettext("Erase “%(name)s” on request?", name=person.name),
        sentences=[
            gettext("The contact is deleted for good, with phones, e-mail addresses and interests."),
            gettext("Unreadable digests are kept, so that no import creates the contact again."),
        ],
        act=gettext("Erase on request"),
        back=url_for("contacts.show", record_id=record_id),
    )


def _erased(told_by: int) -> str:
    """What to say of a contact that was erased and is told by so many digests."""
    if not told_by:
        return str(
            gettext(
                "The contact is erased. It had no e-mail address and no mobile phone, "
                "so an import cannot recognise it and may create it again."
            )
        )
    return str(
        ngettext(
            "The contact is erased. %(num)s entry on the do-not-recreate list keeps it from coming back.",
            "The contact is erased. %(num)s entries on the do-not-recreate list keep it from coming back.",
            told_by,
        )
    )

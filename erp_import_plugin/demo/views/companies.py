from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ..access import administrators_only
from ..database import database
from ..listing import asked_page, asked_search, containing, page_of
from ..records import COMPANY, channels_of
from ..tables import Company, CompanyChannel, ListItem, Person, Project
from ._records import ID, delete_page, edit_page, found

blueprint = Blueprint("companies", __name__, url_prefix="/companies")

_SHOWN_MOST = 100


@blueprint.get("/")
def index() -> str:
    search = asked_search()
    query = select(Company).order_by(Company.name, Company.id)
    if search:
        query = query.where(containing(search, Company.name, Company.number, Company.vat_number, Company.street_city))
    with database().reading() as session:
        page = page_of(session, query, asked_page())
        phones = select(CompanyChannel.company_id, func.min(CompanyChannel.value)).where(
            CompanyChannel.kind == "phone", CompanyChannel.company_id.in_([company.id for company in page.rows])
        )
        return render_template(
            "demo/companies.html",
            page=page,
            search=search,
            items=_item_names(session),
            phones=dict(session.execute(phones.group_by(CompanyChannel.company_id)).all()),
        )


@blueprint.get(f"/<{ID}:record_id>")
def show(record_id: int) -> str:
    with database().reading() as session:
        company = found(session, Company, record_id)
        contacts = select(Person).where(Person.company_id == record_id).order_by(Person.last_name, Person.first_name)
        projects = select(Project).where(Project.company_id == record_id).order_by(Project.name)
        return render_template(
            "demo/company.html",
            company=company,
            items=_item_names(session),
            channels=channels_of(session, COMPANY, record_id),
            contacts=session.scalars(contacts.limit(_SHOWN_MOST)).all(),
            projects=session.scalars(projects.limit(_SHOWN_MOST)).all(),
        )


@blueprint.route("/new", methods=["GET", "POST"], defaults={"record_id": None})
@blueprint.route(f"/<{ID}:record_id>/edit", methods=["GET", "POST"])
def edit(record_id: int | None) -> str | Response:
    return edit_page(COMPANY, "companies", record_id)


@blueprint.route(f"/<{ID}:record_id>/delete", methods=["GET", "POST"])
@administrators_only
def delete(record_id: int) -> str | Response:
    return delete_page(
        COMPANY, "companies", record_id, gettext("Its contacts and projects stay in the CRM, without a company.")
    )


def _item_names(session: Session) -> dict[int, str]:
    return dict(session.execute(select(ListItem.id, ListItem.name)).all())

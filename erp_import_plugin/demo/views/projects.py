from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from ..access import administrators_only
from ..database import database
from ..listing import asked_page, asked_search, containing, page_of
from ..records import PROJECT, channels_of
from ..tables import Company, Project
from ._records import ID, delete_page, edit_page, found

blueprint = Blueprint("projects", __name__, url_prefix="/projects")


@blueprint.get("/")
def index() -> str:
    search = asked_search()
    query = (
        select(Project, Company.name)
        .join_from(Project, Company, Project.company_id == Company.id, isouter=True)
        .order_by(Project.name, Project.id)
    )
    if search:
        query = query.where(containing(search, Project.name, Project.number, Company.name))
    with database().reading() as session:
        page = page_of(session, query, asked_page(), whole=True)
    return render_template("demo/projects.html", page=page, search=search)


@blueprint.get(f"/<{ID}:record_id>")
def show(record_id: int) -> str:
    with database().reading() as session:
        project = found(session, Project, record_id)
        return render_template(
            "demo/project.html",
            project=project,
            company=session.get(Company, project.company_id) if project.company_id else None,
            channels=channels_of(session, PROJECT, record_id),
        )


@blueprint.route("/new", methods=["GET", "POST"], defaults={"record_id": None})
@blueprint.route(f"/<{ID}:record_id>/edit", methods=["GET", "POST"])
def edit(record_id: int | None) -> str | Response:
    return edit_page(PROJECT, "projects", record_id)


@blueprint.route(f"/<{ID}:record_id>/delete", methods=["GET", "POST"])
@administrators_only
def delete(record_id: int) -> str | Response:
    return delete_page(PROJECT, "projects", record_id, gettext("This cannot be undone."))

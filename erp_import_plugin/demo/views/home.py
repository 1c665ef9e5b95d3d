from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import func, select

from ..database import database
from ..preferences import AUTOMATIC_SYNC, is_on
from ..tables import Backup, Company, Person, Project, Selection

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> str:
    with database().reading() as session:
        counts = {
            model.__tablename__: session.scalar(select(func.count()).select_from(model))
            for model in (Company, Person, Project, Selection)
        }
        return render_template(
            "demo/home.html",
            counts=counts,
            sync_on=is_on(session, AUTOMATIC_SYNC),
            last_backup=session.scalar(select(func.max(Backup.made_at))),
        )

"""From an empty database to a CRM one can sign in to."""

from __future__ import annotations

from sqlalchemy import func, select

from .database import Database
from .seed import seed
from .tables import Base, User


def prepare(database: Database) -> bool:
    """Create what is missing; fill the CRM when nobody can sign in yet.

    Returns:
        True when it was filled now, False when it held data and was left as it is.
    """
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        if session.scalar(select(func.count()).select_from(User)):
            return False
        seed(session)
    return True

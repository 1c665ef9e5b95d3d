"""Deleting companies, contacts and projects, one or a whole selection, in a handful of statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from .tables import Company, Person, Project, Selection, SelectionMember

ENTITIES: dict[str, type[Company] | type[Person] | type[Project]] = {
    "company": Company,
    "person": Person,
    "project": Project,
}


def memberships(entity: str) -> ColumnElement[bool]:
    """The places of entities of this kind in whatever selection."""
    return SelectionMember.selection_id.in_(select(Selection.id).where(Selection.entity == entity))


def delete_entity(session: Session, entity: str, entity_id: int) -> None:
    session.execute(delete(SelectionMember).where(memberships(entity), SelectionMember.entity_id == entity_id))
    model: Any = ENTITIES[entity]
    session.execute(delete(model).where(model.id == entity_id))


def delete_members(session: Session, selection: Selection) -> int:
    """Delete from the CRM what the selection holds, empty the selection, and return how many were deleted.

    Contacts and projects of a deleted company stay, without a company.
    """
    model: Any = ENTITIES[selection.entity]
    members = select(SelectionMember.entity_id).where(SelectionMember.selection_id == selection.id)
    doomed = session.scalar(select(func.count()).select_from(model).where(model.id.in_(members))) or 0
    session.execute(delete(model).where(model.id.in_(members)), execution_options={"synchronize_session": False})
    session.execute(
        delete(SelectionMember).where(
            memberships(selection.entity), SelectionMember.entity_id.not_in(select(model.id))
        ),
        execution_options={"synchronize_session": False},
    )
    return doomed

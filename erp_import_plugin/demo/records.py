"""Reading and saving one company, contact or project with everything that hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from . import tables
from .forms import CompanyForm, PersonForm, ProjectForm, RecordForm, company_reference
from .preferences import MANDATORY_COMPANY, is_on
from .tables import Company, ListItem, PersonInterest, now


@dataclass(frozen=True)
class Kind:
    """What the pages need to know of one kind of record."""

    entity: str
    model: Any
    form: type[RecordForm]
    channel: Any
    owner: str
    """Name of the channels' column that points at the record."""
    channel_kinds: tuple[str, ...]

    @property
    def owner_column(self) -> Any:
        return getattr(self.channel, self.owner)


COMPANY = Kind("company", Company, CompanyForm, tables.CompanyChannel, "company_id", tables.COMPANY_CHANNELS)
PERSON = Kind("person", tables.Person, PersonForm, tables.PersonChannel, "person_id", tables.PERSON_CHANNELS)
PROJECT = Kind("project", tables.Project, ProjectForm, tables.ProjectChannel, "project_id", tables.PROJECT_CHANNELS)


class NotSaved(Exception):
    """Why a record was not saved, in words, and beside which field to say it (None: above them all)."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


def channels_of(session: Session, kind: Kind, record_id: int) -> dict[str, list[str]]:
    """The record's phones, e-mail addresses and URLs by kind, every kind present."""
    found: dict[str, list[str]] = {name: [] for name in kind.channel_kinds}
    query = select(kind.channel).where(kind.owner_column == record_id).order_by(kind.channel.id)
    for channel in session.scalars(query):
        found.setdefault(channel.kind, []).append(channel.value)
    return found


def interests_of(session: Session, person_id: int) -> list[int]:
    return list(session.scalars(select(PersonInterest.item_id).where(PersonInterest.person_id == person_id)))


def choices(session: Session, *kept: int | None) -> dict[str, list[tuple[int, str]]]:
    """The active items of every list, and those the record holds already."""
    query = select(ListItem).where(or_(ListItem.active, ListItem.id.in_([i for i in kept if i is not None])))
    offered: dict[str, list[tuple[int, str]]] = {name: [] for name in tables.LISTS}
    for item in session.scalars(query.order_by(ListItem.rank, ListItem.name)):
        offered.setdefault(item.list_name, []).append((item.id, item.name))
    return offered


def version_of(record: Any) -> str:
    return record.updated_at.isoformat() if record is not None else ""


def company_label(session: Session, company_id: int | None) -> str:
    found = session.get(Company, company_id) if company_id else None
    return f"{found.name} (#{found.id})" if found else ""


def find_company(session: Session, text: str | None) -> int | None:
    """The company a person has typed.

    Raises:
        NotSaved: there is none, or several have that name.
    """
    if not text:
        return None
    reference = company_reference(text)
    condition = Company.id == reference if reference is not None else Company.name == text
    found: Sequence[int] = session.scalars(select(Company.id).where(condition).limit(2)).all()
    if not found:
        raise NotSaved(gettext("There is no company “%(text)s”.", text=text), "company")
    if len(found) > 1:
        raise NotSaved(gettext("Several companies have this name. Enter # and the ID of the one you mean."), "company")
    return found[0]


def save(session: Session, kind: Kind, record: Any, form: Any, login: str) -> Any:
    """Write the form into the record, or into a new one when it is None, and return it.

    Raises:
        NotSaved: someone else saved it meanwhile, or the company is missing or unknown.
    """
    if record is not None and form.version.data != version_of(record):
        raise NotSaved(gettext("Someone has changed this since you opened it. Open it again to see the change."))
    record = record if record is not None else kind.model()
    if "company" in form:
        record.company_id = _company_id(session, kind, form)
    for field in form:
        if field.name in kind.model.__table__.columns:
            setattr(record, field.name, field.data)
    record.updated_at, record.updated_by = now(), login
    session.add(record)
    session.flush()
    _save_channels(session, kind, record.id, form)
    if kind is PERSON:
        _save_interests(session, record.id, form.interests.data)
    return record


def _company_id(session: Session, kind: Kind, form: Any) -> int | None:
    found = find_company(session, form.company.data)
    if found is None and kind is PERSON and is_on(session, MANDATORY_COMPANY):
        raise NotSaved(gettext("A contact needs a company here."), "company")
    return found


def _save_channels(session: Session, kind: Kind, record_id: int, form: Any) -> None:
    session.execute(
        delete(kind.channel).where(kind.owner_column == record_id, kind.channel.kind.in_(kind.channel_kinds))
    )
    rows = [
        {kind.owner: record_id, "kind": name, "value": value}
        for name in kind.channel_kinds
        for value in form[name].data
    ]
    if rows:
        session.execute(insert(kind.channel.__table__), rows)


def _save_interests(session: Session, person_id: int, item_ids: list[int]) -> None:
    session.execute(delete(PersonInterest).where(PersonInterest.person_id == person_id))
    if item_ids:
        rows = [{"person_id": person_id, "item_id": item_id} for item_id in item_ids]
        session.execute(insert(PersonInterest.__table__), rows)  # type: ignore[arg-type]  # it is a Table

"""What the administrators have set for everyone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from .tables import Preference

MANDATORY_COMPANY = "mandatory_company_on_contact"
AUTOMATIC_SYNC = "automatic_sync"
DEFAULT_LISTS = ("category", "business", "country", "payment_terms", "legal_basis", "consent_source")
"""Lists of which one item is the default, kept as its id under ``default_<list>``."""

ON, OFF = "on", "off"


def is_on(session: Session, key: str) -> bool:
    found = session.get(Preference, key)
    return found is not None and found.value == ON


def switch(session: Session, key: str, on: bool) -> None:
    session.merge(Preference(key=key, value=ON if on else OFF))


def default_item(session: Session, list_name: str) -> int | None:
    """The id of the list's default item, None where there is none."""
    found = session.get(Preference, f"default_{list_name}")
    return int(found.value) if found is not None and found.value else None


def set_default_item(session: Session, list_name: str, item_id: int | None) -> None:
    session.merge(Preference(key=f"default_{list_name}", value="" if item_id is None else str(item_id)))

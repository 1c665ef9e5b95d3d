"""Who was erased on request must not come back, and must not be kept either.

So the do-not-recreate list holds digests of what identifies a person, and no name. An import computes the digests of
whom it is about to create and looks whether one is on the list; both sides take them from ``erasure_digests``.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from erp_import_plugin import erasure_digests
from erp_import_plugin.host_api import EntityKind

from .deleting import memberships
from .preferences import default_item
from .records import PERSON, channels_of
from .tables import DoNotRecreate, ListItem, Person, SelectionMember


def erase(session: Session, person: Person) -> int:
    """Delete the contact with all it holds and put its digests on the list.

    Returns:
        How many digests tell the contact; with none of them an import cannot know it again.
    """
    found = digests_of(session, person)
    known = set(session.scalars(select(DoNotRecreate.digest).where(DoNotRecreate.digest.in_(found))))
    session.add_all(DoNotRecreate(digest=digest, entity="person") for digest in sorted(found - known))
    session.execute(delete(SelectionMember).where(memberships("person"), SelectionMember.entity_id == person.id))
    session.delete(person)
    return len(found)


def digests_of(session: Session, person: Person) -> frozenset[str]:
    """What tells this contact: its e-mail addresses and mobile phones, each as a digest."""
    channels = channels_of(session, PERSON, person.id)
    values = {name: tuple(channels[name]) for name in ("email", "phone_mobile")}
    return erasure_digests(EntityKind.PERSON, values, _region(session, person))


def _region(session: Session, person: Person) -> str:
    """Where a phone number without country prefix is from: the contact's country, else the default one."""
    country_id = person.country_id or default_item(session, "country")
    country = session.get(ListItem, country_id) if country_id is not None else None
    return country.code or "" if country else ""

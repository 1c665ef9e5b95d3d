"""Who was erased on request must not come back, and must not be kept either.

So the do-not-recreate list holds SHA-256 digests of what identifies a person, and no name. Whoever is about to
create a contact computes the same digests and looks whether one of them is on the list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from hashlib import sha256

import phonenumbers
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .deleting import memberships
from .tables import Company, DoNotRecreate, ListItem, Person, PersonChannel, SelectionMember


def digests(
    *,
    emails: Iterable[str] = (),
    mobiles: Iterable[str] = (),
    country_code: str | None = None,
    name: str = "",
    company: str = "",
    birth_date: date | None = None,
) -> frozenset[str]:
    """Hexadecimal SHA-256 digests of what identifies a person.

    They are of ``email:<address>``, ``mobile:<E.164>``, ``born:<name>:<YYYY-MM-DD>`` and ``works:<name>:<company>``;
    texts in NFKC, case folded, inner spaces single. A name alone identifies nobody and gives no digest.

    Args:
        mobiles: in any form; a number without country prefix is read as one of ``country_code``.
        country_code: ISO 3166-1 alpha-2.
        name: first and last name, with one space between.
    """
    marks = {f"email:{_plain(email)}" for email in emails if _plain(email)}
    marks |= {f"mobile:{number}" for number in (_e164(mobile, country_code) for mobile in mobiles) if number}
    if _plain(name) and birth_date:
        marks.add(f"born:{_plain(name)}:{birth_date.isoformat()}")
    if _plain(name) and _plain(company):
        marks.add(f"works:{_plain(name)}:{_plain(company)}")
    return frozenset(sha256(mark.encode()).hexdigest() for mark in marks)


def erase(session: Session, person: Person) -> int:
    """Delete the contact with all it holds and put its digests on the list; returns how many digests are new."""
    found = _digests_of(session, person)
    known = set(session.scalars(select(DoNotRecreate.digest).where(DoNotRecreate.digest.in_(found))))
    session.add_all(DoNotRecreate(digest=digest, entity="person") for digest in sorted(found - known))
    session.execute(delete(SelectionMember).where(memberships("person"), SelectionMember.entity_id == person.id))
    session.delete(person)
    return len(found - known)


def _digests_of(session: Session, person: Person) -> frozenset[str]:
    channels = session.scalars(select(PersonChannel).where(PersonChannel.person_id == person.id)).all()
    company = session.get(Company, person.company_id) if person.company_id else None
    country = session.get(ListItem, person.country_id) if person.country_id else None
    return digests(
        emails=[channel.value for channel in channels if channel.kind == "email"],
        mobiles=[channel.value for channel in channels if channel.kind == "phone_mobile"],
        country_code=country.code if country else None,
        name=" ".join(part for part in (person.first_name, person.last_name) if part),
        company=company.name if company else "",
        birth_date=person.birth_date,
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _e164(text: str, country_code: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, country_code)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

"""Who may use a connection: users and groups by name, also those that are gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import ngettext
from erp_import_plugin.web import here
from erp_import_plugin.workflow import access

_MOST = 20
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Subject:
    """A user or group to tick. ``gone``: the host does not know it any more; its name is then its id."""

    id: str
    name: str
    chosen: bool
    gone: bool = False


@dataclass(frozen=True, slots=True)
class UserPick:
    """The users that are chosen, and those found by ``text``; ``more``: there are more than those."""

    text: str
    chosen: tuple[Subject, ...]
    found: tuple[Subject, ...]
    more: bool


def group_pick(chosen: Collection[str]) -> tuple[Subject, ...]:
    """All groups, those that are gone last."""
    groups = here.rooms().host.access.groups()
    there = {group.id for group in groups}
    known = [Subject(group.id, group.name, group.id in chosen) for group in groups]
    return (*known, *(Subject(one, one, True, gone=True) for one in sorted(set(chosen) - there)))


def user_pick(chosen: Collection[str], text: str | None) -> UserPick:
    """The chosen users, and those whose name holds the text; None has not been searched for."""
    known = access.users_by_id(here.rooms(), chosen)
    ticked = [Subject(one, known[one].name if one in known else one, True, gone=one not in known) for one in chosen]
    ticked.sort(key=lambda one: (one.gone, one.name.casefold()))
    if text is None:
        return UserPick("", tuple(ticked), (), False)
    text = "".join(char for char in text if char.isprintable()).strip()[:_LONGEST]
    matches = here.rooms().host.access.users(text, _MOST + 1)
    others = [Subject(user.id, user.name, False) for user in matches[:_MOST] if user.id not in chosen]
    return UserPick(text, tuple(ticked), tuple(others), len(matches) > _MOST)


def scope_text(everyone: bool, users: Collection[str], groups: Collection[str]) -> str:
    """Whom a connection is for, in numbers."""
    if everyone:
        return _("Everyone who may import")
    parts = []
    if groups:
        parts.append(ngettext("%(num)s group", "%(num)s groups", len(groups)))
    if users:
        parts.append(ngettext("%(num)s user", "%(num)s users", len(users)))
    return ", ".join(parts)

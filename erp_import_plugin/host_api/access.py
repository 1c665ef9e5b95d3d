"""Who the user is, and what they may do. Without an answer the plugin refuses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class User:
    """A user of the host. ``id`` and the ids in ``groups`` are text, at most 64 characters, and never reused."""

    id: str
    name: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """A group of users."""

    id: str
    name: str


class Access(Protocol):
    """The host's users and their rights."""

    def current_user(self) -> User | None:
        """Who makes this request; None when nobody is signed in."""

    def find_user(self, user_id: str) -> User | None:
        """The user with this id, None when there is none any more. Called outside requests as well."""

    def users(self, text: str, limit: int) -> Sequence[User]:
        """The first users, by name, whose name holds the text; all that may be picked where it is empty."""

    def groups(self) -> Sequence[Group]:
        """All groups, by name; none where the host has no groups."""

    def may_import(self, user: User) -> bool:
        """Whether the user may import from an ERP. Asked at every step, and again when the import starts."""

    def may_manage_all(self, user: User) -> bool:
        """Whether the user may open and undo the imports of others."""

    def sign_in_url(self, back_to: str) -> str:
        """Where a visitor signs in, coming back to the path ``back_to``."""


@runtime_checkable
class SetUpAccess(Protocol):
    """What an :class:`Access` has as well where not everyone who may import may set up connections and mappings."""

    def may_set_up(self, user: User) -> bool:
        """Whether the user, who may import, may also set up connections. Asked at every step."""


@runtime_checkable
class ManyUsers(Protocol):
    """What an :class:`Access` has as well where it finds many users at once faster than one by one."""

    def find_users(self, user_ids: Collection[str]) -> Sequence[User]:
        """Those of the users with these ids that ``find_user`` would find, in any order."""

"""Actors as a connector returned them → actors the rest of the house can trust; the others named.

Nearly all actors of nearly all ERPs are what was promised. That is seen for a whole actor at a time; only one of which
it cannot be seen is looked at value by value, by the same rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from erp_import_plugin.connector_api import Actor, ActorRef, ActorType, ErpField, FieldType, FieldValue, Page
from erp_import_plugin.connector_host.checking import bounded, is_key, key_text
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.failures import NonsenseError
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.values import UNSTORABLE, check_value
from erp_import_plugin.errors import Sentence

_TEXT = frozenset({str})


@dataclass(frozen=True, slots=True)
class CheckedActor(Actor):
    """An actor whose every part has the promised type. ``problems`` says what was not taken over as it came."""

    problems: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """An actor that cannot be used at all, with its key if it has a usable one."""

    key: str | None
    reason: Sentence


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """A page of a search: usable actors, the unusable ones named, and how to go on."""

    actors: tuple[CheckedActor, ...]
    rejected: tuple[Rejected, ...] = ()
    next: str | None = None
    total: int | None = None


class ActorCheck:
    """Checks what a connector gives when it is asked for actors of one type with some fields."""

    def __init__(self, actor_type: ActorType, wanted: Mapping[str, ErpField], limits: Limits) -> None:
        self._type = actor_type
        self._wanted = wanted
        self._limits = limits
        self._texts = tuple(key for key, field in wanted.items() if field.type is FieldType.TEXT)
        self._others = tuple((key, field) for key, field in wanted.items() if field.type is not FieldType.TEXT)
        self._only_texts = not self._others

    def page(self, page: object) -> CheckedPage:
        """Raises :class:`NonsenseError` if it is no page, or one too large."""
        if not isinstance(page, Page):
            raise NonsenseError(
                Sentence("The connector returned %(type)s instead of a page.", type=type(page).__name__)
            )
        if page.next is not None and not isinstance(page.next, str):
            raise NonsenseError(Sentence("The connector returned a page whose cursor is no text."))
        actors, rejected = self.actors(page.actors)
        usable_total = isinstance(page.total, int) and not isinstance(page.total, bool) and page.total >= 0
        return CheckedPage(actors, rejected, page.next, page.total if usable_total else None)

    def actors(self, given: object) -> tuple[tuple[CheckedActor, ...], tuple[Rejected, ...]]:
        """The usable and the unusable actors. Raises :class:`NonsenseError` if it is no sequence, or one too long."""
        actors: list[CheckedActor] = []
        rejected: list[Rejected] = []
        length = 0
        for number, one in enumerate(bounded(given, self._limits.max_page_actors, Sentence("actors")), 1):
            checked = self._as_promised(one) or self._looked_at(number, one)
            if isinstance(checked, Rejected):
                rejected.append(checked)
            else:
                actors.append(checked)
                length += _length(checked.values)
                self._refuse_length(length)
        return tuple(actors), tuple(rejected)

    def _refuse_length(self, length: int) -> None:
        if length > self._limits.max_page_length:
            most = f"{self._limits.max_page_length:,}"
            raise NonsenseError(
                Sentence(
                    "The connector returned actors of more than %(most)s characters at once. "
                    "Have fewer fields shown in search.",
                    most=most,
                )
            )

    def _as_promised(self, actor: object) -> CheckedActor | None:
        """The actor, if all of it is seen to be what was promised; None if that takes a closer look."""
        # Exact types: a stranger's subclass may answer to anything.
        if type(actor) is not Actor or actor.actor_type is not self._type or type(actor.values) is not dict:
            return None
        get, parent = actor.values.get, actor.parent
        if parent is not None and not (type(parent) is ActorRef and type(parent.actor_type) is ActorType):
            return None
        values = {key: value for key in self._wanted if (value := get(key)) is not None}
        texts = values.values() if self._only_texts else [values[key] for key in self._texts if key in values]
        names = (actor.key, actor.legal_entity, actor.last_modified, "-" if parent is None else parent.key)
        if not self._are_sound(names, texts) or not self._take_others(values):
            return None
        if self._others and _length(values) > self._limits.max_actor_length:
            return None
        return CheckedActor(self._type, actor.key, values, actor.last_modified, parent, actor.legal_entity)

    def _are_sound(self, names: tuple[str, str, str, str], texts: Collection[object]) -> bool:
        """Whether all of these are texts that can be kept as they are, and can name what they name."""
        if not _TEXT.issuperset(map(type, names)) or not _TEXT.issuperset(map(type, texts)):
            return False
        key, legal_entity, mark, parent = names
        most = self._limits.max_key_length
        if not (0 < len(key) <= most and len(legal_entity) <= self._limits.max_name_length and len(mark) <= most):
            return False
        if not 0 < len(parent) <= most or any(map(str.isspace, names)):
            return False
        joined = "".join((*names, *texts))  # type: ignore[arg-type]  # texts, as was seen above
        return len(joined) <= self._limits.max_text_length and (
            joined.isprintable() or not UNSTORABLE.search(joined)  # the first is much faster, the second the rule
        )

    def _take_others(self, values: dict[str, FieldValue]) -> bool:
        """Put the values that are no texts into their type; false if one of them does not fit."""
        for key, field in self._others:
            if key in values:
                value, problem = check_value(field, values[key], self._limits)
                if problem is not None or value is None:
                    return False
                values[key] = value
        return True

    def _looked_at(self, number: int, actor: object) -> CheckedActor | Rejected:
        try:
            return self._actor(actor)
        except NonsenseError as error:
            key = getattr(actor, "key", None)
            usable = key if isinstance(key, str) and is_key(key, self._limits) else None
            reason = Sentence(
                "Actor %(number)s of the page was left out: %(reason)s.", number=number, reason=error.sentence
            )
            return Rejected(usable, reason)

    def _actor(self, actor: object) -> CheckedActor:
        """Raises :class:`NonsenseError` if the actor cannot be told from others or is not of the type asked for."""
        if not isinstance(actor, Actor):
            raise NonsenseError(Sentence("it is %(type)s instead of an actor", type=type(actor).__name__))
        key = key_text(actor.key)
        shown = excerpt(key, 40)
        if not is_key(key, self._limits):
            raise NonsenseError(Sentence("its key “%(key)s” is not a text of 1 to 255 characters", key=shown))
        if actor.actor_type != self._type:
            kind = excerpt(str(getattr(actor.actor_type, "value", actor.actor_type)), 40)
            raise NonsenseError(Sentence("“%(key)s” is of the actor type %(type)s", key=shown, type=kind))
        if not isinstance(actor.values, Mapping):
            raise NonsenseError(Sentence("“%(key)s” has no values by field", key=shown))
        legal_entity = actor.legal_entity if actor.legal_entity is not None else ""
        if legal_entity != "" and not self._is_name(legal_entity):
            raise NonsenseError(Sentence("“%(key)s” has an unusable legal entity", key=shown))
        problems: list[Sentence] = []
        values = self._values(actor.values, problems)
        if _length(values) > self._limits.max_actor_length:
            most = f"{self._limits.max_actor_length:,}"
            raise NonsenseError(Sentence("“%(key)s” holds more than %(most)s characters", key=shown, most=most))
        mark = self._mark(actor.last_modified, problems)
        parent = self._parent(actor.parent, problems)
        return CheckedActor(self._type, key, values, mark, parent, legal_entity, tuple(problems))

    def _is_name(self, name: object) -> bool:
        return is_key(name, self._limits) and len(str(name)) <= self._limits.max_name_length

    def _values(self, given: Mapping[str, object], problems: list[Sentence]) -> dict[str, FieldValue]:
        checked: dict[str, FieldValue] = {}
        for key, field in self._wanted.items():
            value, problem = check_value(field, given.get(key), self._limits)
            if problem is not None:
                problems.append(problem)
            if value is not None:
                checked[key] = value
        return checked

    def _mark(self, mark: object, problems: list[Sentence]) -> str:
        if mark is None or mark == "":
            return ""
        if isinstance(mark, str) and is_key(mark, self._limits):
            return mark
        problems.append(Sentence("The mark of the last change is unusable and was left out."))
        return ""

    def _parent(self, parent: object, problems: list[Sentence]) -> ActorRef | None:
        if parent is None:
            return None
        if isinstance(parent, ActorRef) and is_key(key := key_text(parent.key), self._limits):
            try:
                return ActorRef(ActorType(parent.actor_type), key)
            except ValueError:
                pass
        problems.append(Sentence("The parent is unusable and was left out."))
        return None


def _length(values: Mapping[str, FieldValue]) -> int:
    """Characters of all texts and list items."""
    if _TEXT.issuperset(map(type, values.values())):
        return sum(map(len, values.values()))  # type: ignore[arg-type]  # texts, as was just seen
    return sum(
        len(value) if isinstance(value, str) else sum(map(len, value))
        for value in values.values()
        if isinstance(value, (str, tuple))
    )

"""What a connector returned → shapes the rest of the house can trust."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from erp_import_plugin.connector_api import Actor, ActorRef, ActorType, ErpField, FieldValue, ListItem, Page
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.failures import NonsenseError
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.values import UNSTORABLE, check_value
from erp_import_plugin.errors import Sentence

T = TypeVar("T")


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


def check_page(page: object, actor_type: ActorType, wanted: Mapping[str, ErpField], limits: Limits) -> CheckedPage:
    """Raises :class:`NonsenseError` if it is no page, or one too large."""
    if not isinstance(page, Page):
        raise NonsenseError(Sentence("The connector returned %(type)s instead of a page.", type=type(page).__name__))
    if page.next is not None and not isinstance(page.next, str):
        raise NonsenseError(Sentence("The connector returned a page whose cursor is no text."))
    actors, rejected = check_actors(page.actors, actor_type, wanted, limits)
    usable_total = isinstance(page.total, int) and not isinstance(page.total, bool) and page.total >= 0
    return CheckedPage(actors, rejected, page.next, page.total if usable_total else None)


def check_actors(
    given: object, actor_type: ActorType, wanted: Mapping[str, ErpField], limits: Limits
) -> tuple[tuple[CheckedActor, ...], tuple[Rejected, ...]]:
    """The usable and the unusable actors. Raises :class:`NonsenseError` if it is no sequence, or one too long."""
    actors: list[CheckedActor] = []
    rejected: list[Rejected] = []
    for number, one in enumerate(bounded(given, limits.max_page_actors, Sentence("actors")), 1):
        checked = _checked_or_rejected(number, one, actor_type, wanted, limits)
        if isinstance(checked, Rejected):
            rejected.append(checked)
        else:
            actors.append(checked)
    return tuple(actors), tuple(rejected)


def _checked_or_rejected(
    number: int, actor: object, actor_type: ActorType, wanted: Mapping[str, ErpField], limits: Limits
) -> CheckedActor | Rejected:
    try:
        return check_actor(actor, actor_type, wanted, limits)
    except NonsenseError as error:
        key = getattr(actor, "key", None)
        usable = key if isinstance(key, str) and is_key(key, limits) else None
        return Rejected(usable, _numbered(number, error.sentence))


def check_actor(actor: object, actor_type: ActorType, wanted: Mapping[str, ErpField], limits: Limits) -> CheckedActor:
    """Raises :class:`NonsenseError` if the actor cannot be told from others or is not of the type asked for."""
    if not isinstance(actor, Actor):
        raise NonsenseError(Sentence("it is %(type)s instead of an actor", type=type(actor).__name__))
    key = _key_text(actor.key)
    if not is_key(key, limits):
        shown = excerpt(key, 40)
        raise NonsenseError(Sentence("its key “%(key)s” is not a text of 1 to 255 characters", key=shown))
    if actor.actor_type != actor_type:
        kind = excerpt(str(getattr(actor.actor_type, "value", actor.actor_type)), 40)
        raise NonsenseError(Sentence("“%(key)s” is of the actor type %(type)s", key=excerpt(key, 40), type=kind))
    if not isinstance(actor.values, Mapping):
        raise NonsenseError(Sentence("“%(key)s” has no values by field", key=excerpt(key, 40)))
    legal_entity = actor.legal_entity if actor.legal_entity is not None else ""
    if legal_entity != "" and not (is_key(legal_entity, limits) and len(legal_entity) <= limits.max_name_length):
        raise NonsenseError(Sentence("“%(key)s” has an unusable legal entity", key=excerpt(key, 40)))
    problems: list[Sentence] = []
    return CheckedActor(
        actor_type=actor_type,
        key=key,
        values=_check_values(actor.values, wanted, limits, problems),
        last_modified=_check_mark(actor.last_modified, limits, problems),
        parent=_check_parent(actor.parent, limits, problems),
        legal_entity=legal_entity,
        problems=tuple(problems),
    )


def check_list_items(given: object, limits: Limits) -> tuple[tuple[ListItem, ...], tuple[Sentence, ...]]:
    """The usable items of a list, one per key, and a sentence per item left out."""
    items: dict[str, ListItem] = {}
    complaints: list[Sentence] = []
    for item in bounded(given, limits.max_list_items, Sentence("list items")):
        key = _key_text(getattr(item, "key", None)) if isinstance(item, ListItem) else ""
        if not is_key(key, limits):
            complaints.append(Sentence("A list item without a usable key was left out."))
        elif key in items:
            complaints.append(Sentence("The list item “%(key)s” comes twice; the first is used.", key=excerpt(key, 60)))
        else:
            label = getattr(item, "label", None)
            shown = excerpt(label, limits.max_key_length) if isinstance(label, str) else ""
            items[key] = ListItem(key, shown or key)
    return tuple(items.values()), tuple(complaints)


def check_actor_types(given: object) -> tuple[ActorType, ...]:
    """The actor types, each once. Raises :class:`NonsenseError` for one that does not exist."""
    return tuple(dict.fromkeys(_actor_type(one) for one in bounded(given, 100, Sentence("actor types"))))


def _actor_type(given: object) -> ActorType:
    try:
        return ActorType(given)
    except ValueError:
        name = excerpt(str(given), 40)
    raise NonsenseError(Sentence("The connector offers an unknown actor type, “%(type)s”.", type=name))


def bounded(given: object, most: int, what: Sentence) -> Sequence[object]:
    """The elements of what should be a sequence. Raises :class:`NonsenseError` if it is none or too long."""
    if not isinstance(given, Iterable) or isinstance(given, (str, bytes, Mapping)):
        raise NonsenseError(
            Sentence("The connector returned %(type)s instead of %(what)s.", type=type(given).__name__, what=what)
        )
    elements = list(islice(given, most + 1))
    if len(elements) > most:
        raise NonsenseError(
            Sentence("The connector returned more than %(most)s %(what)s at once.", most=f"{most:,}", what=what)
        )
    return elements


def is_key(key: object, limits: Limits) -> bool:
    """Whether this can be kept and found again as a key."""
    usable = isinstance(key, str) and 0 < len(key) <= limits.max_key_length and not UNSTORABLE.search(key)
    return usable and bool(str(key).strip())


def _key_text(key: object) -> str:
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    return key if isinstance(key, str) else ""


def _numbered(number: int, reason: Sentence) -> Sentence:
    return Sentence("Actor %(number)s of the page was left out: %(reason)s.", number=number, reason=reason)


def _check_values(
    values: Mapping[str, object], wanted: Mapping[str, ErpField], limits: Limits, problems: list[Sentence]
) -> dict[str, FieldValue]:
    checked: dict[str, FieldValue] = {}
    for key, field in wanted.items():
        value, problem = check_value(field, values.get(key), limits)
        if problem is not None:
            problems.append(problem)
        if value is not None:
            checked[key] = value
    return checked


def _check_mark(mark: object, limits: Limits, problems: list[Sentence]) -> str:
    if mark is None or mark == "":
        return ""
    if isinstance(mark, str) and is_key(mark, limits):
        return mark
    problems.append(Sentence("The mark of the last change is unusable and was left out."))
    return ""


def _check_parent(parent: object, limits: Limits, problems: list[Sentence]) -> ActorRef | None:
    if parent is None:
        return None
    if isinstance(parent, ActorRef) and is_key(key := _key_text(parent.key), limits):
        try:
            return ActorRef(ActorType(parent.actor_type), key)
        except ValueError:
            pass
    problems.append(Sentence("The parent is unusable and was left out."))
    return None

"""What a connector returned → shapes the rest of the house can trust."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from erp_import_plugin.connector_api import ActorType, ListItem
from erp_import_plugin.connector_host.excerpts import excerpt
from erp_import_plugin.connector_host.failures import NonsenseError
from erp_import_plugin.connector_host.limits import Limits
from erp_import_plugin.connector_host.values import UNSTORABLE
from erp_import_plugin.errors import Sentence


def check_list_items(given: object, limits: Limits) -> tuple[tuple[ListItem, ...], tuple[Sentence, ...]]:
    """The usable items of a list, one per key, and a sentence per item left out."""
    items: dict[str, ListItem] = {}
    complaints: list[Sentence] = []
    for item in bounded(given, limits.max_list_items, Sentence("list items")):
        key = key_text(getattr(item, "key", None)) if isinstance(item, ListItem) else ""
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


def key_text(key: object) -> str:
    """A key as text; a whole number is taken for one, anything else is empty."""
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    return key if isinstance(key, str) else ""

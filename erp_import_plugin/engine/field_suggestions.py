"""Which CRM field an ERP field with an unknown key may be: suggested by its name, never chosen by us."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from erp_import_plugin.connector_api import ErpField
from erp_import_plugin.engine.field_names import NAMES
from erp_import_plugin.engine.mapping import KNOWN_KEYS, ActorMapping, compatible, targets
from erp_import_plugin.host_api import EntitySchema

_LONGEST = 80  # letters of a name that are looked at
_NOT_A_LETTER = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l"})
_ONE_SLIP, _TWO_SLIPS = 6, 12  # letters from which a name may differ by so much


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A CRM field for an ERP field, and the name of the ERP field it comes from: its label, else its key."""

    crm_field: str
    name: str
    by_label: bool


def suggestions(mapping: ActorMapping, schema: EntitySchema) -> dict[str, Suggestion]:
    """Suggestions for the ERP fields that go nowhere, by their keys; a CRM field with one value is suggested once.

    What a name means exactly goes before what it is only much like.
    """
    index = _index(schema)
    crm_fields = targets(schema)
    taken = {one.crm_field for one in mapping.imported()}
    open_fields = [one.erp for one in mapping.fields if one.crm_field is None and not (one.gone or one.declined)]
    found: dict[str, Suggestion] = {}
    for exactly in (True, False):
        for erp in open_fields:
            if erp.key in found:
                continue
            for name, by_label, keys in _meanings(erp, index, exactly=exactly):
                free = (key for key in keys if crm_fields[key].many or key not in taken)
                target = next((key for key in free if compatible(erp, crm_fields[key])), None)
                if target:
                    found[erp.key] = Suggestion(target, name, by_label)
                    taken.add(target)
                    break
    return found


def _index(schema: EntitySchema) -> dict[str, list[str]]:
    """What each name means: fields of the host only, its own labels and keys last."""
    index: dict[str, list[str]] = {}
    crm_fields = targets(schema)
    known = {target: [key] for key, target in KNOWN_KEYS[schema.kind].items()}
    for key in NAMES[schema.kind]:
        if key in crm_fields:
            for name in (*NAMES[schema.kind][key], *known.get(key, ())):
                _put(index, name, key)
    for key, crm in crm_fields.items():
        for name in (str(crm.label), key):
            _put(index, name, key)
    return index


def _put(index: dict[str, list[str]], name: str, key: str) -> None:
    keys = index.setdefault(plain(name), [])
    if key not in keys:
        keys.append(key)


def _meanings(erp: ErpField, index: Mapping[str, list[str]], *, exactly: bool) -> Iterator[tuple[str, bool, list[str]]]:
    """The CRM fields that the label may mean, then those the key may; the key is not asked where the label speaks."""
    for name, by_label in ((erp.label, True), (erp.key, False), (re.split(r"[./:]", erp.key)[-1], False)):
        word = plain(name)
        if word in index:
            if exactly:
                yield name, by_label, index[word]
            return
        if not exactly:
            keys = _alike(word, index)
            if keys:
                yield name, by_label, keys


def _alike(word: str, index: Mapping[str, list[str]]) -> list[str]:
    """The CRM fields of the names nearest to a word, none where the nearest ones mean different fields."""
    slips = 0 if len(word) < _ONE_SLIP else 1 if len(word) < _TWO_SLIPS else 2
    if not slips:
        return []
    nearest = [
        (distance, keys)
        for name, keys in index.items()
        if abs(len(name) - len(word)) <= slips and _DIGIT.findall(name) == _DIGIT.findall(word)
        if (distance := OSA.distance(word, name, score_cutoff=slips)) <= slips
    ]
    best = [keys for distance, keys in nearest if distance == min(nearest)[0]]
    return best[0] if all(keys == best[0] for keys in best) and best else []


def plain(name: str) -> str:
    """The name without case, accents, blanks and signs."""
    folded = unicodedata.normalize("NFKD", name[:_LONGEST].casefold().translate(_LETTERS))
    return _NOT_A_LETTER.sub("", "".join(letter for letter in folded if not unicodedata.combining(letter)))

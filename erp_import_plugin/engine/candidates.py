"""From a staged actor to a candidate: the same record in the CRM's terms."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from erp_import_plugin.connector_api import ActorRef, ActorType, ErpField, FieldValue
from erp_import_plugin.engine import defaults, normalising
from erp_import_plugin.engine.changes import FieldProblem, NewItem, NewValue
from erp_import_plugin.engine.defaults import PYTHON
from erp_import_plugin.engine.fields import is_empty
from erp_import_plugin.engine.lists import Ignored, Lists
from erp_import_plugin.engine.mapping import COMPANY_NAME, ActorMapping
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.host_api import CrmField, CrmType, EntityKind, EntitySchema

_SHOWN = 80  # characters of a bad value
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_MOST_ITEMS = 10_000  # that are remembered; a text field that fills a list may have another one in every row
_LARGEST = 2**63 - 1  # the widest integer of every database


@dataclass(frozen=True, slots=True)
class StagedActor:
    """An actor as it was fetched and saved. ``row`` is its id; ``problems`` are what the ERP's answer had wrong."""

    row: int
    actor_type: ActorType
    key: str
    values: Mapping[str, FieldValue]
    legal_entity: str = ""
    parent: ActorRef | None = None
    label: str = ""
    missing: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A staged actor in the CRM's terms.

    ``values`` has every mapped field that could be read, None or () where the ERP has nothing. ``fallbacks`` fill
    fields that would stay empty. ``region`` is the ISO code of the country its phones are read in.
    """

    row: int
    kind: EntityKind
    label: str
    values: Mapping[str, NewValue]
    fallbacks: Mapping[str, NewValue] = field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()
    parent: ActorRef | None = None
    company_name: str = ""
    region: str = ""
    missing: bool = False


@dataclass(slots=True)
class _Draft:
    """A candidate's values while they are gathered; ``left_alone`` are fields with a value that is not imported."""

    fallbacks: Mapping[str, NewValue]
    values: dict[str, NewValue] = field(default_factory=dict)
    left_alone: set[str] = field(default_factory=set)
    problems: list[FieldProblem] = field(default_factory=list)

    def usable(self) -> dict[str, NewValue]:
        """The values without those that are empty only because the ERP's was not imported: nothing is cleared."""
        if not self.left_alone:
            return self.values
        return {key: new for key, new in self.values.items() if not (key in self.left_alone and is_empty(new))}


class UnfitError(ValueError):
    """A value that the CRM field cannot take."""

    def __init__(self, code: ReasonCode, **params: str) -> None:
        super().__init__(code.value)
        self.reason = Reason(code, params)


class _Way:
    """How values of one ERP field get into their CRM field; ``alone`` where no other ERP field goes there.

    Up to ``longest`` characters a printable text is put there as it stands. ``items`` are the items of a list that
    have been resolved already, each without anything to say about it.
    """

    __slots__ = ("crm", "erp", "is_list", "items", "longest", "many", "source", "target")

    def __init__(self, erp: ErpField, crm: CrmField, *, alone: bool) -> None:
        self.erp, self.crm = erp, crm
        self.source, self.target = erp.key, crm.key
        self.many = crm.many
        self.longest = _longest_plain(erp, crm) if alone else 0
        self.is_list = alone and crm.type is CrmType.LIST
        self.items: dict[FieldValue, NewValue] = {}

    def remember(self, raw: FieldValue, value: NewValue) -> None:
        """Keep what an item has become."""
        if len(self.items) < _MOST_ITEMS:
            self.items[raw] = value


class Converter:
    """Turns the staged actors of one actor type into candidates."""

    def __init__(self, mapping: ActorMapping, schema: EntitySchema, lists: Lists, region: str) -> None:
        self._mapping = mapping
        self._lists = lists
        self._region = region
        self._defaults, self._lost = defaults.usable(defaults.chosen(mapping, lists.settings), schema, lists)
        targets = dict(schema.fields) | {COMPANY_NAME.key: COMPANY_NAME}
        fields = [(m.erp, targets[m.crm_field]) for m in mapping.imported() if m.crm_field in targets]
        uses = Counter(crm.key for _, crm in fields)
        self._ways = [_Way(erp, crm, alone=uses[crm.key] == 1) for erp, crm in fields]
        self._country_list = schema.fields["country"].list_name or "" if "country" in schema.fields else ""

    def candidate(self, actor: StagedActor) -> Candidate:
        """The candidate of one actor; what cannot be read is listed in its problems and left alone."""
        draft = _Draft(self._defaults)
        if actor.problems:
            draft.problems += [FieldProblem("", _shown(text), Reason(ReasonCode.UNREADABLE)) for text in actor.problems]
        put, get = draft.values, actor.values.get
        for way in self._ways:
            raw = get(way.source)
            if way.longest and (
                raw is None or (isinstance(raw, str) and len(raw) <= way.longest and raw.isprintable())
            ):
                text = raw and raw.strip()
                put[way.target] = (text or None) if not way.many else (text,) if text else ()
            elif way.items and isinstance(raw, (str, tuple)) and raw in way.items:
                put[way.target] = way.items[raw]
            else:
                self._convert(way, raw, draft)
        values = draft.usable()
        if self._lost:
            draft.problems += self._lost_defaults(values, draft.fallbacks)
        company_name = values.pop(COMPANY_NAME.key, None)
        return Candidate(
            actor.row,
            self._mapping.kind,
            actor.label or actor.key,
            values,
            draft.fallbacks,
            tuple(draft.problems),
            actor.parent,
            str(company_name or ""),
            self._country(values) or self._region,
            actor.missing,
        )

    def _convert(self, way: _Way, raw: FieldValue, draft: _Draft) -> None:
        try:
            self._put(way.erp, way.crm, raw, draft)
        except UnfitError as error:
            draft.left_alone.add(way.target)
            draft.problems.append(FieldProblem(way.target, _shown(raw), error.reason))
        if way.is_list and isinstance(raw, (str, tuple)) and way.target not in draft.left_alone:
            way.remember(raw, draft.values[way.target])

    def _lost_defaults(self, values: Mapping[str, NewValue], fallbacks: Mapping[str, NewValue]) -> list[FieldProblem]:
        """Fields that stay empty because the CRM does not take their default any more."""
        lost = (key for key in sorted(self._lost) if is_empty(values.get(key)) and key not in fallbacks)
        return [FieldProblem(key, "", Reason(ReasonCode.DEFAULT_GONE)) for key in lost]

    def _put(self, erp: ErpField, crm: CrmField, raw: FieldValue, draft: _Draft) -> None:
        before = draft.values.get(crm.key)
        values: Sequence[NewValue] = (
            self._items(erp, crm, raw, draft)
            if crm.type is CrmType.LIST
            else [_value(self._shown_item(erp, one), crm) for one in _each(raw)]
        )
        values = [value for value in values if not is_empty(value)]
        if crm.many:
            draft.values[crm.key] = tuple(dict.fromkeys((*(before or ()), *values)))  # type: ignore[misc,arg-type]
        elif len(values) > 1:
            raise UnfitError(ReasonCode.NOT_A_VALUE, type=crm.type.value)
        else:
            draft.values[crm.key] = values[0] if values else before

    def _items(self, erp: ErpField, crm: CrmField, raw: FieldValue, draft: _Draft) -> list[NewValue]:
        found: dict[NewValue, None] = {}
        for item in filter(None, map(_cleaned, _each(raw))):
            resolved = self._lists.resolve(crm.list_name or "", erp.list_name, item)
            if not isinstance(resolved, Ignored):
                found[_fit_item(resolved)] = None
                continue
            draft.left_alone.add(crm.key)
            label = self._lists.label(erp.list_name, item)
            if normalising.text(label):
                ignored = Reason(ReasonCode.ITEM_IGNORED, setting=f"lists.{crm.list_name}")
                draft.problems.append(FieldProblem(crm.key, _shown(label), ignored))
            if resolved.fallback:
                fallback = (resolved.fallback,) if crm.many else resolved.fallback
                draft.fallbacks = {**draft.fallbacks, crm.key: fallback}
        return list(found)

    def _shown_item(self, erp: ErpField, raw: FieldValue) -> FieldValue:
        if erp.list_name and isinstance(raw, str):
            return self._lists.label(erp.list_name, raw)
        return raw

    def _country(self, values: Mapping[str, NewValue]) -> str:
        item = values.get("country")
        return self._lists.code(self._country_list, item) if isinstance(item, str) else ""


def _longest_plain(erp: ErpField, crm: CrmField) -> int:
    if crm.type in PYTHON or crm.type is CrmType.LIST or erp.list_name:
        return 0
    return sys.maxsize if crm.max_length is None else crm.max_length


def _text(value: FieldValue, crm: CrmField) -> str:
    text = _cleaned(value)
    if crm.max_length is not None and len(text) > crm.max_length:
        raise UnfitError(ReasonCode.TOO_LONG, length=str(len(text)), max=str(crm.max_length))
    return text


def _cleaned(value: FieldValue) -> str:
    """The text of a value without blanks at its ends; a number in plain digits."""
    if value is None:
        return ""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, (date, datetime)):
        text = value.isoformat()
    if _UNSTORABLE.search(text):
        raise UnfitError(ReasonCode.UNREADABLE)
    return text.strip()


def _each(value: FieldValue) -> tuple[FieldValue, ...]:
    return value if isinstance(value, tuple) else (value,)


def _value(value: FieldValue, crm: CrmField) -> NewValue:
    if is_empty(value):
        return None
    if crm.type not in PYTHON:
        return _text(value, crm)
    taken = _taken(value, crm.type)
    if isinstance(taken, bool) is not (crm.type is CrmType.BOOLEAN) or not isinstance(taken, PYTHON[crm.type]):
        raise UnfitError(ReasonCode.NOT_A_VALUE, type=crm.type.value)
    return taken


def _taken(value: FieldValue, crm_type: CrmType) -> FieldValue:
    """The value in the field's own type where nothing is lost by it, None where no database has room for it."""
    if crm_type is CrmType.DATE and isinstance(value, datetime):
        return value.date()
    if crm_type is CrmType.DECIMAL and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    return None if isinstance(value, int) and not -_LARGEST - 1 <= value <= _LARGEST else value


def _fit_item(item: str | NewItem) -> str | NewItem:
    """The item, unless it is new and has a name that cannot be written."""
    if isinstance(item, NewItem):
        _cleaned(item.label)
    return item


def _shown(value: FieldValue) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")[:_SHOWN]


def person_name(values: Mapping[str, NewValue]) -> str:
    """A contact's full name, as it names the company made for a contact without one."""
    parts: Iterable[str] = (str(values.get(key) or "") for key in ("first_name", "middle_name", "last_name"))
    return " ".join(part for part in parts if part)

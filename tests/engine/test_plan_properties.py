"""What holds of every plan, whatever the actor, the CRM and the settings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from typing import cast

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from erp_import_plugin.connector_api import ErpField, FieldType, FieldValue
from erp_import_plugin.engine.applying import Premise, drifted, same_value, written
from erp_import_plugin.engine.candidates import Candidate, Converter
from erp_import_plugin.engine.changes import NO_MATCH, FieldChange, NewItem, PlannedRow, Resolved
from erp_import_plugin.engine.fields import channel_form, is_empty
from erp_import_plugin.engine.lists import Lists
from erp_import_plugin.engine.mapping import COMPANY_NAME, ActorMapping, FieldMapping
from erp_import_plugin.engine.planning import NO_COMPANY, Company, Planner, RowCompany, Situation
from erp_import_plugin.engine.results import Accounts, Status
from erp_import_plugin.engine.settings import (
    NO_CONTACTS,
    Action,
    ChannelPolicy,
    DuplicateSettings,
    EmptyValue,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.host_api import (
    CHANNELS,
    CrmField,
    CrmListItem,
    CrmType,
    CrmValue,
    Entity,
    EntityKind,
    Preferences,
)
from tests.engine.samples import (
    ACTOR_TYPES,
    BY_RULE,
    COMPANY,
    ITEMS,
    LINK,
    PERSON,
    PROJECT,
    SCHEMA,
    SEVERAL,
    TYPES,
    staged,
)

PHONES = ("22 33 44 55", "+47 22334455", "0047 22 33 44 55", "91234567", "912 34 567", "070-123 45 67", "-", "x")
MAILS = ("a@b.example", "a@B.EXAMPLE", "c@b.example", "no address")
PAGES = ("b.example", "http://b.example/", "https://B.example", "c.example", "x" * 31)
ITEM_TEXTS = ("Gold", "gold ", "Other", "Norway", "SE", "Boss", "Golf", "Wine", "Brand new", "BRAND  NEW", "", "\u200b")
LIST_NAMES = ("category", "country", "position", "interests", "legal_basis", "consent_source")
SHORT = st.text(max_size=6)
DAYS = st.dates(date(2024, 1, 1), date(2024, 1, 3))
NOONS = DAYS.map(lambda day: datetime(day.year, day.month, day.day, 12, tzinfo=timezone.utc))
WORDS = {CrmType.PHONE: PHONES, CrmType.EMAIL: MAILS, CrmType.URL: PAGES, CrmType.LIST: ITEM_TEXTS}
ERP_VALUES: dict[CrmType, st.SearchStrategy[FieldValue]] = {
    CrmType.TEXT: st.sampled_from(("A", "a", " A ", "", "B\0", "x" * 41)) | SHORT,
    CrmType.INTEGER: st.integers(-2, 2) | st.just(2**70),
    CrmType.DECIMAL: st.decimals(-2, 2, places=1) | st.integers(-2, 2),
    CrmType.DATE: DAYS | NOONS,
    CrmType.DATETIME: NOONS,
    CrmType.BOOLEAN: st.booleans(),
    **{type_: st.sampled_from(words) for type_, words in WORDS.items()},
}
CRM_VALUES: dict[CrmType, st.SearchStrategy[CrmValue]] = {
    CrmType.TEXT: st.sampled_from(("A", "a", " A ", "", " ", "B")) | st.text(st.characters(exclude_categories=["Cs"])),
    CrmType.INTEGER: st.integers(-2, 2),
    CrmType.DECIMAL: st.decimals(-2, 2, places=1),
    CrmType.DATE: DAYS,
    CrmType.DATETIME: NOONS,
    CrmType.BOOLEAN: st.booleans(),
    CrmType.COMPANY: st.sampled_from(("c1", "c7")),
}


def crm_value(field: CrmField) -> st.SearchStrategy[CrmValue]:
    """A value that the CRM may hold."""
    one = CRM_VALUES[field.type] if field.type in CRM_VALUES else st.sampled_from(WORDS[field.type])
    if field.type is CrmType.LIST:
        one = st.sampled_from([item.id for item in ITEMS.get(field.list_name or "", ())] or ["item"])
    if field.many:
        return st.lists(one, max_size=3, unique=True).map(tuple)  # type: ignore[arg-type]
    return st.none() | one


@dataclass(frozen=True)
class World:
    """One actor, what is mapped, chosen and in the CRM, and what the actor was found to be."""

    mapping: ActorMapping
    values: dict[str, FieldValue]
    settings: ImportSettings
    preferences: Preferences
    situation: Situation
    items: dict[str, tuple[CrmListItem, ...]]

    @property
    def fields(self) -> dict[str, CrmField]:
        return dict(SCHEMA.entities[self.mapping.kind].fields)

    @property
    def action(self) -> Action:
        return self.settings.of(self.mapping.kind).action_for(linked=self.situation.match.linked)

    @property
    def empty(self) -> EmptyValue:
        return self.settings.of(self.mapping.kind).empty

    def policy(self, channel: CrmType) -> ChannelPolicy:
        return self.settings.phones if channel is CrmType.PHONE else self.settings.web

    def candidate(self) -> Candidate:
        lists = Lists(SCHEMA.lists, self.items, {}, {}, self.settings)
        converter = Converter(self.mapping, SCHEMA.entities[self.mapping.kind], lists, "NO")
        return converter.candidate(staged(self.mapping.kind, self.values))

    def plan(self) -> PlannedRow:
        return Planner(self.settings, SCHEMA, self.preferences).plan(self.candidate(), self.situation)

    def old(self, field: str) -> CrmValue:
        return self.situation.entity.values.get(field) if self.situation.entity else None


def duplicates(kind: EntityKind) -> st.SearchStrategy[DuplicateSettings]:
    none = (NO_CONTACTS,) if kind is PERSON else ()
    return st.builds(
        DuplicateSettings,
        st.sampled_from(("name", "name", "name", *none)),
        st.sampled_from(Action),
        st.sampled_from(EmptyValue),
        st.none() | st.sampled_from(Action),
    )


SETTINGS = st.builds(
    ImportSettings,
    company=duplicates(COMPANY),
    person=duplicates(PERSON),
    project=duplicates(PROJECT),
    no_company=st.sampled_from(NoCompany),
    legal_basis=st.none() | st.just("basis"),
    consent_source=st.none() | st.just("import"),
    lists=st.dictionaries(st.sampled_from(LIST_NAMES), st.sampled_from(ListPolicy)),
    phones=st.sampled_from(ChannelPolicy),
    web=st.sampled_from(ChannelPolicy),
)
COMPANIES = st.sampled_from([NO_COMPANY, Company("c1"), Company(RowCompany(7))])


@st.composite
def mappings(draw: st.DrawFn, kind: EntityKind) -> ActorMapping:
    """Fields mapped in any order, some of them twice, some with a default."""
    fields = [field for field in SCHEMA.entities[kind].fields.values() if field.type is not CrmType.COMPANY]
    chosen = draw(st.lists(st.sampled_from([*fields, COMPANY_NAME]), max_size=12))
    mapped = tuple(
        FieldMapping(ErpField(f"F{n}", "F", TYPES.get(crm.type, FieldType.TEXT), multiple=crm.multiple), crm.key)
        for n, crm in enumerate(chosen)
    )
    with_default = draw(st.lists(st.sampled_from(fields), max_size=3))
    return ActorMapping(
        ACTOR_TYPES[kind], kind, mapped, defaults={field.key: draw(crm_value(field)) for field in with_default}
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    kind = draw(st.sampled_from(EntityKind))
    fields = SCHEMA.entities[kind].fields
    mapping = draw(mappings(kind))
    values: dict[str, FieldValue] = {}
    for mapped in mapping.fields:
        crm = fields.get(mapped.crm_field or "", COMPANY_NAME)
        one = ERP_VALUES[crm.type]
        values[mapped.erp.key] = draw(st.none() | (st.lists(one, max_size=3).map(tuple) if crm.multiple else one))  # type: ignore[arg-type]
    match = draw(st.sampled_from([NO_MATCH, BY_RULE, BY_RULE, LINK, LINK, SEVERAL]))
    held = draw(st.fixed_dictionaries({key: crm_value(field) for key, field in fields.items()}))
    company = draw(COMPANIES) if "company" in fields else NO_COMPANY
    entity = Entity("e1", held) if match in (BY_RULE, LINK) else None
    situation = Situation(match, entity, company, erased=draw(st.booleans()) and draw(st.booleans()))
    preferences = Preferences(draw(st.booleans()), "NO")
    return World(mapping, values, draw(SETTINGS), preferences, situation, dict(ITEMS))


def fields_of(planned: PlannedRow) -> list[FieldChange]:
    return [field for change in planned.changes for field in change.ticked()]


def updated(planned: PlannedRow) -> list[FieldChange]:
    """The fields changed in the entity that was found."""
    return [field for change in planned.changes if not change.is_new for field in change.ticked()]


@given(worlds())
def test_every_row_has_one_status_and_a_reason_unless_it_writes(world: World) -> None:
    planned = world.plan()
    assert planned.status in Status
    assert planned.status.writes is bool(fields_of(planned))
    assert planned.status.writes is (planned.reason is None)
    assert all(change.fields for change in planned.changes)


@given(worlds())
def test_a_plan_is_the_same_each_time(world: World) -> None:
    assert world.plan() == world.plan()


@given(worlds())
def test_every_change_changes_something(world: World) -> None:
    for change in fields_of(world.plan()):
        assert not is_empty(change.old) or not is_empty(change.new)
        if not isinstance(change.new, (NewItem, RowCompany)):
            assert not same_value(change.old, cast("CrmValue", change.new))


@given(worlds())
def test_a_change_knows_the_value_the_crm_has(world: World) -> None:
    planned = world.plan()
    assert all(same_value(change.old, world.old(change.field)) for change in updated(planned))
    entities = {"e1": world.situation.entity} if world.situation.entity else {}
    linked = "e1" if world.situation.match.linked else None
    assert drifted(planned, Premise(linked, planned.match.entities, entities)) is None


@given(worlds())
def test_only_fields_that_can_be_written_are(world: World) -> None:
    planned = world.plan()
    for change in planned.changes:
        fields = SCHEMA.entities[change.kind].fields
        keys = [field.field for field in change.fields]
        assert len(set(keys)) == len(keys)
        assert not any(fields[key].read_only for key in keys)


@given(worlds())
def test_merge_never_overwrites_a_value(world: World) -> None:
    if world.action is Action.MERGE:
        for change in updated(world.plan()):
            assert is_empty(change.old) or world.fields[change.field].type in CHANNELS


@given(worlds())
def test_nothing_is_cleared_unless_that_was_chosen(world: World) -> None:
    for change in updated(world.plan()):
        if change.cleared:
            assert (world.action, world.empty) == (Action.REPLACE, EmptyValue.CLEAR)
            assert not world.fields[change.field].mandatory
            assert world.fields[change.field].type is not CrmType.COMPANY


@given(worlds())
def test_no_phone_mail_or_page_is_there_twice(world: World) -> None:
    planned = world.plan()
    region = planned.region
    for change in fields_of(planned):
        type_ = world.fields[change.field].type if change.field in world.fields else CrmType.TEXT
        if type_ in CHANNELS:
            form = channel_form(type_, region)
            old = [form(text) for text in cast("tuple[str, ...]", change.old)]
            new = [form(text) for text in cast("tuple[str, ...]", change.new)]
            added = Counter(new) - Counter(old)
            assert all(count == 1 and one not in old for one, count in added.items())


@given(worlds())
def test_what_is_added_is_known_under_no_heading_and_nothing_goes(world: World) -> None:
    planned = world.plan()
    known: dict[CrmType, set[str]] = {}
    for key, field in world.fields.items():
        form = channel_form(field.type, planned.region)
        if field.type in CHANNELS:
            known.setdefault(field.type, set()).update(map(form, cast("tuple[str, ...]", world.old(key) or ())))
    for change in updated(planned):
        type_ = world.fields[change.field].type
        if type_ in CHANNELS and world.policy(type_) is not ChannelPolicy.REPLACE:
            before, after = cast("tuple[str, ...]", change.old), cast("tuple[str, ...]", change.new)
            assert after[: len(before)] == before
            added = set(map(channel_form(type_, planned.region), after[len(before) :]))
            assert not added & known[type_]
            known[type_] |= added


@given(worlds())
def test_new_items_come_only_where_the_policy_adds_and_are_not_blank(world: World) -> None:
    for item in world.plan().new_items():
        assert world.settings.list_policy(item.list_name) is ListPolicy.ADD
        assert item.label.strip()
        assert item.label == item.label.strip()


@given(worlds())
def test_a_skipped_undecided_or_failed_row_plans_nothing(world: World) -> None:
    planned = world.plan()
    if world.situation.erased and not world.situation.match.entities:
        assert planned.status in (Status.SKIPPED, Status.FAILED)
    if len(planned.match.entities) > 1 and world.action is not Action.ADD:
        assert not planned.status.writes
    if world.action is Action.SKIP and planned.match.entities:
        assert planned.status in (Status.SKIPPED, Status.UNDECIDED)


@given(st.lists(worlds(), max_size=5))
def test_the_accounts_of_any_rows_balance(some: list[World]) -> None:
    plans = [world.plan() for world in some]
    accounts = Accounts.of(len(plans), Counter(planned.status for planned in plans))
    assert accounts.written == sum(bool(planned.changes) for planned in plans)


def after(world: World, planned: PlannedRow) -> World:
    """The world once the plan has been applied: the entity is there, linked, and so are the new items."""
    added = {item: f"new {n}" for n, item in enumerate(dict.fromkeys(planned.new_items()))}
    items = dict(world.items)
    for item, id_ in added.items():
        items[item.list_name] = (*items.get(item.list_name, ()), CrmListItem(id_, item.label))
    change = planned.own_change
    found = world.situation.entity
    held = {} if found is None or (change and change.is_new) else dict(found.values)
    resolved = Resolved(added, {7: "c7", 1: "c-own"})
    values = written(change.new_by_field(), resolved) if change else {}
    assert isinstance(values, dict)
    company = world.situation.company
    there = Company("c7") if isinstance(company.value, RowCompany) else company
    return replace(world, items=items, situation=Situation(LINK, Entity("e1", held | values), there))


@settings(max_examples=200)
@given(worlds(), st.sampled_from([Action.MERGE, Action.REPLACE]), st.booleans())
def test_importing_the_same_actor_again_writes_nothing(world: World, action: Action, add: bool) -> None:
    kind = world.mapping.kind
    chosen = replace(world.settings.of(kind), match="name", action=Action.ADD if add else action, linked=action)
    world = replace(world, settings=replace(world.settings, **{kind.value: chosen}))
    planned = world.plan()
    assume(planned.status.writes)
    again = after(world, planned).plan()
    assert again.status is Status.UNCHANGED, again.changes
    assert again.changes == ()


@pytest.mark.parametrize("policy", ChannelPolicy)
@given(data=st.data())
def test_phones_under_several_headings_settle_at_once(policy: ChannelPolicy, data: st.DataObject) -> None:
    """The same numbers under several headings, in the ERP, in the CRM and as defaults, in many spellings."""
    keys = ("phone", "fax")
    mapped = data.draw(st.lists(st.sampled_from(keys), max_size=3))
    fields = tuple(FieldMapping(ErpField(f"F{n}", "F"), key) for n, key in enumerate(mapped))
    some = st.lists(st.sampled_from(PHONES), max_size=2).map(tuple)
    defaults = cast("dict[str, CrmValue]", data.draw(st.dictionaries(st.sampled_from(keys), some)))
    name = FieldMapping(ErpField("N", "N"), "name")
    mapping = ActorMapping(ACTOR_TYPES[COMPANY], COMPANY, (name, *fields), defaults=defaults)
    values: dict[str, FieldValue] = {"N": "ACME"}
    values |= {mapping.erp.key: data.draw(st.none() | st.sampled_from(PHONES)) for mapping in fields}
    chosen = DuplicateSettings("name", Action.REPLACE, data.draw(st.sampled_from(EmptyValue)))
    entity = Entity("e1", {"name": "ACME", **{key: data.draw(some) for key in keys}})
    situation = data.draw(st.sampled_from([Situation(BY_RULE, entity), Situation()]))
    world = World(
        mapping, values, ImportSettings(chosen, phones=policy), Preferences(region="NO"), situation, dict(ITEMS)
    )
    planned = world.plan()
    assert after(world, planned).plan().changes == ()


@example(text="\u0130stanbul")
@given(st.text())
def test_a_text_is_written_as_it_was_sent_but_for_blanks_at_its_ends(text: str) -> None:
    mapping = ActorMapping(ACTOR_TYPES[COMPANY], COMPANY, (FieldMapping(ErpField("F", "F"), "code"),))
    world = World(mapping, {"F": text}, ImportSettings(), Preferences(), NO_SITUATION, dict(ITEMS))
    told = {change.field: change.new for change in updated(world.plan())}
    unfit = any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)
    assert told == ({} if unfit or not text.strip() else {"code": text.strip()})


NO_SITUATION = Situation(BY_RULE, Entity("e1", {"code": None}))

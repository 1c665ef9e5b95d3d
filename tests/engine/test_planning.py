from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from erp_import_plugin.connector_api import ErpField, FieldType, FieldValue
from erp_import_plugin.engine.changes import Match, NewItem, NewValue, PlannedRow, RowCompany
from erp_import_plugin.engine.planning import Company, Planner, Situation
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.results import Status
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
from erp_import_plugin.host_api import CrmType, CrmValue, Entity, EntityKind, Preferences
from tests.engine.samples import (
    BY_RULE,
    COMPANY,
    LENIENT,
    LINK,
    PERSON,
    PROJECT,
    SCHEMA,
    SEVERAL,
    STRICT,
    candidate_of,
    converted,
    entity_of,
    listed,
    lists_of,
    mapping_of,
    own,
    schema_with,
    settings_of,
    text,
    typed,
    written_by,
)

# --- the worked example of S2 -------------------------------------------------------------------------------------

ERP_ACME = {"name": "ACME Inc.", "street_address_1": "Broadway 123", "vat_number": "11223344", "code": None}
CRM_ACME = entity_of(name="ACME Inc.", street_address_1="Main street 456", vat_number=None, code="ACME1")


@pytest.mark.parametrize(
    ("action", "empty", "street", "vat", "code"),
    [
        (Action.MERGE, EmptyValue.KEEP, "Main street 456", "11223344", "ACME1"),
        (Action.MERGE, EmptyValue.CLEAR, "Main street 456", "11223344", "ACME1"),
        (Action.REPLACE, EmptyValue.KEEP, "Broadway 123", "11223344", "ACME1"),
        (Action.REPLACE, EmptyValue.CLEAR, "Broadway 123", "11223344", None),
        (Action.SKIP, EmptyValue.KEEP, "Main street 456", None, "ACME1"),
        (Action.SKIP, EmptyValue.CLEAR, "Main street 456", None, "ACME1"),
        (Action.ADD, EmptyValue.KEEP, "Main street 456", None, "ACME1"),
        (Action.ADD, EmptyValue.CLEAR, "Main street 456", None, "ACME1"),
    ],
)
def test_the_worked_example(action: Action, empty: EmptyValue, street: str, vat: str | None, code: str | None) -> None:
    settings = settings_of(COMPANY, DuplicateSettings("name", action, empty))
    planned = Planner(settings, SCHEMA, LENIENT).plan(candidate_of(COMPANY, ERP_ACME), Situation(BY_RULE, CRM_ACME))
    touched = {key: new for c in planned.changes if not c.is_new for key, new in written_by(c).items()}
    after = {**CRM_ACME.values, **touched}
    assert after == {"name": "ACME Inc.", "street_address_1": street, "vat_number": vat, "code": code}


def test_add_always_of_the_worked_example_makes_a_second_company() -> None:
    settings = settings_of(COMPANY, DuplicateSettings("name", Action.ADD))
    planned = Planner(settings, SCHEMA, LENIENT).plan(candidate_of(COMPANY, ERP_ACME), Situation(BY_RULE, CRM_ACME))
    assert planned.status is Status.NEW
    assert written_by(own(planned)) == {key: value for key, value in ERP_ACME.items() if value}


# --- every combination, against an oracle written from the mission ------------------------------------------------

MATCHES = {"none": Match(), "one": BY_RULE, "several": SEVERAL, "linked": LINK}

# ERP value, CRM value. "New" is no item of any list of the CRM.
RELATIONS = {
    "changed": (True, True),
    "same": (True, True),
    "erp empty": (False, True),
    "crm empty": (True, False),
    "both empty": (False, False),
}
ERP_VALUES: dict[str, dict[str, FieldValue]] = {
    "title": {"changed": "Dr", "same": "Mr", "crm empty": "Dr"},
    "phone_mobile": {"changed": "912 34 567", "same": "+47 22 33 44 55", "crm empty": "912 34 567"},
    "email": {"changed": "new@acme.example", "same": "old@ACME.example", "crm empty": "new@acme.example"},
    "country": {"changed": "Atlantis", "same": "sweden", "crm empty": "Atlantis"},
    "position": {"changed": "Seer", "same": "BOSS", "crm empty": "Seer"},
}
CRM_VALUES: dict[str, CrmValue] = {
    "title": "Mr",
    "phone_mobile": ("+4722334455",),
    "email": ("old@acme.example",),
    "country": "c-se",
    "position": "pos-boss",
}
CHANNEL_KEYS, LIST_KEYS = ("phone_mobile", "email"), ("country", "position")
MAPPING = mapping_of(
    PERSON,
    *((ErpField(key, key), key) for key in ("last_name", "title", "phone_mobile", "email")),
    *((ErpField(key, key, FieldType.LIST), key) for key in LIST_KEYS),
)


@dataclass(frozen=True)
class Case:
    """One combination. ``has_company`` tells whether the ERP's company of the contact is known in the CRM."""

    match: str
    relation: str
    action: Action
    empty: EmptyValue
    lists: ListPolicy
    phones: ChannelPolicy
    web: ChannelPolicy
    no_company: NoCompany
    mandatory_company: bool
    has_company: bool

    def settings(self) -> ImportSettings:
        return ImportSettings(
            person=DuplicateSettings("name", self.action, self.empty),
            no_company=self.no_company,
            lists=dict.fromkeys(LIST_KEYS, self.lists),
            phones=self.phones,
            web=self.web,
        )


@dataclass
class Expected:
    """What the mission says of a case: values by field of the contact; ``company`` is a company to be made."""

    status: Status
    code: ReasonCode | None = None
    setting: str = ""
    values: dict[str, NewValue] | None = None
    kept: dict[str, str] | None = None
    company: str | None = None


def expected(case: Case) -> Expected:
    """S2, S3, S4, S6 and S7 in plain words."""
    if case.match == "none" or (case.action is Action.ADD and case.match != "linked"):
        return expected_new(case)
    if case.match == "several":
        return Expected(Status.UNDECIDED, ReasonCode.SEVERAL_MATCHES, "person.match")
    if case.action is Action.SKIP and case.match == "linked":
        return Expected(Status.SKIPPED, ReasonCode.SKIP_LINKED, "person.linked")
    if case.action is Action.SKIP:
        return Expected(Status.SKIPPED, ReasonCode.SKIP_DUPLICATE, "person.action")
    return expected_update(case)


def expected_new(case: Case) -> Expected:
    values: dict[str, NewValue] = {"last_name": "Nordmann"}
    if RELATIONS[case.relation][0]:
        for key in ("title", *CHANNEL_KEYS):
            value = ERP_VALUES[key][case.relation]
            values[key] = (value,) if key in CHANNEL_KEYS else value  # type: ignore[assignment]
        values |= {key: item for key in LIST_KEYS if (item := listed_item(case, key))}
    if case.has_company:
        return Expected(Status.NEW, values=values | {"company": "c1"})
    if case.no_company is NoCompany.SKIP:
        return Expected(Status.SKIPPED, ReasonCode.NO_COMPANY, "no_company")
    if case.no_company is NoCompany.CREATE:
        return Expected(Status.NEW, values=values | {"company": RowCompany(1)}, company="Nordmann")
    if case.mandatory_company:
        return Expected(Status.SKIPPED, ReasonCode.MANDATORY_COMPANY, "no_company")
    return Expected(Status.NEW, values=values)


def listed_item(case: Case, key: str) -> NewValue:
    """The item that an empty field gets for the ERP's item."""
    if case.relation == "same":
        return CRM_VALUES[key]
    if case.lists is ListPolicy.ADD:
        return NewItem(key, str(ERP_VALUES[key][case.relation]))
    return "c-no" if case.lists is ListPolicy.DEFAULT and key == "country" else None


def expected_update(case: Case) -> Expected:
    values: dict[str, NewValue] = {}
    kept: dict[str, str] = {}
    for key in SCHEMA.entities[PERSON].fields:
        if key in ERP_VALUES:
            expect_field(case, key, values, kept)
    reason, setting = (ReasonCode.KEPT, next(iter(kept.values()))) if kept else (ReasonCode.SAME, "")
    if case.has_company:
        values["company"] = "c1"
    if values:
        return Expected(Status.CHANGED, values=values, kept=kept)
    return Expected(Status.UNCHANGED, reason, setting, kept=kept)


def expect_field(case: Case, key: str, values: dict[str, NewValue], kept: dict[str, str]) -> None:
    if case.relation in ("same", "both empty"):
        return
    if case.relation == "erp empty":
        expect_cleared(case, key, values, kept)
    elif key in CHANNEL_KEYS:
        expect_channel(case, key, values, kept)
    elif key in LIST_KEYS and case.lists is not ListPolicy.ADD:
        if case.relation == "crm empty" and (item := listed_item(case, key)):
            values[key] = item
    elif case.relation == "changed" and case.action is not Action.REPLACE:
        kept[key] = "person.linked" if case.match == "linked" else "person.action"
    else:
        values[key] = listed_item(case, key) if key in LIST_KEYS else "Dr"


def expect_cleared(case: Case, key: str, values: dict[str, NewValue], kept: dict[str, str]) -> None:
    replaced = key not in CHANNEL_KEYS or policy_of(case, key) is ChannelPolicy.REPLACE
    if case.action is not Action.REPLACE or not replaced:
        return
    if case.empty is EmptyValue.CLEAR:
        values[key] = () if key in CHANNEL_KEYS else None
    else:
        kept[key] = "person.empty"


def expect_channel(case: Case, key: str, values: dict[str, NewValue], kept: dict[str, str]) -> None:
    old, new = CRM_VALUES[key], (ERP_VALUES[key][case.relation],)
    if policy_of(case, key) is ChannelPolicy.IGNORE:
        kept[key] = "phones" if key == "phone_mobile" else "web"
    elif policy_of(case, key) is ChannelPolicy.ADD and case.relation == "changed":
        values[key] = (*old, *new)  # type: ignore[misc,assignment]
    else:
        values[key] = new  # type: ignore[assignment]


def policy_of(case: Case, key: str) -> ChannelPolicy:
    return case.phones if key == "phone_mobile" else case.web


def crm_entity(case: Case) -> Entity | None:
    if case.match not in ("one", "linked"):
        return None
    filled = RELATIONS[case.relation][1]
    none: dict[str, CrmValue] = {key: () if key in CHANNEL_KEYS else None for key in CRM_VALUES}
    return entity_of(last_name="Nordmann", company=None, **(CRM_VALUES if filled else none))


def planned_for(case: Case) -> PlannedRow:
    settings = case.settings()
    erp = {key: values.get(case.relation) for key, values in ERP_VALUES.items()}
    candidate = converted(MAPPING, {"last_name": "Nordmann", **erp}, lists_of(settings))
    company = Company("c1" if case.has_company else None)
    preferences = STRICT if case.mandatory_company else LENIENT
    situation = Situation(MATCHES[case.match], crm_entity(case), company)
    return Planner(settings, SCHEMA, preferences).plan(candidate, situation)


def facts(planned: PlannedRow) -> Expected:
    """A plan in the oracle's terms."""
    made = next((change for change in planned.changes if change.kind is COMPANY), None)
    change = planned.own_change
    return Expected(
        planned.status,
        planned.reason.code if planned.reason else None,
        planned.reason.setting if planned.reason else "",
        written_by(change) if change else None,
        {kept.field: kept.setting for kept in planned.kept},
        str(written_by(made)["name"]) if made else None,
    )


@pytest.mark.parametrize("no_company", NoCompany)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("match", MATCHES)
def test_every_combination(match: str, action: Action, no_company: NoCompany) -> None:
    rest = itertools.product(
        RELATIONS, EmptyValue, ListPolicy, ChannelPolicy, ChannelPolicy, [False, True], [False, True]
    )
    for relation, empty, lists, phones, web, mandatory_company, has_company in rest:
        case = Case(match, relation, action, empty, lists, phones, web, no_company, mandatory_company, has_company)
        told = expected(case)
        told.kept = told.kept or {}
        assert facts(planned_for(case)) == told, case


def test_a_change_says_what_it_was() -> None:
    case = Case(
        "one", "changed", Action.REPLACE, EmptyValue.KEEP, ListPolicy.ADD, ChannelPolicy.ADD, ChannelPolicy.REPLACE,
        NoCompany.SKIP, False, False,
    )  # fmt: skip
    change = own(planned_for(case))
    assert change.entity_id == "e1"
    assert {field.field: field.old for field in change.fields} == CRM_VALUES


# --- linked actors have a setting of their own --------------------------------------------------------------------


@pytest.mark.parametrize("linked", [None, *Action])
@pytest.mark.parametrize("action", Action)
def test_the_action_for_linked_actors(action: Action, linked: Action | None) -> None:
    settings = settings_of(COMPANY, DuplicateSettings("name", action, linked=linked))
    planned = Planner(settings, SCHEMA, LENIENT).plan(candidate_of(COMPANY, ERP_ACME), Situation(LINK, CRM_ACME))
    effective = linked or action
    if effective is Action.SKIP:
        assert planned.reason == Reason(ReasonCode.SKIP_LINKED, setting="company.linked")
        return
    written = {"vat_number": "11223344"}
    if effective is Action.REPLACE:
        written["street_address_1"] = "Broadway 123"
    assert planned.status is Status.CHANGED
    assert written_by(own(planned)) == written


def test_a_kept_field_of_a_linked_actor_names_the_setting_for_linked_actors() -> None:
    settings = settings_of(COMPANY, DuplicateSettings("name", Action.REPLACE, linked=Action.MERGE))
    planned = Planner(settings, SCHEMA, LENIENT).plan(candidate_of(COMPANY, ERP_ACME), Situation(LINK, CRM_ACME))
    assert [kept.setting for kept in planned.kept] == ["company.linked"]


# --- rows that are left out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("situation", [Situation(), Situation(BY_RULE, CRM_ACME), Situation(SEVERAL)])
def test_an_actor_that_is_gone_from_the_erp_fails(situation: Situation) -> None:
    gone = replace(candidate_of(COMPANY, ERP_ACME), missing=True)
    planned = Planner(ImportSettings(), SCHEMA, LENIENT).plan(gone, situation)
    assert (planned.status, planned.reason) == (Status.FAILED, Reason(ReasonCode.MISSING_IN_ERP))


@pytest.mark.parametrize("match", MATCHES.values())
def test_no_contact_is_imported_where_none_is_wanted(match: Match) -> None:
    settings = settings_of(PERSON, DuplicateSettings(NO_CONTACTS))
    person = candidate_of(PERSON, {"last_name": "Nordmann"})
    planned = Planner(settings, SCHEMA, LENIENT).plan(person, Situation(match, company=Company("c1")))
    assert planned.status is Status.SKIPPED
    assert planned.reason == Reason(ReasonCode.NO_CONTACTS, setting="person.match")


@pytest.mark.parametrize("status", [Status.SKIPPED, Status.UNDECIDED])
def test_a_contact_shares_the_fate_of_its_company(status: Status) -> None:
    reason = Reason(ReasonCode.SEVERAL_COMPANIES)
    person = candidate_of(PERSON, {"last_name": "Nordmann"})
    planned = Planner(ImportSettings(), SCHEMA, LENIENT).plan(person, Situation(company=Company(None, reason, status)))
    assert (planned.status, planned.reason, planned.changes) == (status, reason, ())


def test_an_entity_erased_on_request_is_not_created_again() -> None:
    for action in Action:
        settings = settings_of(PERSON, DuplicateSettings("name", action), no_company=NoCompany.CREATE)
        person = candidate_of(PERSON, {"last_name": "Nordmann"})
        planned = Planner(settings, SCHEMA, LENIENT).plan(person, Situation(erased=True))
        assert (planned.status, planned.reason) == (Status.SKIPPED, Reason(ReasonCode.ERASED))
        assert planned.changes == ()


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_a_new_entity_without_a_mandatory_value_fails_and_names_it(empty: str | None) -> None:
    planner = Planner(ImportSettings(), SCHEMA, LENIENT)
    planned = planner.plan(candidate_of(COMPANY, {"name": empty, "code": "A"}), Situation())
    assert planned.status is Status.FAILED
    assert planned.reason == Reason(ReasonCode.MANDATORY_EMPTY, {"fields": "name"})


def test_an_entity_that_is_there_may_lack_a_mandatory_value() -> None:
    planner = Planner(ImportSettings(), SCHEMA, LENIENT)
    planned = planner.plan(candidate_of(COMPANY, {"code": "A"}), Situation(BY_RULE, entity_of(name="", code=None)))
    assert planned.status is Status.CHANGED


@pytest.mark.parametrize("kind", [COMPANY, PERSON])
def test_an_actor_without_any_value_makes_no_empty_entity(kind: EntityKind) -> None:
    schema = schema_with(COMPANY, text("name"))
    settings = ImportSettings(no_company=NoCompany.WITHOUT, consent_source="import")
    planned = Planner(settings, schema, LENIENT).plan(candidate_of(kind, {"email": ()}), Situation())
    assert (planned.status, planned.changes) == (Status.SKIPPED, ())
    assert planned.reason == Reason(ReasonCode.EMPTY)


# --- the company of a contact or project --------------------------------------------------------------------------


def test_a_project_needs_the_company_its_schema_demands() -> None:
    planner = Planner(ImportSettings(), SCHEMA, LENIENT)
    project = candidate_of(PROJECT, {"name": "Bridge"})
    assert planner.plan(project, Situation()).reason == Reason(ReasonCode.MANDATORY_EMPTY, {"fields": "company"})
    planned = planner.plan(project, Situation(company=Company(RowCompany(7))))
    assert written_by(own(planned)) == {"name": "Bridge", "company": RowCompany(7)}
    assert planned.depends_on == 7


@pytest.mark.parametrize("no_company", NoCompany)
def test_a_field_company_that_is_mandatory_leaves_the_choice_to_the_setting(no_company: NoCompany) -> None:
    schema = schema_with(PERSON, typed("company", CrmType.COMPANY, mandatory=True))
    settings = ImportSettings(no_company=no_company)
    person = candidate_of(PERSON, {"first_name": "Kari", "last_name": "Nordmann"})
    planned = Planner(settings, schema, LENIENT).plan(person, Situation())
    if no_company is NoCompany.CREATE:
        assert planned.icons() == ("company_new", "person_new")
        assert written_by(planned.changes[0]) == {"name": "Kari Nordmann"}
    else:
        code = ReasonCode.NO_COMPANY if no_company is NoCompany.SKIP else ReasonCode.MANDATORY_COMPANY
        assert planned.reason == Reason(code, setting="no_company")


CREATE = ImportSettings(no_company=NoCompany.CREATE)


def test_a_contact_without_a_name_cannot_name_a_company() -> None:
    person = candidate_of(PERSON, {"email": ("kari@acme.example",)})
    planned = Planner(CREATE, SCHEMA, LENIENT).plan(person, Situation())
    assert planned.status is Status.FAILED
    assert planned.reason == Reason(ReasonCode.MANDATORY_EMPTY, {"fields": "name", "kind": "company"}, "no_company")


def test_the_company_made_for_a_contact_needs_its_mandatory_fields_too() -> None:
    schema = schema_with(COMPANY, text("code", mandatory=True))
    person = candidate_of(PERSON, {"last_name": "Nordmann"})
    planned = Planner(CREATE, schema, LENIENT).plan(person, Situation())
    assert planned.status is Status.FAILED
    assert planned.reason == Reason(ReasonCode.MANDATORY_EMPTY, {"fields": "code", "kind": "company"}, "no_company")


def test_a_contact_with_a_name_too_long_for_a_company_fails_and_is_not_cut() -> None:
    person = candidate_of(PERSON, {"first_name": "K" * 30, "last_name": "N" * 30})
    planned = Planner(CREATE, SCHEMA, LENIENT).plan(person, Situation())
    assert planned.status is Status.FAILED
    params = {"field": "name", "kind": "company", "length": "61", "max": "40"}
    assert planned.reason == Reason(ReasonCode.TOO_LONG, params, "no_company")


def test_merge_leaves_a_contact_in_its_company_and_replace_moves_it() -> None:
    person = candidate_of(PERSON, {"last_name": "Nordmann"})
    there = Situation(BY_RULE, entity_of(last_name="Nordmann", company="c9"), Company("c1"))
    for action, new in ((Action.MERGE, None), (Action.REPLACE, "c1")):
        settings = settings_of(PERSON, DuplicateSettings("name", action, EmptyValue.CLEAR))
        planned = Planner(settings, SCHEMA, LENIENT).plan(person, there)
        assert (written_by(planned.changes[0])["company"] if planned.changes else None) == new


def test_a_contact_keeps_its_company_where_the_erp_tells_none() -> None:
    settings = settings_of(PERSON, DuplicateSettings("name", Action.REPLACE, EmptyValue.CLEAR))
    there = Situation(BY_RULE, entity_of(last_name="Nordmann", company="c9"))
    planned = Planner(settings, SCHEMA, LENIENT).plan(candidate_of(PERSON, {"last_name": "Nordmann"}), there)
    assert planned.status is Status.UNCHANGED


# --- privacy ------------------------------------------------------------------------------------------------------

PRIVACY = ImportSettings(no_company=NoCompany.WITHOUT, legal_basis="consent", consent_source="import")


def test_new_contacts_get_the_legal_basis_and_the_consent_source() -> None:
    planned = Planner(PRIVACY, SCHEMA, LENIENT).plan(candidate_of(PERSON, {"last_name": "Nordmann"}), Situation())
    values = written_by(own(planned))
    assert values == {"last_name": "Nordmann", "legal_basis": "consent", "consent_source": "import"}


def test_what_is_chosen_for_this_import_beats_a_default_and_the_erp_beats_both() -> None:
    fallbacks = {"legal_basis": "default", "consent_source": "default"}
    person = candidate_of(PERSON, {"last_name": "Nordmann", "consent_source": "shop"}, fallbacks=fallbacks)
    values = written_by(own(Planner(PRIVACY, SCHEMA, LENIENT).plan(person, Situation())))
    assert (values["legal_basis"], values["consent_source"]) == ("consent", "shop")


def test_a_default_stands_where_nothing_is_chosen_for_this_import() -> None:
    fallbacks = {"legal_basis": "default"}
    person = candidate_of(PERSON, {"last_name": "Nordmann"}, fallbacks=fallbacks)
    settings = ImportSettings(no_company=NoCompany.WITHOUT)
    values = written_by(own(Planner(settings, SCHEMA, LENIENT).plan(person, Situation())))
    assert values["legal_basis"] == "default"


def test_contacts_that_are_there_keep_their_privacy_and_get_none_unasked() -> None:
    settings = replace(PRIVACY, person=DuplicateSettings("name", Action.REPLACE, EmptyValue.CLEAR))
    planner = Planner(settings, SCHEMA, LENIENT)
    there = Situation(LINK, entity_of(last_name="N", legal_basis="consent", consent_source=None))
    assert planner.plan(candidate_of(PERSON, {"last_name": "N"}), there).changes == ()
    assert planner.plan(candidate_of(PERSON, {"last_name": "N", "legal_basis": None}), there).changes == ()


def test_a_host_without_privacy_fields_is_spared_and_so_are_companies() -> None:
    planner = Planner(PRIVACY, SCHEMA, LENIENT)
    assert written_by(own(planner.plan(candidate_of(COMPANY, {"name": "ACME"}), Situation()))) == {"name": "ACME"}
    fields = {key: crm for key, crm in SCHEMA.entities[PERSON].fields.items() if key not in ("legal_basis", "id")}
    bare = replace(SCHEMA, entities={PERSON: replace(SCHEMA.entities[PERSON], fields=fields)})
    planned = Planner(PRIVACY, bare, LENIENT).plan(candidate_of(PERSON, {"last_name": "N"}), Situation())
    assert written_by(own(planned)) == {"last_name": "N", "consent_source": "import"}


# --- defaults -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.MERGE, Action.REPLACE])
@pytest.mark.parametrize("empty", EmptyValue)
@pytest.mark.parametrize("mapped", [True, False])
@pytest.mark.parametrize(("key", "fallback"), [("code", "NONE"), ("category", "cat-gold"), ("phone", ("22334455",))])
def test_a_default_fills_an_empty_field(
    key: str, fallback: CrmValue, mapped: bool, empty: EmptyValue, action: Action
) -> None:
    nothing = () if isinstance(fallback, tuple) else None
    values = {"name": "ACME"} | ({key: nothing} if mapped else {})
    company = candidate_of(COMPANY, values, fallbacks={key: fallback})
    planner = Planner(settings_of(COMPANY, DuplicateSettings("name", action, empty)), SCHEMA, LENIENT)
    for situation in (Situation(), Situation(BY_RULE, entity_of(name="ACME", **{key: nothing}))):
        assert written_by(own(planner.plan(company, situation)))[key] == fallback
    again = planner.plan(company, Situation(LINK, entity_of(name="ACME", **{key: fallback})))
    assert again.status is Status.UNCHANGED


def test_replace_that_clears_puts_the_default_in_place() -> None:
    settings = settings_of(COMPANY, DuplicateSettings("name", Action.REPLACE, EmptyValue.CLEAR))
    company = candidate_of(COMPANY, {"name": "ACME", "code": None}, fallbacks={"code": "NONE"})
    planned = Planner(settings, SCHEMA, LENIENT).plan(company, Situation(BY_RULE, entity_of(name="ACME", code="A1")))
    assert written_by(own(planned)) == {"code": "NONE"}


@pytest.mark.parametrize("nothing", [None, "", "  ", ()])
@pytest.mark.parametrize("situation", [Situation(), Situation(BY_RULE, entity_of(name="ACME", code=None))])
def test_an_empty_default_changes_nothing(nothing: CrmValue, situation: Situation) -> None:
    company = candidate_of(COMPANY, {"name": "ACME"}, fallbacks={"code": nothing})
    planned = Planner(ImportSettings(), SCHEMA, LENIENT).plan(company, situation)
    assert "code" not in {field.field for change in planned.changes for field in change.fields}


@pytest.mark.parametrize("situation", [Situation(), Situation(BY_RULE, entity_of(id=None, name="ACME"))])
def test_what_cannot_be_written_is_never_written(situation: Situation) -> None:
    company = candidate_of(COMPANY, {"name": "ACME", "id": "7"}, fallbacks={"id": "8", "no_field": "x"})
    planned = Planner(ImportSettings(), SCHEMA, LENIENT).plan(company, situation)
    assert {field.field for change in planned.changes for field in change.fields} <= {"name"}


def test_a_default_phone_that_the_entity_has_already_is_not_added() -> None:
    company = candidate_of(COMPANY, {"name": "ACME"}, fallbacks={"fax": ("22 33 44 55",)})
    there = entity_of(name="ACME", phone=("+4722334455",), fax=())
    assert Planner(ImportSettings(), SCHEMA, LENIENT).plan(company, Situation(BY_RULE, there)).changes == ()


# --- what else a row tells ----------------------------------------------------------------------------------------


def test_a_mandatory_field_is_not_cleared_and_the_row_says_so() -> None:
    settings = settings_of(COMPANY, DuplicateSettings("code", Action.REPLACE, EmptyValue.CLEAR))
    company = candidate_of(COMPANY, {"name": None, "code": None})
    planned = Planner(settings, SCHEMA, LENIENT).plan(company, Situation(BY_RULE, entity_of(name="ACME", code="A1")))
    assert written_by(own(planned)) == {"code": None}
    told = [(problem.field, problem.reason.code) for problem in planned.problems]
    assert told == [("name", ReasonCode.NOT_CLEARED)]


def test_a_row_carries_its_match_keys_and_region() -> None:
    situation = Situation(BY_RULE, CRM_ACME, keys=("acme inc.",), scope="company:1")
    planned = Planner(ImportSettings(), SCHEMA, LENIENT).plan(candidate_of(COMPANY, ERP_ACME), situation)
    assert (planned.row, planned.kind, planned.label) == (1, COMPANY, "the actor")
    assert (planned.match, planned.keys, planned.scope, planned.region) == (BY_RULE, ("acme inc.",), "company:1", "NO")


def test_the_new_items_of_a_row_are_named() -> None:
    new = NewItem("position", "Seer")
    person = candidate_of(PERSON, {"last_name": "N", "position": new, "interests": ("int-golf", new)})
    planned = Planner(PRIVACY, SCHEMA, LENIENT).plan(person, Situation())
    assert list(planned.new_items()) == [new, new]


def test_only_some_of_a_flood_of_problems_are_kept() -> None:
    mapping = mapping_of(COMPANY, *((ErpField(f"F{n}", "F"), "url") for n in range(60)), (ErpField("N", "N"), "name"))
    company = converted(mapping, {"N": "ACME", **{f"F{n}": "x" * 31 for n in range(60)}})
    planned = Planner(ImportSettings(), SCHEMA, LENIENT).plan(company, Situation())
    assert (planned.status, len(planned.problems)) == (Status.NEW, 50)


def test_a_list_of_several_is_merged_only_where_empty_and_compared_without_order() -> None:
    person = candidate_of(PERSON, {"last_name": "N", "interests": ("int-wine", "int-golf")})
    for action, old, new in (
        (Action.MERGE, (), ("int-wine", "int-golf")),
        (Action.MERGE, ("int-golf",), None),
        (Action.REPLACE, ("int-golf",), ("int-wine", "int-golf")),
        (Action.REPLACE, ("int-golf", "int-wine"), None),
    ):
        planner = Planner(settings_of(PERSON, DuplicateSettings("name", action)), SCHEMA, LENIENT)
        planned = planner.plan(person, Situation(BY_RULE, entity_of(last_name="N", interests=old)))
        assert (written_by(planned.changes[0])["interests"] if planned.changes else None) == new


def test_preferences_may_forbid_contacts_without_company_for_new_ones_only() -> None:
    settings = ImportSettings(no_company=NoCompany.WITHOUT)
    person = candidate_of(PERSON, {"last_name": "N", "title": "Dr"})
    strict = Planner(settings, SCHEMA, Preferences(mandatory_company_on_contact=True))
    assert strict.plan(person, Situation()).reason == Reason(ReasonCode.MANDATORY_COMPANY, setting="no_company")
    assert strict.plan(person, Situation(BY_RULE, entity_of(last_name="N"))).status is Status.CHANGED


def test_a_list_may_be_used_by_the_settings_of_its_name() -> None:
    schema = schema_with(COMPANY, listed("business", "category"))
    settings = ImportSettings(lists={"category": ListPolicy.ADD})
    mapping = mapping_of(COMPANY, (ErpField("N", "N"), "name"), (ErpField("B", "B", FieldType.LIST), "business"))
    company = converted(mapping, {"N": "ACME", "B": "Brand new"}, lists_of(settings), schema)
    planned = Planner(settings, schema, LENIENT).plan(company, Situation())
    assert written_by(own(planned))["business"] == NewItem("category", "Brand new")

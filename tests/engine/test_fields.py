from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from erp_import_plugin.engine.changes import FieldChange, FieldProblem, KeptField, NewItem, NewValue, RowCompany
from erp_import_plugin.engine.fields import FieldRules, Verdict, distinct, is_empty
from erp_import_plugin.engine.normalising import email
from erp_import_plugin.engine.reasons import Reason, ReasonCode
from erp_import_plugin.engine.settings import Action, ChannelPolicy, DuplicateSettings, EmptyValue
from erp_import_plugin.host_api import CrmField, CrmType, CrmValue
from tests.engine.samples import COMPANY, listed, settings_of, text, typed

CODE, PHONE, FAX = text("code"), typed("phone", CrmType.PHONE), typed("fax", CrmType.PHONE)
EMAIL, URL = typed("email", CrmType.EMAIL), typed("url", CrmType.URL)
NOON = datetime(2024, 2, 29, 12, tzinfo=timezone.utc)
INTERESTS = listed("interests", "interests", multiple=True)
EVERY_ACTION = [Action.MERGE, Action.REPLACE]


def rules(
    action: Action,
    empty: EmptyValue = EmptyValue.KEEP,
    phones: ChannelPolicy = ChannelPolicy.ADD,
    web: ChannelPolicy = ChannelPolicy.ADD,
    linked: bool = False,
) -> FieldRules:
    settings = settings_of(COMPANY, DuplicateSettings("name", action, empty), phones=phones, web=web)
    return FieldRules(COMPANY, action, settings, "NO", linked=linked)


REPLACE_CLEAR = rules(Action.REPLACE, EmptyValue.CLEAR)


@pytest.mark.parametrize("empty", [None, "", " \t", ()])
def test_what_says_nothing_is_empty(empty: NewValue) -> None:
    assert is_empty(empty)


@pytest.mark.parametrize("value", [0, False, Decimal(0), "0", "-", ("",), NewItem("l", "x"), RowCompany(1)])
def test_zero_and_no_say_something(value: NewValue) -> None:
    assert not is_empty(value)


# --- fields of one value ------------------------------------------------------------------------------------------

SAME = [
    (CODE, "A", "A"),
    (CODE, " A ", "A"),
    (CODE, " A ", " A "),
    (CODE, None, None),
    (CODE, " ", None),
    (typed("n", CrmType.INTEGER), 0, 0),
    (typed("n", CrmType.DECIMAL), Decimal("1.50"), Decimal("1.5")),
    (typed("n", CrmType.BOOLEAN), False, False),
    (typed("n", CrmType.DATE), date(2024, 2, 29), date(2024, 2, 29)),
    (INTERESTS, ("a", "b"), ("b", "a")),
    (INTERESTS, None, ()),
]
DIFFERENT = [
    (CODE, "A", "a"),
    (CODE, "A", "B"),
    (typed("n", CrmType.INTEGER), 0, 1),
    (typed("n", CrmType.BOOLEAN), False, True),
    (typed("n", CrmType.BOOLEAN), True, False),
    (typed("n", CrmType.DATETIME), NOON, NOON.replace(hour=13)),
    (listed("l", "l"), "a", NewItem("l", "a")),
    (INTERESTS, ("a",), ("a", NewItem("interests", "b"))),
    (typed("company", CrmType.COMPANY), "c1", RowCompany(1)),
]


@pytest.mark.parametrize("action", EVERY_ACTION)
@pytest.mark.parametrize(("crm", "old", "new"), SAME)
def test_equal_values_are_no_change(crm: CrmField, old: CrmValue, new: NewValue, action: Action) -> None:
    assert rules(action, EmptyValue.CLEAR).decide(crm, old, new) is None


@pytest.mark.parametrize(("crm", "old", "new"), DIFFERENT)
def test_merge_keeps_what_replace_overwrites(crm: CrmField, old: CrmValue, new: NewValue) -> None:
    assert rules(Action.MERGE).decide(crm, old, new) == KeptField(crm.key, old, new, "company.action")
    assert rules(Action.MERGE, linked=True).decide(crm, old, new) == KeptField(crm.key, old, new, "company.linked")
    assert rules(Action.REPLACE).decide(crm, old, new) == FieldChange(crm.key, old, new)


@pytest.mark.parametrize("action", EVERY_ACTION)
@pytest.mark.parametrize(("crm", "_old", "new"), DIFFERENT)
def test_an_empty_field_is_filled(crm: CrmField, _old: CrmValue, new: NewValue, action: Action) -> None:
    nothing = () if crm.many else None
    assert rules(action).decide(crm, nothing, new) == FieldChange(crm.key, nothing, new)


@pytest.mark.parametrize("crm", [CODE, INTERESTS, typed("n", CrmType.BOOLEAN)])
def test_what_an_empty_value_does(crm: CrmField) -> None:
    old: CrmValue = ("a",) if crm.many else False if crm.type is CrmType.BOOLEAN else "A"
    nothing = () if crm.many else None
    assert rules(Action.MERGE, EmptyValue.CLEAR).decide(crm, old, nothing) is None
    assert rules(Action.REPLACE).decide(crm, old, nothing) == KeptField(crm.key, old, None, "company.empty")
    assert REPLACE_CLEAR.decide(crm, old, nothing) == FieldChange(crm.key, old, nothing)


def test_a_mandatory_field_and_the_company_are_never_cleared() -> None:
    mandatory = text("name", mandatory=True)
    told = FieldProblem("name", "", Reason(ReasonCode.NOT_CLEARED))
    assert REPLACE_CLEAR.decide(mandatory, "ACME", None) == told
    assert rules(Action.REPLACE).decide(mandatory, "ACME", None) == KeptField("name", "ACME", None, "company.empty")
    assert REPLACE_CLEAR.decide(typed("company", CrmType.COMPANY), "c1", None) is None


def test_a_default_takes_the_place_of_what_is_cleared() -> None:
    assert REPLACE_CLEAR.decide(CODE, "A", None, "NONE") == FieldChange("code", "A", "NONE")
    assert REPLACE_CLEAR.decide(CODE, "NONE", None, "NONE") is None
    assert REPLACE_CLEAR.decide(text("name", mandatory=True), "ACME", None, "?") == FieldChange("name", "ACME", "?")
    assert rules(Action.REPLACE).decide(CODE, "NONE", None, "NONE") is None


@pytest.mark.parametrize("action", EVERY_ACTION)
def test_a_default_yields_to_any_value(action: Action) -> None:
    assert rules(action).decide(CODE, None, "A", "NONE") == FieldChange("code", None, "A")
    assert rules(action).decide(CODE, None, None, "NONE") == FieldChange("code", None, "NONE")
    assert rules(Action.MERGE, EmptyValue.CLEAR).decide(CODE, "A", None, "NONE") is None


# --- phones, e-mails and URLs -------------------------------------------------------------------------------------

A, B, A_SPELLED = "+4722334455", "912 34 567", "22 33 44 55"


def phones(policy: ChannelPolicy, old: CrmValue, new: NewValue, action: Action = Action.MERGE) -> Verdict:
    return rules(action, phones=policy).decide(PHONE, old, new)


@pytest.mark.parametrize("action", EVERY_ACTION)
@pytest.mark.parametrize(
    ("old", "new", "add", "replace"),
    [
        ((), (A,), (A,), (A,)),
        (None, (A,), (A,), (A,)),
        ((A,), (B,), (A, B), (B,)),
        ((A,), (A_SPELLED,), None, None),
        ((A,), (A_SPELLED, B), (A, B), (A, B)),
        ((A, B), (A,), None, (A,)),
        ((A, B), ("+47 91234567", A_SPELLED), None, None),
        ((A, A_SPELLED), (A,), None, None),
    ],
)
def test_phones_follow_their_policy_whatever_the_action(
    old: CrmValue, new: NewValue, add: NewValue, replace: NewValue, action: Action
) -> None:
    before = old or ()
    change = None if add is None else FieldChange("phone", before, add)
    assert phones(ChannelPolicy.ADD, old, new, action) == change
    change = None if replace is None else FieldChange("phone", before, replace)
    assert phones(ChannelPolicy.REPLACE, old, new, action) == change
    kept = None if add is None else KeptField("phone", before, new, "phones")
    assert phones(ChannelPolicy.IGNORE, old, new, action) == kept


@pytest.mark.parametrize("policy", [ChannelPolicy.ADD, ChannelPolicy.REPLACE])
def test_two_spellings_of_one_phone_are_one(policy: ChannelPolicy) -> None:
    assert phones(policy, (), (A, A_SPELLED, B, A)) == FieldChange("phone", (), (A, B))


@pytest.mark.parametrize(("crm", "setting"), [(PHONE, "phones"), (EMAIL, "web"), (URL, "web")])
def test_phones_have_one_policy_and_mails_and_pages_another(crm: CrmField, setting: str) -> None:
    ignored = rules(Action.MERGE, **{setting: ChannelPolicy.IGNORE})  # type: ignore[arg-type]
    assert ignored.decide(crm, (), ("22334455",)) == KeptField(crm.key, (), ("22334455",), setting)
    other = {"phones": "web", "web": "phones"}[setting]
    added = rules(Action.MERGE, **{other: ChannelPolicy.IGNORE})  # type: ignore[arg-type]
    assert added.decide(crm, (), ("22334455",)) == FieldChange(crm.key, (), ("22334455",))


@pytest.mark.parametrize(
    ("crm", "old", "new"), [(EMAIL, "a@B.example", "a@b.example"), (URL, "http://b.example/", "b.example")]
)
def test_equal_mails_and_pages_are_not_added_twice(crm: CrmField, old: str, new: str) -> None:
    for policy in ChannelPolicy:
        assert rules(Action.REPLACE, web=policy).decide(crm, (old,), (new,)) is None


def test_nothing_from_the_erp_clears_only_where_both_policy_and_action_replace() -> None:
    for policy in ChannelPolicy:
        for action in EVERY_ACTION:
            decision = rules(action, EmptyValue.CLEAR, phones=policy).decide(PHONE, (A,), ())
            clears = policy is ChannelPolicy.REPLACE and action is Action.REPLACE
            assert decision == (FieldChange("phone", (A,), ()) if clears else None)
    kept = rules(Action.REPLACE, EmptyValue.KEEP, phones=ChannelPolicy.REPLACE).decide(PHONE, (A,), ())
    assert kept == KeptField("phone", (A,), None, "company.empty")


def test_a_number_known_under_another_heading_is_not_added() -> None:
    known = rules(Action.MERGE)
    known.known[CrmType.PHONE] = {A}
    assert known.decide(FAX, (), (A_SPELLED,)) is None
    assert known.decide(FAX, (), (A_SPELLED, B)) == FieldChange("fax", (), (B,))
    assert known.decide(PHONE, (A,), (B,)) is None
    assert known.decide(EMAIL, (), (A,)) == FieldChange("email", (), (A,))


def test_a_number_known_under_another_heading_is_no_difference_that_is_kept() -> None:
    known = rules(Action.MERGE, phones=ChannelPolicy.IGNORE)
    known.known[CrmType.PHONE] = {A}
    assert known.decide(FAX, (), (A_SPELLED,)) is None


@pytest.mark.parametrize("policy", ChannelPolicy)
def test_a_default_phone_fills_an_empty_field_once(policy: ChannelPolicy) -> None:
    filling = rules(Action.REPLACE, EmptyValue.CLEAR, phones=policy)
    assert filling.decide(PHONE, (), (), (A, A_SPELLED)) == FieldChange("phone", (), (A,))
    assert rules(Action.REPLACE, EmptyValue.CLEAR, phones=policy).decide(PHONE, (A,), (), (A, A_SPELLED)) is None


def test_of_equal_values_the_first_stays() -> None:
    assert distinct(("b@X.example", "a@x.example", "b@x.example"), email) == ("b@X.example", "a@x.example")
    assert distinct((), email) == ()

"""Texts: every word of the other rooms has one on the pages."""

from __future__ import annotations

from erp_import_plugin.connector_api import ActorType, FieldType, Operator
from erp_import_plugin.connector_host import Relative
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.rules import RULES as ENGINE_RULES
from erp_import_plugin.engine.settings import Action, ChannelPolicy, EmptyValue, ListPolicy, NoCompany
from erp_import_plugin.host_api import CrmType, EntityKind
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.web import setting_texts, texts
from erp_import_plugin.web.operators import input_kind, operator_label
from erp_import_plugin.web.reasons import CRM_TYPES
from erp_import_plugin.workflow.criterion import values_of


def test_nothing_is_without_a_word() -> None:
    assert set(texts.ACTOR_TYPES) == set(ActorType)
    assert set(texts.KINDS) == set(texts.KINDS_PLURAL) == set(texts.KIND_ICONS) == set(EntityKind)
    assert set(texts.STATUSES) == set(Status)
    assert set(texts.STATES) == set(ImportState)
    effects = ("new", "changed", "removed")
    assert set(texts.ICONS) == {f"{kind.value}_{effect}" for kind in EntityKind for effect in effects}
    assert set(setting_texts.ACTIONS) == set(Action)
    assert set(setting_texts.EMPTY_VALUES) == set(EmptyValue)
    assert set(setting_texts.LIST_POLICIES) == set(ListPolicy)
    assert set(setting_texts.CHANNEL_POLICIES) == set(ChannelPolicy)
    assert set(setting_texts.NO_COMPANIES) == set(NoCompany)
    assert set(CRM_TYPES) == set(CrmType)


def test_every_rule_is_named_and_those_of_contacts_have_none_as_well() -> None:
    for kind, rules in ENGINE_RULES.items():
        assert set(setting_texts.RULES[kind]) - {"none"} == set(rules)


def test_numbers_have_signs_and_texts_have_words() -> None:
    assert operator_label("equals", FieldType.DECIMAL) == "="
    assert operator_label("equals", FieldType.TEXT) == "equals"
    assert operator_label("less_or_equal", FieldType.INTEGER) == "<="
    labels = [operator_label(one.value, FieldType.TEXT) for one in (*Operator, *Relative)]
    assert not any("_" in label for label in labels)


def test_an_operator_has_the_inputs_for_its_values() -> None:
    for operator in (*Operator, *Relative):
        kind = input_kind(operator.value, FieldType.DATE)
        wanted = {"none": 0, "days": 1, "one": 1, "between": 2}[kind]
        if operator not in (Operator.ONE_OF, Operator.NOT_ONE_OF):
            assert values_of(operator.value) == wanted, operator


def test_a_row_that_writes_says_what_to_each_entity() -> None:
    labels = [str(mark.label) for mark in texts.marks_of(Status.NEW, ("company_new", "person_new"))]
    assert labels == ["Company new", "Contact new"]
    assert [str(mark.label) for mark in texts.marks_of(Status.UNCHANGED, ())] == ["No update"]
    assert [str(mark.label) for mark in texts.marks_of(Status.HELD, ("company_new",))] == ["Held"]

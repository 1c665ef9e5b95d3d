"""Why a row is not written, or a field kept: codes, said in words by the web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class ReasonCode(str, Enum):
    """One code per cause. Nothing is left out without one."""

    # skipped
    SKIP_DUPLICATE = "skip_duplicate"
    SKIP_LINKED = "skip_linked"
    SKIP_CHOSEN = "skip_chosen"
    DECIDED_OUT = "decided_out"
    NO_CONTACTS = "no_contacts"
    NO_COMPANY = "no_company"
    MANDATORY_COMPANY = "mandatory_company"
    COMPANY_LEFT_OUT = "company_left_out"
    ERASED = "erased"
    EMPTY = "empty"
    UNTICKED = "unticked"
    NO_MAPPING = "no_mapping"
    # skipped by an undo
    EDITED_SINCE = "edited_since"
    HAS_OTHER_DATA = "has_other_data"
    GONE_SINCE = "gone_since"
    IMPORTED_AGAIN = "imported_again"
    LEFT_ALONE = "left_alone"
    # unchanged
    SAME = "same"
    KEPT = "kept"
    AS_BEFORE = "as_before"
    ONLY_LINKED = "only_linked"
    # undecided
    SEVERAL_MATCHES = "several_matches"
    DOUBLE_IN_IMPORT = "double_in_import"
    SAME_ENTITY = "same_entity"
    SEVERAL_COMPANIES = "several_companies"
    CHOSEN_GONE = "chosen_gone"
    # failed
    MISSING_IN_ERP = "missing_in_erp"
    MANDATORY_EMPTY = "mandatory_empty"
    REFUSED_BY_CRM = "refused_by_crm"
    # held
    CHANGED_SINCE = "changed_since"
    ENTITY_GONE = "entity_gone"
    ENTITY_APPEARED = "entity_appeared"
    NO_LONGER_MATCHES = "no_longer_matches"
    COMPANY_NOT_THERE = "company_not_there"
    ITEM_GONE = "item_gone"
    NOT_REACHED = "not_reached"
    # field problems
    TOO_LONG = "too_long"
    NOT_A_VALUE = "not_a_value"
    UNREADABLE = "unreadable"
    NOT_CLEARED = "not_cleared"
    ITEM_IGNORED = "item_ignored"
    DEFAULT_GONE = "default_gone"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with what its sentence names (fields, values, counts) and the import setting that caused it."""

    code: ReasonCode
    params: Mapping[str, str] = field(default_factory=dict)
    setting: str = ""

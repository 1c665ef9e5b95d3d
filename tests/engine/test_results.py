from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp_import_plugin.engine.results import Accounts, Status, UnbalancedError

COUNTS = st.dictionaries(st.sampled_from(list(Status)), st.integers(0, 1000))


@given(COUNTS)
def test_the_accounts_hold_every_row_under_its_status(counts: dict[Status, int]) -> None:
    accounts = Accounts.of(sum(counts.values()), counts)
    assert accounts.read == sum(counts.values())
    assert {status: getattr(accounts, status.value) for status in Status} == {s: counts.get(s, 0) for s in Status}


@given(COUNTS, st.integers(-5, 5).filter(bool))
def test_a_row_lost_or_counted_twice_is_refused(counts: dict[Status, int], off: int) -> None:
    read = sum(counts.values()) + off
    with pytest.raises(UnbalancedError, match=f"{read} rows were read, but {read - off} are accounted for"):
        Accounts.of(read, counts)


def test_a_negative_count_cannot_make_up_for_a_row_too_many() -> None:
    with pytest.raises(UnbalancedError):
        Accounts.of(1, {Status.NEW: 2, Status.FAILED: -1})


def test_an_import_of_nothing_balances() -> None:
    assert Accounts.of(0, {}) == Accounts(0)


def test_what_reaches_the_crm_is_the_new_the_changed_and_the_removed() -> None:
    assert Accounts.of(8, dict.fromkeys(Status, 1)).written == 3
    assert [status for status in Status if status.writes] == [Status.NEW, Status.CHANGED, Status.REMOVED]

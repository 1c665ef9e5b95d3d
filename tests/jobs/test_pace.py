from __future__ import annotations

from erp_import_plugin.jobs.pace import AT_FIRST, WINDOW, Pace


def test_nothing_is_known_after_one_report() -> None:
    assert Pace().rate(0.0, 100) is None


def test_the_first_moments_tell_nothing() -> None:
    pace = Pace()
    pace.rate(0.0, 0)
    assert pace.rate(AT_FIRST / 2, 5000) is None
    assert pace.rate(AT_FIRST * 2, 5000) == 5000 / (AT_FIRST * 2)


def test_slow_chunks_are_no_standstill() -> None:
    pace = Pace()
    pace.rate(0.0, 0)
    assert not pace.has_stalled(WINDOW)
    assert pace.has_stalled(WINDOW + 1)
    pace.rate(4 * WINDOW, 1000)
    assert not pace.has_stalled(12 * WINDOW)
    assert pace.has_stalled(13 * WINDOW)


def test_the_rate_is_that_of_the_last_seconds_only() -> None:
    pace = Pace()
    for second in range(100):
        pace.rate(float(second), second * 1000)
    for second in range(100, 100 + int(WINDOW) + 1):
        rate = pace.rate(float(second), 99_000 + (second - 99) * 10)
    assert rate == 10.0


def test_work_taken_up_again_does_not_count_what_was_done_before() -> None:
    pace = Pace()
    pace.rate(0.0, 40_000)
    assert pace.rate(10.0, 40_100) == 10.0


def test_a_new_part_of_the_work_starts_anew() -> None:
    pace = Pace()
    pace.rate(0.0, 0)
    pace.rate(1.0, 5000)
    assert pace.rate(2.0, 0) is None
    assert pace.rate(4.0, 20) == 10.0


def test_reports_by_the_thousand_are_not_all_remembered() -> None:
    pace = Pace()
    rates = [pace.rate(row / 100_000, row) for row in range(200_000)]
    assert rates[-1] is not None
    assert 99_000 < rates[-1] < 101_000
    assert len(pace._seen) < 10

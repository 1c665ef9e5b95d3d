from __future__ import annotations

import pytest

from erp_import_plugin.errors import Sentence
from erp_import_plugin.jobs.views import view
from erp_import_plugin.store.jobs import JobState, JobStore, Progress
from tests.support.clocks import Clock


@pytest.mark.parametrize(
    ("progress", "percent", "seconds_left"),
    [
        (Progress(0, None, None), None, None),
        (Progress(0, 0, None), None, None),
        (Progress(0, 10, None), 0, None),
        (Progress(999, 1000, 2.0), 99, 0.5),
        (Progress(1000, 1000, 2.0), 100, 0.0),
        (Progress(1200, 1000, 2.0), 100, 0.0),
        (Progress(5, 10, 0.0), 50, None),
        (Progress(5, None, 3.0), None, None),
    ],
)
def test_how_far_and_how_long(
    store: JobStore, progress: Progress, percent: int | None, seconds_left: float | None
) -> None:
    job = store.create("plan", "s", "u")
    store.claim(job.id, "w", 60)
    store.beat(job.id, "w", 60, progress)
    shown = view(store.get(job.id), store)
    assert (shown.percent, shown.seconds_left, shown.rate) == (percent, seconds_left, progress.rate)


def test_a_job_without_a_sign_of_life_is_interrupted_and_has_no_guess(store: JobStore, clock: Clock) -> None:
    job = store.create("plan", "s", "u")
    store.claim(job.id, "w", 60)
    store.beat(job.id, "w", 60, Progress(5, 10, 1.0))
    assert view(store.get(job.id), store).state == "running"
    clock.forward(60)
    shown = view(store.get(job.id), store)
    assert (shown.state, shown.rate, shown.seconds_left, shown.percent) == ("interrupted", None, None, 50)
    assert not shown.ended


def test_a_job_asked_to_stop_is_shown_as_stopping_until_it_has(store: JobStore) -> None:
    job = store.create("plan", "s", "u")
    store.claim(job.id, "w", 60)
    store.request_cancel(job.id)
    assert view(store.get(job.id), store).stopping
    store.finish(job.id, "w", JobState.CANCELLED, Progress(note=Sentence("%(n)s rows.", n=3)))
    shown = view(store.get(job.id), store)
    assert (shown.state, shown.stopping, shown.ended, shown.note) == ("cancelled", False, True, "3 rows.")

"""A page is told when its work has gone on, without holding the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from erp_import_plugin.store.jobs import JobState, JobStore, Progress
from erp_import_plugin.web.views import events
from tests.support.site import Site

THREADS = {"wsgi.multithread": True}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(events, "_LOOK", 0.01)
    yield
    assert events.room.taken == 0


def test_every_change_is_told_once_and_the_end_ends_it(site: Site, fetching: str) -> None:
    store = JobStore(site.house.rooms.engine)
    job = store.latest(fetching)
    assert job
    with site.client.get(f"/erp-import/imports/{fetching}/events", environ_overrides=THREADS) as answer:
        assert answer.mimetype == "text/event-stream"
        told = answer.iter_encoded()
        assert next(told).startswith(b"retry:")
        assert next(told) == b"data: changed\n\n"
        store.beat(job.id, "elsewhere", 600, Progress(3, 12))
        assert next(told) == b"data: changed\n\n"
        store.finish(job.id, "elsewhere", JobState.DONE, Progress(12, 12))
        assert list(told) == [b"data: changed\n\n"]


def test_it_ends_by_itself_and_shows_signs_of_life(site: Site, fetching: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_LASTS", 0.2)
    monkeypatch.setattr(events, "_SIGN", 0.05)
    with site.client.get(f"/erp-import/imports/{fetching}/events", environ_overrides=THREADS) as answer:
        told = list(answer.iter_encoded())
    assert told[1] == b"data: changed\n\n"
    assert set(told[2:]) == {b":\n\n"}


def test_no_connection_is_held_between_two_looks(site: Site, fetching: str) -> None:
    held: list[int] = []
    pool = site.house.rooms.engine.pool
    with site.client.get(f"/erp-import/imports/{fetching}/events", environ_overrides=THREADS) as answer:
        told = answer.iter_encoded()
        for _ in range(2):
            next(told)
            held.append(pool.checkedout())  # type: ignore[attr-defined]
    assert held == [0, 0]


def test_a_server_with_one_thread_or_without_room_has_the_page_ask(
    site: Site, fetching: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/erp-import/imports/{fetching}/events"
    assert site.client.get(address).status_code == 204
    kept = [site.client.get(address, environ_overrides=THREADS) for _ in range(site.house.rooms.config.streams)]
    assert [one.status_code for one in kept] == [200] * len(kept)
    assert site.client.get(address, environ_overrides=THREADS).status_code == 204
    for one in kept:
        one.close()
    with site.client.get(address, environ_overrides=THREADS) as again:
        assert again.status_code == 200


def test_where_nothing_is_under_way_there_is_nothing_to_tell(site: Site) -> None:
    token = site.house.begin()
    assert site.client.get(f"/erp-import/imports/{token}/events", environ_overrides=THREADS).status_code == 204
    site.house.stage(token)
    assert site.client.get(f"/erp-import/imports/{token}/events", environ_overrides=THREADS).status_code == 204

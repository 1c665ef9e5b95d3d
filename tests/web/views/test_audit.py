"""The audit log: what it says, how it is narrowed and paged, and what is taken out."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from erp_import_plugin.store import audit as audit_store
from erp_import_plugin.store.audit import Act
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.web.audit_words import ACTS
from erp_import_plugin.web.views.audit import _wanted
from tests.support.reading import Page
from tests.support.rooms import ADMIN, CHIEF
from tests.support.site import Site
from tests.web.views.test_done import rows_of_csv
from tests.web.views.test_exports import book_of

PATH = "/erp-import/sync/audit"


def lines(page: Page) -> list[str]:
    """The rows of the table, without the head."""
    return [" ".join(row.text.split()) for row in page.all("tr")[1:]]


def note(site: Site, at: datetime, act: Act = Act.PRUNED, subject: str = "", **params: object) -> None:
    with writing(site.house.rooms.engine) as tx:
        audit_store.note(tx, at, CHIEF, act, subject, **params)


def test_what_was_done_is_told_in_words_newest_first(site: Site) -> None:
    token = site.imported()
    page = site.get(PATH)
    told = lines(page)
    assert "Import started Shop one Customer History of the import" in told[0]
    assert any("Connection tested Shop one passed" in line for line in told)
    assert "Connection added Shop one connector “shop”" in told[-1]
    assert page.one("a", href=f"/erp-import/imports/{token}/history")


def test_every_act_has_words() -> None:
    assert set(ACTS) == set(Act)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("act=connection_added", 1),
        ("act=nothing", 5),
        ("who=3", 1),
        ("q=%25+of", 1),
        ("from=2026-01-02&to=2026-01-02", 1),
        ("from=2026-01-03&to=2026-01-03", 0),
        ("from=soon&to=9999-12-31", 5),
        ("from=0001-01-01", 5),
    ],
)
def test_it_is_narrowed(site: Site, asked: str, found: int) -> None:
    note(site, datetime(2026, 1, 2, 23, 59, tzinfo=timezone.utc), subject="100% of it")
    page = site.get(f"{PATH}?{asked}")
    assert len(lines(page)) == found
    assert "No entry fits" in page.text or found


@pytest.mark.parametrize(("zone", "begin"), [("UTC", 0), ("Asia/Tokyo", -9), ("America/New_York", 5)])
def test_a_day_is_the_readers(site: Site, zone: str, begin: int) -> None:
    app = site.client.application
    app.extensions["babel"].default_timezone = zone
    with app.test_request_context(f"{PATH}?from=2026-01-02&to=2026-01-02"):
        wanted = _wanted()
    assert wanted.since is not None
    assert wanted.until is not None
    assert (wanted.since - datetime(2026, 1, 2, tzinfo=timezone.utc)).total_seconds() == begin * 3600
    assert (wanted.until - wanted.since).days == 1


def test_it_has_pages_and_files_with_all_that_is_asked_for(site: Site) -> None:
    for number in range(12):
        note(site, datetime(2026, 1, 2, tzinfo=timezone.utc), subject=f"=1+{number}", imports=number, before="x")
    page = site.get(f"{PATH}?act=pruned")
    assert "1 to 10 of 12" in page.text
    second = site.get(page.by_id("erp-page-next")["href"])
    assert "11 to 12 of 12" in second.text
    files = [link["href"] for link in second.all("a") if "audit." in link["href"]]
    head, *rows = rows_of_csv(site, files[0])
    assert head[:3] == ["When (UTC)", "User", "User's ID"]
    assert len(rows) == 12
    assert rows[0][1:6] == ["Chief", "3", "Old imports removed", "'=1+11", "imports: 11, ended before x"]
    (sheet,) = book_of(site, files[1]).values()
    assert sheet[1][4] == "=1+11"
    assert "List taken out as a file audit log" in " ".join(lines(site.get(PATH))[:1]).replace("  ", " ")


def test_only_whose_import_it_is_and_who_manages_all_is_led_to_it(site: Site) -> None:
    site.imported()
    assert "History of the import" in site.get(PATH).text
    site.visitors.signed_in = CHIEF
    assert "History of the import" in site.get(PATH).text
    site.visitors.chiefs.clear()
    assert "History of the import" not in site.get(PATH).text
    assert ADMIN.name in site.get(PATH).text


def test_what_another_version_has_written_is_shown_as_it_is(site: Site) -> None:
    with writing(site.house.rooms.engine) as tx:
        params = '{"actor_type": "Vessel", "what": "keel", "unknown": "x"}'
        row = {"at": datetime(2026, 1, 2, tzinfo=timezone.utc), "user_id": "1", "user_name": "Admin", "subject": "S"}
        tx.execute(audit_store.table.insert().values(**row, act="launched", params=params))
    assert "launched S Vessel, keel" in lines(site.get(PATH))[0]

"""The first page: the backup, the source, and the imports that were begun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from types import SimpleNamespace

from erp_import_plugin.host_api import BackupMade, User
from tests.support.site import Site


@dataclass
class KeptBackup:
    """A host's backup that may fail."""

    fails: bool = False
    made: BackupMade | None = None

    def unavailable(self) -> str | None:
        return None

    def last(self) -> BackupMade | None:
        return self.made

    def make(self, by: User) -> BackupMade:
        if self.fails:
            raise OSError("The disk is full.")
        self.made = BackupMade(datetime(2026, 11, 21, 14, 3, tzinfo=timezone.utc), f"/backups/by-{by.name}")
        return self.made


def with_backup(site: Site, backup: KeptBackup) -> None:
    extension = site.client.application.extensions["erp_import"]
    rooms = replace(extension.rooms, host=replace(extension.rooms.host, backup=backup))
    site.client.application.extensions["erp_import"] = SimpleNamespace(rooms=rooms, jobs=extension.jobs)


def test_the_source_leads_to_the_connection(site: Site) -> None:
    page = site.get("/erp-import/")
    assert page.one("a", class_="erp-tile__link")["href"] == "/erp-import/connection"
    assert "Make a backup before you import larger amounts" in page.text
    assert not page.all("button", class_="erp-btn--primary")


def test_a_backup_is_made_and_told(site: Site) -> None:
    with_backup(site, KeptBackup())
    assert "No backup has been made yet" in site.get("/erp-import/").text
    assert site.post("/erp-import/backup") == "/erp-import/"
    page = site.get("/erp-import/")
    assert "The backup was made: /backups/by-Admin" in page.text
    assert "Nov 21, 2026" in page.text


def test_a_backup_that_fails_is_told(site: Site) -> None:
    with_backup(site, KeptBackup(fails=True))
    site.post("/erp-import/backup")
    assert "The backup failed: The disk is full." in site.get("/erp-import/").text


def test_the_source_is_inactive_while_sync_is_on(site: Site) -> None:
    site.house.sync.on = True
    page = site.get("/erp-import/")
    assert not page.all("a", class_="erp-tile__link")
    assert "Automatic sync is on" in page.text
    assert page.one("a", href="/sync").text == "Open Quote/Sync"


def test_imports_go_on_where_they_were_left(site: Site) -> None:
    begun, staged, planned, done = site.house.begin(), site.staged(), site.planned(), site.imported()
    page = site.get("/erp-import/")
    links = [link["href"] for link in page.all("a") if link.text == "Customer · Shop one"]
    expected = {begun: "search", staged: "staging", planned: "preview", done: "done"}
    assert links == [site.path(token, name) for token, name in reversed(expected.items())]


def test_a_backup_without_a_token_is_not_made(site: Site) -> None:
    backup = KeptBackup()
    with_backup(site, backup)
    assert site.client.post("/erp-import/backup").status_code == 303
    assert backup.made is None

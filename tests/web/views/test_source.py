"""The first page: the backup, the source, and the imports that were begun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

from erp_import_plugin.host_api import BackupMade, User
from tests.support.rooms import Addresses
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


class WithImportPage(Addresses):
    """The pages of a host that lists the import sources itself."""

    def import_page(self) -> str | None:
        return "/crm/import"


def with_host(site: Site, **parts: Any) -> None:
    extension = site.client.application.extensions["erp_import"]
    rooms = replace(extension.rooms, host=replace(extension.rooms.host, **parts))
    site.client.application.extensions["erp_import"] = SimpleNamespace(rooms=rooms, jobs=extension.jobs)


def test_the_source_leads_to_the_connection(site: Site) -> None:
    page = site.get("/erp-import/")
    assert page.one("a", class_="erp-tile__link")["href"] == "/erp-import/connection"
    assert "Make a backup before you import larger amounts" in page.text
    assert not page.all("button", class_="erp-btn--primary")


def test_a_backup_is_made_and_told(site: Site) -> None:
    with_host(site, backup=KeptBackup())
    assert "No backup has been made yet" in site.get("/erp-import/").text
    assert site.post("/erp-import/backup") == "/erp-import/"
    page = site.get("/erp-import/")
    assert "The backup was made: /backups/by-Admin" in page.text
    assert "21 Nov 2026" in page.text


def test_a_backup_that_fails_is_told(site: Site) -> None:
    with_host(site, backup=KeptBackup(fails=True))
    site.post("/erp-import/backup")
    assert "The backup failed: The disk is full." in site.get("/erp-import/").text


def test_the_source_is_inactive_while_sync_is_on(site: Site) -> None:
    site.house.sync.on = True
    page = site.get("/erp-import/")
    assert not page.all("a", class_="erp-tile__link")
    assert "Automatic sync is on" in page.text
    assert page.one("a", href="/sync").text == "Open Quote/Sync"


def test_a_host_that_lists_the_sources_is_not_asked_for_one_again(site: Site) -> None:
    with_host(site, links=WithImportPage())
    page = site.get("/erp-import/")
    assert page.one("h1").text == "ERP Sync"
    assert "Select an import source" not in page.text
    assert page.one("a", class_="erp-btn--primary")["href"] == "/erp-import/connection"
    assert page.one("a", href="/crm/import").text == "Other sources"
    assert "Press New import" in page.text
    site.house.begin()
    assert "Press New import" not in site.get("/erp-import/").text


def test_no_import_is_begun_there_while_sync_is_on(site: Site) -> None:
    with_host(site, links=WithImportPage())
    site.house.sync.on = True
    page = site.get("/erp-import/")
    assert not page.all("a", class_="erp-btn--primary")
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
    with_host(site, backup=backup)
    assert site.client.post("/erp-import/backup").status_code == 303
    assert backup.made is None

"""What the demo hands over to the plugin, the way any host would: its tables, users, pages and backup.

With ``crm``, the map of our tables, this is everything a host developer has to write; see ``docs/host.md``.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from datetime import timezone
from pathlib import Path

from flask import Flask, current_app, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection, bindparam, delete, insert, select

from erp_import_plugin import ErpImport
from erp_import_plugin.host_api import BackupMade, EntityKind, Group, Host
from erp_import_plugin.host_api import User as PluginUser

from . import backups, preferences, tables
from .crm import crm
from .database import Database, database
from .sources import ImportSource, SyncTab, add_import_sources, add_sync_tabs

DATA = Path(__file__).parent / "data"
WORKBOOK = "demo-erp.xlsx"
CONNECTION = "Nordlys ERP"


def init_app(app: Flask) -> None:
    """Add the import source *ERP Sync* to the app."""
    files = Path(app.instance_path) / "erp-files"
    files.mkdir(exist_ok=True)
    if not (files / WORKBOOK).exists():
        shutil.copyfile(DATA / WORKBOOK, files / WORKBOOK)
    app.config.setdefault("ERP_IMPORT_BASE_TEMPLATE", "demo/base.html")
    app.config.setdefault("ERP_IMPORT_URL_PREFIX", "/settings/import/erp-sync")
    app.config.setdefault("ERP_IMPORT_FILES", str(files))
    app.config.setdefault("ERP_IMPORT_PRIVATE_ADDRESSES", True)
    crm_database: Database = app.extensions["demo_database"]
    ErpImport(app, engine=crm_database.engine, host=host(crm_database))
    add_import_sources(app, _sources)
    add_sync_tabs(app, _tabs)


def add_demo_connection(app: Flask) -> None:
    """A connection to the workbook that comes with the demo."""
    with app.app_context():
        app.extensions["erp_import"].add_connection("admin", "workbook", CONNECTION, {"file": WORKBOOK})


def host(crm_database: Database) -> Host:
    """Everything the plugin asks of us."""
    return Host(
        crm=crm(crm_database),
        access=DemoAccess(crm_database),
        sync=DemoSync(crm_database),
        selections=DemoSelections(),
        links=DemoLinks(),
        backup=DemoBackup(crm_database),
    )


class DemoAccess:
    """Administrators may import; everyone manages their own imports only."""

    def __init__(self, crm_database: Database) -> None:
        self._database = crm_database

    def current_user(self) -> PluginUser | None:
        """Who is signed in."""
        return self.find_user(current_user.login) if current_user.is_authenticated else None

    def find_user(self, user_id: str) -> PluginUser | None:
        """A user by their sign-in name, while they are active."""
        return next(iter(self.find_users([user_id])), None)

    def find_users(self, user_ids: Collection[str]) -> list[PluginUser]:
        """The active ones of these users, with their groups."""
        user, member = tables.User, tables.UserGroupMember
        with self._database.reading() as session:
            found = session.scalars(select(user).where(user.login.in_(user_ids), user.active)).all()
            of_them = member.user_id.in_([one.id for one in found])
            groups = session.execute(select(member.user_id, member.group_id).where(of_them)).all()
        return [
            PluginUser(one.login, one.name, frozenset(str(group) for owner, group in groups if owner == one.id))
            for one in found
        ]

    def users(self, text: str, limit: int) -> list[PluginUser]:
        """The active users whose name holds the text."""
        user = tables.User
        named = select(user).where(user.active, user.name.icontains(text, autoescape=True)).order_by(user.name)
        with self._database.reading() as session:
            return [PluginUser(one.login, one.name) for one in session.scalars(named.limit(limit))]

    def groups(self) -> list[Group]:
        """All groups of users."""
        with self._database.reading() as session:
            return [
                Group(str(one.id), one.name)
                for one in session.scalars(select(tables.UserGroup).order_by(tables.UserGroup.name))
            ]

    def may_import(self, user: PluginUser) -> bool:
        """Whether the user is an administrator, asked of the database each time."""
        with self._database.reading() as session:
            role = session.scalar(select(tables.User.role).where(tables.User.login == user.id, tables.User.active))
        return role == "administrator"

    def may_manage_all(self, user: PluginUser) -> bool:
        """Nobody opens the imports of others."""
        return False

    def sign_in_url(self, back_to: str) -> str:
        """Our sign-in page."""
        return url_for("auth.sign_in", next=back_to)


class DemoSync:
    """The switch on *Quote/Sync > Sync*."""

    def __init__(self, crm_database: Database) -> None:
        self._database = crm_database

    def is_on(self) -> bool:
        """Whether automatic synchronisation is on now."""
        with self._database.reading() as session:
            return preferences.is_on(session, preferences.AUTOMATIC_SYNC)


class DemoSelections:
    """Our selections, filled in the plugin's transactions."""

    def create(self, tx: Connection, kind: EntityKind, name: str, owner: PluginUser) -> str:
        """An empty selection."""
        new = insert(tables.Selection).values(name=name, entity=kind.value, created_by=owner.id)
        (selection_id,) = tx.execute(new).inserted_primary_key or (None,)
        return str(selection_id)

    def add(self, tx: Connection, selection_id: str, ids: Sequence[str]) -> None:
        """Put entities into a selection, each once."""
        member, selection, wanted = tables.SelectionMember, int(selection_id), [int(one) for one in ids]
        known = select(member.entity_id).where(member.selection_id == selection, member.entity_id.in_(wanted))
        there = set(tx.scalars(known))
        rows = [{"selection_id": selection, "entity_id": one} for one in dict.fromkeys(wanted) if one not in there]
        if rows:
            tx.execute(insert(member), rows)

    def remove(self, tx: Connection, selection_id: str, ids: Sequence[str]) -> None:
        """Take entities out of a selection."""
        member = tables.SelectionMember
        doomed = [{"old_selection": int(selection_id), "old_entity": int(one)} for one in ids]
        same = (member.selection_id == bindparam("old_selection"), member.entity_id == bindparam("old_entity"))
        if doomed:
            tx.execute(delete(tables.SelectionMember).where(*same), doomed)


class DemoLinks:
    """Where our pages are."""

    def entity(self, kind: EntityKind, entity_id: str) -> str | None:
        """The page of a company, contact or project."""
        pages = {
            EntityKind.COMPANY: "companies.show",
            EntityKind.PERSON: "contacts.show",
            EntityKind.PROJECT: "projects.show",
        }
        return url_for(pages[kind], record_id=int(entity_id))

    def selection(self, selection_id: str) -> str | None:
        """The page of a selection."""
        return url_for("selections.show", selection_id=int(selection_id))

    def sync(self) -> str | None:
        """*Quote/Sync > Sync*."""
        return url_for("sync.index")

    def import_page(self) -> str | None:
        """Our list of import sources."""
        return url_for("imports.index")


class DemoBackup:
    """The backup of the Import page."""

    def __init__(self, crm_database: Database) -> None:
        self._database = crm_database

    def unavailable(self) -> str | None:
        """Why no backup can be made here."""
        return backups.why_not(self._database.engine)

    def last(self) -> BackupMade | None:
        """The last one made."""
        newest = select(tables.Backup).order_by(tables.Backup.made_at.desc(), tables.Backup.id.desc()).limit(1)
        with self._database.reading() as session:
            made = session.scalar(newest)
        return BackupMade(made.made_at.replace(tzinfo=timezone.utc), made.path) if made else None

    def make(self, by: PluginUser) -> BackupMade:
        """Make one now."""
        try:
            path = backups.make(self._database.engine, Path(current_app.instance_path) / "backups")
        except backups.BackupFailed as problem:
            raise OSError(str(problem)) from problem
        with self._database.writing() as session:
            row = tables.Backup(path=str(path), made_by=by.id, size=path.stat().st_size)
            session.add(row)
        return BackupMade(row.made_at.replace(tzinfo=timezone.utc), str(path))


def _sources() -> Iterator[ImportSource]:
    plugin = current_app.extensions["erp_import"]
    source = plugin.source(DemoAccess(database()).current_user())
    yield ImportSource(
        key="erp-sync",
        label=source.label,
        description=gettext("Customers, suppliers, contacts and projects of an ERP, with a preview of every change."),
        url=source.url,
        active=source.active,
        reason=source.reason,
        reason_url="" if source.active else url_for("sync.index"),
        icon="refresh-cw",
    )


def _tabs() -> Iterator[SyncTab]:
    pages = current_app.extensions["erp_import"].set_up(DemoAccess(database()).current_user())
    yield from (SyncTab(page.key, page.label, page.url) for page in pages)

"""Presets: import settings under a name, shared or not, one of them a user's default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy import delete as sql_delete

from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.host_api import User
from erp_import_plugin.store.dialects import dialect_of
from erp_import_plugin.store.setting_texts import settings_from_text, settings_to_text
from erp_import_plugin.store.tables import preset as table
from erp_import_plugin.store.tables import preset_default

NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Preset:
    """One preset."""

    id: int
    name: str
    owner_id: str
    owner_name: str
    shared: bool
    settings: ImportSettings


def create(tx: Transaction, name: str, shared: bool, settings: ImportSettings, owner: User, at: datetime) -> int:
    """Keep a new one and give its id. One more of the owner's with this name is an IntegrityError."""
    values = {"name": name, "shared": shared, "settings": settings_to_text(settings), "created_at": at}
    result = tx.execute(insert(table).values(**values, owner_id=owner.id, owner_name=owner.name))
    (preset_id,) = result.inserted_primary_key or (0,)
    return preset_id


def replace(tx: Transaction, preset_id: int, shared: bool, settings: ImportSettings) -> None:
    """Other settings under the same name."""
    values = {"shared": shared, "settings": settings_to_text(settings)}
    tx.execute(update(table).where(table.c.id == preset_id).values(values))


def rename(tx: Transaction, preset_id: int, name: str, shared: bool) -> None:
    """Another name; shared with everyone or not. A name that the owner has already is an IntegrityError."""
    tx.execute(update(table).where(table.c.id == preset_id).values(name=name, shared=shared))


def delete(tx: Transaction, preset_id: int) -> None:
    """Forget it, also as anyone's default."""
    tx.execute(sql_delete(preset_default).where(preset_default.c.preset_id == preset_id))
    tx.execute(sql_delete(table).where(table.c.id == preset_id))


def get(tx: Transaction, preset_id: int, user_id: str) -> Preset | None:
    """One of the user's own presets, or a shared one."""
    row = tx.execute(select(table).where(table.c.id == preset_id, _readable(user_id))).one_or_none()
    return _preset(row) if row else None


def listed(tx: Transaction, user_id: str) -> list[Preset]:
    """The user's own presets and the shared ones, by name."""
    rows = tx.execute(select(table).where(_readable(user_id)).order_by(func.lower(table.c.name), table.c.id))
    return [_preset(row) for row in rows]


def named(tx: Transaction, user_id: str, name: str) -> Preset | None:
    """The user's own preset of this name."""
    own = (table.c.owner_id == user_id, table.c.name == name)
    row = tx.execute(select(table).where(*own)).one_or_none()
    return _preset(row) if row else None


def default_of(tx: Transaction, user_id: str) -> Preset | None:
    """The user's default, as long as they can read it."""
    chosen = select(preset_default.c.preset_id).where(preset_default.c.user_id == user_id).scalar_subquery()
    row = tx.execute(select(table).where(table.c.id == chosen, _readable(user_id))).one_or_none()
    return _preset(row) if row else None


def set_default(tx: Transaction, user_id: str, preset_id: int | None) -> None:
    """Make a preset the user's default; with None the user has none."""
    tx.execute(sql_delete(preset_default).where(preset_default.c.user_id == user_id))
    if preset_id is not None:
        # The user may have clicked twice.
        add = dialect_of(tx).insert_unless_there(preset_default)
        tx.execute(add.values(user_id=user_id, preset_id=preset_id))


def _readable(user_id: str) -> Any:
    return or_(table.c.owner_id == user_id, table.c.shared.is_(True))


def _preset(row: Row[Any]) -> Preset:
    return Preset(
        id=row.id,
        name=row.name,
        owner_id=row.owner_id,
        owner_name=row.owner_name,
        shared=bool(row.shared),
        settings=settings_from_text(row.settings),
    )

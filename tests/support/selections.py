"""Selections in the database, so that they are kept or lost with everything else."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, insert, select

from erp_import_plugin.host_api import EntityKind, Transaction, User

metadata = MetaData()
selection = Table(
    "selection",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", String(255), nullable=False),
)
selected = Table(
    "selected",
    metadata,
    Column("selection_id", ForeignKey("selection.id"), primary_key=True),
    Column("entity_id", String(64), primary_key=True),
)


class StoredSelections:
    """Selections as a host with tables has them."""

    def create(self, tx: Transaction, kind: EntityKind, name: str, owner: User) -> str:
        """The name holds the moment of the import up to the colon, which is another one each time."""
        made = tx.execute(insert(selection).values(kind=kind.value, name=name.rpartition(": ")[2]))
        return str(made.inserted_primary_key[0])

    def add(self, tx: Transaction, selection_id: str, ids: Iterable[str]) -> None:
        number = int(selection_id)
        held = set(tx.scalars(select(selected.c.entity_id).where(selected.c.selection_id == number)))
        rows = [{"selection_id": number, "entity_id": one} for one in ids if one not in held]
        if rows:
            tx.execute(insert(selected), rows)

    def remove(self, tx: Transaction, selection_id: str, ids: Iterable[str]) -> None:
        theirs = (selected.c.selection_id == int(selection_id), selected.c.entity_id.in_(list(ids)))
        tx.execute(selected.delete().where(*theirs))

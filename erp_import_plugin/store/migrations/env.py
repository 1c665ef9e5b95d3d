"""Run by Alembic for every command of ``store.migrate``, which hands over the connection."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.rewriter import Rewriter
from alembic.operations import ops

from erp_import_plugin.store import types
from erp_import_plugin.store.migrate import VERSION_TABLE
from erp_import_plugin.store.tables import metadata
from erp_import_plugin.store.types import Long


def _is_ours(item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    table = name if kind == "table" else getattr(getattr(item, "table", None), "name", None)
    return bool(table) and str(table) in metadata.tables


def _render(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Our own types by their names; all others as Alembic does."""
    name = "Long" if item is Long else type(item).__name__
    if kind != "type" or not hasattr(types, name):
        return False
    autogen.imports.add(f"from erp_import_plugin.store.types import {name}")
    return name if item is Long else f"{name}()"


def _unless_there(_context: Any, _revision: Any, step: Any) -> Any:
    # MariaDB commits every statement by itself: an upgrade that was cut must be able to go on.
    step.if_not_exists = True
    return step


def _if_there(_context: Any, _revision: Any, step: Any) -> Any:
    step.if_exists = True
    return step


rewriter = Rewriter()
rewriter.rewrites(ops.CreateTableOp)(_unless_there)
rewriter.rewrites(ops.CreateIndexOp)(_unless_there)
rewriter.rewrites(ops.DropIndexOp)(_if_there)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_object=_is_ours,
    render_item=_render,
    process_revision_directives=rewriter,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()

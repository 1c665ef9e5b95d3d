"""The plugin's own tables. They live in the host's database, so that an actor and its link commit together.

The schema is made and changed by ``store.migrations`` only; a test holds the two against each other.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from erp_import_plugin.store.types import Long, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# ERP keys differ by case and by trailing blanks; MariaDB's default collations would fold both.
_EXACT = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_nopad_bin"}
_EXACT |= {key.replace("mysql", "mariadb"): value for key, value in _EXACT.items()}

# SQLite gives out ids by itself for INTEGER only.
_Id = BigInteger().with_variant(Integer, "sqlite")


def _table(name: str, *items: SchemaItem) -> Table:
    options: dict[str, Any] = dict(_EXACT)
    table: Table = Table(f"erp_import_{name}", metadata, *items, **options)
    return table


def _own(table: str) -> Column[int]:
    """A reference that goes when the row it points to goes."""
    return Column(f"{table}_id", _Id, ForeignKey(f"erp_import_{table}.id", ondelete="CASCADE"), nullable=False)


connection = _table(
    "connection",
    Column("id", _Id, primary_key=True),
    Column("connector", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_key", String(64), unique=True),  # digest of the name in one case; null once it is deleted
    Column("description", Long, nullable=False, default=""),
    Column("config", Long, nullable=False),  # JSON, without the secrets
    Column("secrets", Long, nullable=False, default=""),  # JSON, encrypted
    Column("active", Boolean, nullable=False, default=False),
    Column("everyone", Boolean, nullable=False, default=True),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("tested_at", UtcDateTime),
    Column("test_ok", Boolean),  # null once the settings have changed since
    Column("test_message", Long),
    Column("test_field", String(64)),  # the config field at fault
    Column("deleted_at", UtcDateTime),
)

connection_scope = _table(
    "connection_scope",
    _own("connection"),
    Column("subject", String(5), nullable=False),  # user | group
    Column("subject_id", String(64), nullable=False),
    UniqueConstraint("connection_id", "subject", "subject_id"),
)

mapping = _table(
    "mapping",
    _own("connection"),
    Column("actor_type", String(20), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("fields", Long, nullable=False),  # JSON
    UniqueConstraint("connection_id", "actor_type"),
)

list_mapping = _table(
    "list_mapping",
    _own("connection"),
    Column("erp_list", String(100), nullable=False),
    Column("erp_item", String(255), nullable=False),
    Column("crm_list", String(100), nullable=False),
    Column("crm_item", String(64)),
    UniqueConstraint("connection_id", "crm_list", "erp_list", "erp_item"),
)

erp_list_item = _table(
    "erp_list_item",
    _own("connection"),
    Column("list_name", String(100), nullable=False),
    Column("item_key", String(255), nullable=False),
    Column("label", String(255), nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("connection_id", "list_name", "item_key"),
)

link = _table(
    "link",
    Column("id", _Id, primary_key=True),
    Column("connection_id", _Id, ForeignKey("erp_import_connection.id"), nullable=False),
    Column("actor_type", String(20), nullable=False),
    Column("legal_entity", String(100), nullable=False),
    Column("erp_key", String(255), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("entity_id", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("import_id", _Id, index=True),  # the import that made it, for as long as that is kept
    UniqueConstraint("connection_id", "actor_type", "legal_entity", "erp_key"),
    Index(None, "kind", "entity_id"),
)

preset = _table(
    "preset",
    Column("id", _Id, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("owner_id", String(64), nullable=False, index=True),
    Column("owner_name", String(200), nullable=False),
    Column("shared", Boolean, nullable=False, default=False),
    Column("settings", Long, nullable=False),  # JSON
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("owner_id", "name"),
)

preset_default = _table(
    "preset_default",
    Column("user_id", String(64), primary_key=True),
    _own("preset"),
)

saved_import = _table(
    "saved_import",
    Column("id", _Id, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("owner_id", String(64), nullable=False, index=True),
    Column("owner_name", String(200), nullable=False),
    Column("shared", Boolean, nullable=False, default=False),
    Column("connection_id", _Id, ForeignKey("erp_import_connection.id"), nullable=False),
    Column("actor_type", String(20), nullable=False),
    Column("criteria", Long, nullable=False),  # JSON
    Column("settings", Long, nullable=False),  # JSON
    Column("watermark", String(255), nullable=False, default=""),  # the newest last-modified mark that was imported
    Column("noted_from", _Id),  # a finished import: what it brought over is noted when the next run begins
    Column("basis", String(64), nullable=False, default=""),  # digest of the mapping and settings its actors hold for
    Column("runs", Integer, nullable=False, default=0),  # how often it was compared with the ERP
    Column("created_at", UtcDateTime, nullable=False),
    Column("ran_at", UtcDateTime),
)

saved_actor = _table(
    "saved_actor",
    _own("saved_import"),
    Column("actor_type", String(20), nullable=False),
    Column("legal_entity", String(100), nullable=False),
    Column("erp_key", String(255), nullable=False),
    Column("label", String(200), nullable=False, default=""),
    Column("last_modified", String(255), nullable=False, default=""),
    Column("fingerprint", String(64), nullable=False),  # of the values as they were last imported
    Column("run", Integer, nullable=False),  # the comparison that saw it last
    UniqueConstraint("saved_import_id", "actor_type", "legal_entity", "erp_key"),
)

import_ = _table(
    "import",
    Column("id", _Id, primary_key=True),
    Column("token", String(32), nullable=False, unique=True),
    Column("owner_id", String(64), nullable=False, index=True),
    Column("owner_name", String(200), nullable=False),
    Column("connection_id", _Id, ForeignKey("erp_import_connection.id"), nullable=False),
    Column("actor_type", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("settings", Long),  # JSON
    Column("criteria", Long),  # JSON: of the last search
    Column("counts", Long),  # JSON: of the plan, then of the result
    Column("revision", Integer, nullable=False, default=0),  # raised by every change to the plan
    Column("impact", Long),  # JSON: what the plan touches, per entity and field
    Column("staged", Long),  # JSON: how many actors of each type are staged, since the preview was made
    Column("undoes", _Id, index=True),  # the import that this one takes back
    Column("saved_import_id", _Id, index=True),  # the saved import that this one repeats
    Column("repeat", Long),  # JSON: what the ERP had that is new, changed, the same, gone
    Column("language", String(10), nullable=False, default=""),  # of who began it; selections are named in it
    Column("created_at", UtcDateTime, nullable=False),
    Column("planned_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
)

import_selection = _table(
    "import_selection",
    _own("import"),
    Column("kind", String(10), nullable=False),
    Column("result", String(10), nullable=False),  # new | changed
    Column("selection_id", String(64), nullable=False),
    UniqueConstraint("import_id", "kind", "result"),
)

search = _table(
    "search",
    Column("id", _Id, primary_key=True),
    Column("token", String(32), nullable=False, unique=True),
    _own("import"),
    Column("actor_type", String(20), nullable=False),
    Column("criteria", Long, nullable=False),  # JSON
    Column("columns", Long, nullable=False),  # JSON: the fields shown
    Column("cursor", Long),  # where a search that was cut goes on
    Column("read", Integer, nullable=False, default=0),
    Column("total", Integer),
    Column("created_at", UtcDateTime, nullable=False),
)

SORTABLE = 12
"""How many columns of a search's results can be sorted by."""

search_result = _table(
    "search_result",
    _own("search"),
    Column("position", Integer, nullable=False),
    Column("legal_entity", String(100), nullable=False),
    Column("erp_key", String(255), nullable=False),
    Column("parent_type", String(20)),
    Column("parent_key", String(255)),
    Column("ticked", Boolean, nullable=False, default=False),
    Column("cells", Long, nullable=False),  # JSON: texts to show, in the order of the search's columns
    *(Column(f"sort_{n}", String(80)) for n in range(SORTABLE)),
    UniqueConstraint("search_id", "position"),
    Index(None, "search_id", "ticked"),
    UniqueConstraint("search_id", "legal_entity", "erp_key"),
)

staged = _table(
    "staged",
    Column("id", _Id, primary_key=True),
    _own("import"),
    Column("state", String(10), nullable=False),  # wanted | fetched | missing
    Column("actor_type", String(20), nullable=False),
    Column("legal_entity", String(100), nullable=False),
    Column("erp_key", String(255), nullable=False),
    Column("parent_type", String(20)),
    Column("parent_key", String(255)),
    Column("as_parent", Boolean, nullable=False, default=False),  # fetched because another actor belongs to it
    Column("last_modified", String(255), nullable=False, default=""),
    Column("label", String(200), nullable=False, default=""),
    Column("values", Long),  # JSON
    Column("problems", Long),  # JSON
    UniqueConstraint("import_id", "actor_type", "legal_entity", "erp_key"),
    Index(None, "import_id", "state", "id"),
    Index(None, "import_id", "parent_type", "parent_key"),
)

plan_row = _table(
    "plan_row",
    Column("id", _Id, ForeignKey("erp_import_staged.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _own("import"),
    Column("kind", String(10), nullable=False),
    Column("status", String(10), nullable=False),
    Column("icons", String(40), nullable=False, default=""),
    Column("reason", String(40), nullable=False, default=""),
    Column("entity_id", String(64)),
    Column("linked", Boolean, nullable=False, default=False),
    Column("depends_on", _Id),  # the row that makes this row's company
    Column("frees", _Id),  # in an undo: the row that removes this row's company
    Column("ticked", Boolean, nullable=False, default=True),
    Column("partial", Boolean, nullable=False, default=False),  # some of its fields are unticked
    Column("decided", Boolean, nullable=False, default=False),  # an admin chose the entity, or a new one
    Column("similar", Boolean, nullable=False, default=False),  # the CRM has records that are much like it
    Column("adds_items", Boolean, nullable=False, default=False),  # it needs list items that the CRM lacks
    Column("shape", BigInteger),  # the key of its shape; null where it changes nothing
    Column("label", String(200), nullable=False),
    Column("body", Long, nullable=False),  # JSON: changes, reason, match, candidates, problems
    # All that rows are counted and filtered by, in their order: their bodies are read for one page only.
    Index("ix_erp_import_plan_row_list", "import_id", "id", "status", "ticked", "decided", "similar", "shape"),
    Index(None, "import_id", "entity_id"),
    Index(None, "depends_on"),
    Index(None, "frees"),
)

plan_block = _table(
    "plan_block",
    Column("import_id", _Id, ForeignKey("erp_import_import.id", ondelete="CASCADE"), primary_key=True),
    Column("block", BigInteger, primary_key=True, autoincrement=False),  # neighbouring rows: ``store.plan_blocks``
    Column("status", String(10), primary_key=True),
    Column("ticked", Boolean, primary_key=True, autoincrement=False),
    Column("decided", Boolean, primary_key=True, autoincrement=False),
    Column("similar", Boolean, primary_key=True, autoincrement=False),
    Column("rows", Integer, nullable=False),
)

plan_shape = _table(
    "plan_shape",
    Column("import_id", _Id, ForeignKey("erp_import_import.id", ondelete="CASCADE"), primary_key=True),
    Column("key", BigInteger, primary_key=True, autoincrement=False),  # a digest of the shape
    Column("adds_items", Boolean, nullable=False),
    Column("shape", Long, nullable=False),  # JSON: what the rows with this key do
)

decision = _table(
    "decision",
    Column("id", _Id, ForeignKey("erp_import_staged.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _own("import"),
    Column("choice", String(10), nullable=False),  # entity | new | leave_out
    Column("entity_id", String(64)),
    Column("by_id", String(64), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

plan_key = _table(
    "plan_key",
    Column("row_id", _Id, ForeignKey("erp_import_plan_row.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("import_id", _Id, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("double_key", String(64), nullable=False),  # the duplicate rule's key within its scope
    Index(None, "import_id", "kind", "double_key"),
)

plan_item = _table(
    "plan_item",
    _own("import"),
    Column("list_name", String(100), nullable=False),
    Column("label", String(255), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("item_id", String(64)),  # once it is there
    Column("removes", Boolean, nullable=False, default=False),  # an undo takes the item away
    Column("done", Boolean, nullable=False, default=False),  # this import has added it, or removed it
    UniqueConstraint("import_id", "list_name", "label"),
)

outcome = _table(
    "outcome",
    Column("id", _Id, ForeignKey("erp_import_staged.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    _own("import"),
    Column("kind", String(10), nullable=False),
    Column("status", String(10), nullable=False),
    Column("reason", Long),  # JSON
    Column("entity_id", String(64)),
    Column("company_id", String(64)),  # of the company made for a contact without one
    Column("seal", Long),  # JSON: what the CRM held otherwise than it was written
    Index(None, "import_id", "status", "id"),
)

job = _table(
    "job",
    Column("id", _Id, primary_key=True),
    Column("kind", String(20), nullable=False),  # search | fetch | plan | import | repeat
    Column("subject", String(32), nullable=False, index=True),  # token of the search or import
    Column("active_subject", String(32), unique=True),  # the subject until the job has ended: one at a time
    Column("user_id", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # waiting | running | paused | done | failed | cancelled
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer),
    Column("rate", Float),  # per second, lately
    Column("note", Long, nullable=False, default=""),  # JSON
    Column("cancel", Boolean, nullable=False, default=False),
    Column("pause", Boolean, nullable=False, default=False, server_default="0"),
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),  # workers that took it and fell silent
    Column("worker", String(64)),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
)

job_part = _table(
    "job_part",
    Column("job_id", _Id, ForeignKey("erp_import_job.id", ondelete="CASCADE"), primary_key=True),
    Column("phase", String(30), primary_key=True),  # parts of one phase may be done in any order, side by side
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("first_row", _Id, nullable=False),
    Column("last_row", _Id, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("done", Boolean, nullable=False, default=False),
    Column("worker", String(64)),
    Column("lease_until", UtcDateTime),
)

match_index = _table(
    "match_index",
    Column("id", _Id, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("rule", String(40), nullable=False),
    Column("state", String(64), nullable=False),  # what the keys depend on beside their rows
    UniqueConstraint("kind", "rule"),
)

match_key = _table(
    "match_key",
    Column("index_id", _Id, ForeignKey("erp_import_match_index.id", ondelete="CASCADE"), primary_key=True),
    Column("row_id", String(64), primary_key=True),  # of the entity, or of its phone or e-mail address
    Column(
        "position", SmallInteger, primary_key=True, autoincrement=False
    ),  # of the key among those of the row; 0 is always there
    Column("entity_id", String(64), nullable=False),
    Column("source", Long),  # what the keys were made of, at position 0
    Column("match_key", String(64)),
    Index(None, "index_id", "match_key"),
)

audit = _table(
    "audit",
    Column("id", _Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("user_id", String(64), nullable=False, index=True),
    Column("user_name", String(200), nullable=False),
    Column("act", String(40), nullable=False),
    Column("subject", String(200), nullable=False),  # the name of a connection
    Column("params", Long, nullable=False),  # JSON: a few words and numbers
)

rate = _table(
    "rate",
    Column("bucket", String(100), primary_key=True),  # what is counted, and for whom
    Column("empty_at", UtcDateTime, nullable=False),
)

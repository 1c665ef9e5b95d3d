"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from erp_import_plugin.store.types import Long, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "erp_import_connection",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("connector", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=True),
        sa.Column("description", Long, nullable=False),
        sa.Column("config", Long, nullable=False),
        sa.Column("secrets", Long, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("tested_at", UtcDateTime(), nullable=True),
        sa.Column("test_ok", sa.Boolean(), nullable=True),
        sa.Column("test_message", Long, nullable=True),
        sa.Column("test_field", sa.String(length=64), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_connection")),
        sa.UniqueConstraint("name_key", name=op.f("uq_erp_import_connection_name_key")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("active_subject", sa.String(length=32), nullable=True),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("note", Long, nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_job")),
        sa.UniqueConstraint("active_subject", name=op.f("uq_erp_import_job_active_subject")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(op.f("ix_erp_import_job_subject"), "erp_import_job", ["subject"], unique=False, if_not_exists=True)
    op.create_table(
        "erp_import_match_index",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_match_index")),
        sa.UniqueConstraint("kind", "rule", name=op.f("uq_erp_import_match_index_kind_rule")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_preset",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("settings", Long, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_preset")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_erp_import_preset_owner_id_name")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_preset_owner_id"), "erp_import_preset", ["owner_id"], unique=False, if_not_exists=True
    )
    op.create_table(
        "erp_import_connection_scope",
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=5), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["erp_import_connection.id"],
            name=op.f("fk_erp_import_connection_scope_connection_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "connection_id",
            "subject",
            "subject_id",
            name=op.f("uq_erp_import_connection_scope_connection_id_subject_subject_id"),
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_erp_list_item",
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_name", sa.String(length=100), nullable=False),
        sa.Column("item_key", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["erp_import_connection.id"],
            name=op.f("fk_erp_import_erp_list_item_connection_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "connection_id",
            "list_name",
            "item_key",
            name=op.f("uq_erp_import_erp_list_item_connection_id_list_name_item_key"),
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_type", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("settings", Long, nullable=True),
        sa.Column("criteria", Long, nullable=True),
        sa.Column("counts", Long, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("impact", Long, nullable=True),
        sa.Column("undoes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("saved_import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("repeat", Long, nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["erp_import_connection.id"], name=op.f("fk_erp_import_import_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_import")),
        sa.UniqueConstraint("token", name=op.f("uq_erp_import_import_token")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_import_owner_id"), "erp_import_import", ["owner_id"], unique=False, if_not_exists=True
    )
    op.create_index(
        op.f("ix_erp_import_import_saved_import_id"),
        "erp_import_import",
        ["saved_import_id"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_import_undoes"), "erp_import_import", ["undoes"], unique=False, if_not_exists=True
    )
    op.create_table(
        "erp_import_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_type", sa.String(length=20), nullable=False),
        sa.Column("legal_entity", sa.String(length=100), nullable=False),
        sa.Column("erp_key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["erp_import_connection.id"], name=op.f("fk_erp_import_link_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_link")),
        sa.UniqueConstraint(
            "connection_id",
            "actor_type",
            "legal_entity",
            "erp_key",
            name=op.f("uq_erp_import_link_connection_id_actor_type_legal_entity_erp_key"),
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_link_import_id"), "erp_import_link", ["import_id"], unique=False, if_not_exists=True
    )
    op.create_index(
        op.f("ix_erp_import_link_kind_entity_id"),
        "erp_import_link",
        ["kind", "entity_id"],
        unique=False,
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_list_mapping",
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("erp_list", sa.String(length=100), nullable=False),
        sa.Column("erp_item", sa.String(length=255), nullable=False),
        sa.Column("crm_list", sa.String(length=100), nullable=False),
        sa.Column("crm_item", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["erp_import_connection.id"],
            name=op.f("fk_erp_import_list_mapping_connection_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "connection_id",
            "crm_list",
            "erp_list",
            "erp_item",
            name=op.f("uq_erp_import_list_mapping_connection_id_crm_list_erp_list_erp_item"),
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_mapping",
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_type", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fields", Long, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["erp_import_connection.id"],
            name=op.f("fk_erp_import_mapping_connection_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("connection_id", "actor_type", name=op.f("uq_erp_import_mapping_connection_id_actor_type")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_match_key",
        sa.Column("index_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("source", Long, nullable=True),
        sa.Column("match_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["index_id"],
            ["erp_import_match_index.id"],
            name=op.f("fk_erp_import_match_key_index_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("index_id", "row_id", "position", name=op.f("pk_erp_import_match_key")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_match_key_index_id_match_key"),
        "erp_import_match_key",
        ["index_id", "match_key"],
        unique=False,
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_preset_default",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("preset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["preset_id"],
            ["erp_import_preset.id"],
            name=op.f("fk_erp_import_preset_default_preset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_erp_import_preset_default")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_saved_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("connection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_type", sa.String(length=20), nullable=False),
        sa.Column("criteria", Long, nullable=False),
        sa.Column("settings", Long, nullable=False),
        sa.Column("watermark", sa.String(length=255), nullable=False),
        sa.Column("noted_from", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ran_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["erp_import_connection.id"], name=op.f("fk_erp_import_saved_import_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_saved_import")),
        sa.UniqueConstraint("name", name=op.f("uq_erp_import_saved_import_name")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_saved_import_owner_id"),
        "erp_import_saved_import",
        ["owner_id"],
        unique=False,
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_import_selection",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("selection_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["erp_import_import.id"],
            name=op.f("fk_erp_import_import_selection_import_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "import_id", "kind", "result", name=op.f("uq_erp_import_import_selection_import_id_kind_result")
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_plan_item",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list_name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=True),
        sa.Column("removes", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["erp_import_import.id"], name=op.f("fk_erp_import_plan_item_import_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint(
            "import_id", "list_name", "label", name=op.f("uq_erp_import_plan_item_import_id_list_name_label")
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_saved_actor",
        sa.Column("saved_import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_type", sa.String(length=20), nullable=False),
        sa.Column("legal_entity", sa.String(length=100), nullable=False),
        sa.Column("erp_key", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("last_modified", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_import_id"],
            ["erp_import_saved_import.id"],
            name=op.f("fk_erp_import_saved_actor_saved_import_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "saved_import_id",
            "actor_type",
            "legal_entity",
            "erp_key",
            name=op.f("uq_erp_import_saved_actor_saved_import_id_actor_type_legal_entity_erp_key"),
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_type", sa.String(length=20), nullable=False),
        sa.Column("criteria", Long, nullable=False),
        sa.Column("columns", Long, nullable=False),
        sa.Column("cursor", Long, nullable=True),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["erp_import_import.id"], name=op.f("fk_erp_import_search_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_search")),
        sa.UniqueConstraint("token", name=op.f("uq_erp_import_search_token")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_staged",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("actor_type", sa.String(length=20), nullable=False),
        sa.Column("legal_entity", sa.String(length=100), nullable=False),
        sa.Column("erp_key", sa.String(length=255), nullable=False),
        sa.Column("parent_type", sa.String(length=20), nullable=True),
        sa.Column("parent_key", sa.String(length=255), nullable=True),
        sa.Column("as_parent", sa.Boolean(), nullable=False),
        sa.Column("last_modified", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("values", Long, nullable=True),
        sa.Column("problems", Long, nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["erp_import_import.id"], name=op.f("fk_erp_import_staged_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_staged")),
        sa.UniqueConstraint(
            "import_id",
            "actor_type",
            "legal_entity",
            "erp_key",
            name=op.f("uq_erp_import_staged_import_id_actor_type_legal_entity_erp_key"),
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_staged_import_id_parent_type_parent_key"),
        "erp_import_staged",
        ["import_id", "parent_type", "parent_key"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_staged_import_id_state_id"),
        "erp_import_staged",
        ["import_id", "state", "id"],
        unique=False,
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=True),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["erp_import_staged.id"], name=op.f("fk_erp_import_decision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["erp_import_import.id"], name=op.f("fk_erp_import_decision_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_decision")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_outcome",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", Long, nullable=True),
        sa.Column("entity_id", sa.String(length=64), nullable=True),
        sa.Column("company_id", sa.String(length=64), nullable=True),
        sa.Column("seal", Long, nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["erp_import_staged.id"], name=op.f("fk_erp_import_outcome_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["erp_import_import.id"], name=op.f("fk_erp_import_outcome_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_outcome")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_outcome_import_id_status_id"),
        "erp_import_outcome",
        ["import_id", "status", "id"],
        unique=False,
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_plan_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("icons", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=True),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("depends_on", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("frees", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ticked", sa.Boolean(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.Column("similar", sa.Boolean(), nullable=False),
        sa.Column("adds_items", sa.Boolean(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("body", Long, nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["erp_import_staged.id"], name=op.f("fk_erp_import_plan_row_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["erp_import_import.id"], name=op.f("fk_erp_import_plan_row_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_plan_row")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_plan_row_depends_on"),
        "erp_import_plan_row",
        ["depends_on"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_plan_row_frees"), "erp_import_plan_row", ["frees"], unique=False, if_not_exists=True
    )
    op.create_index(
        op.f("ix_erp_import_plan_row_import_id_entity_id"),
        "erp_import_plan_row",
        ["import_id", "entity_id"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index(
        "ix_erp_import_plan_row_page",
        "erp_import_plan_row",
        ["import_id", "id", "status", "ticked", "decided", "similar"],
        unique=False,
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_search_result",
        sa.Column("search_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("legal_entity", sa.String(length=100), nullable=False),
        sa.Column("erp_key", sa.String(length=255), nullable=False),
        sa.Column("parent_type", sa.String(length=20), nullable=True),
        sa.Column("parent_key", sa.String(length=255), nullable=True),
        sa.Column("ticked", sa.Boolean(), nullable=False),
        sa.Column("cells", Long, nullable=False),
        sa.Column("sort_0", sa.String(length=80), nullable=True),
        sa.Column("sort_1", sa.String(length=80), nullable=True),
        sa.Column("sort_2", sa.String(length=80), nullable=True),
        sa.Column("sort_3", sa.String(length=80), nullable=True),
        sa.Column("sort_4", sa.String(length=80), nullable=True),
        sa.Column("sort_5", sa.String(length=80), nullable=True),
        sa.Column("sort_6", sa.String(length=80), nullable=True),
        sa.Column("sort_7", sa.String(length=80), nullable=True),
        sa.Column("sort_8", sa.String(length=80), nullable=True),
        sa.Column("sort_9", sa.String(length=80), nullable=True),
        sa.Column("sort_10", sa.String(length=80), nullable=True),
        sa.Column("sort_11", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["search_id"],
            ["erp_import_search.id"],
            name=op.f("fk_erp_import_search_result_search_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "search_id",
            "legal_entity",
            "erp_key",
            name=op.f("uq_erp_import_search_result_search_id_legal_entity_erp_key"),
        ),
        sa.UniqueConstraint("search_id", "position", name=op.f("uq_erp_import_search_result_search_id_position")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_plan_key",
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("double_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"], ["erp_import_plan_row.id"], name=op.f("fk_erp_import_plan_key_row_id"), ondelete="CASCADE"
        ),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_plan_key_import_id_kind_double_key"),
        "erp_import_plan_key",
        ["import_id", "kind", "double_key"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_plan_key_row_id"), "erp_import_plan_key", ["row_id"], unique=False, if_not_exists=True
    )


def downgrade() -> None:
    """Bring the tables back to the version before."""
    op.drop_index(op.f("ix_erp_import_plan_key_row_id"), table_name="erp_import_plan_key")
    op.drop_index(op.f("ix_erp_import_plan_key_import_id_kind_double_key"), table_name="erp_import_plan_key")
    op.drop_table("erp_import_plan_key")
    op.drop_table("erp_import_search_result")
    op.drop_index("ix_erp_import_plan_row_page", table_name="erp_import_plan_row")
    op.drop_index(op.f("ix_erp_import_plan_row_import_id_entity_id"), table_name="erp_import_plan_row")
    op.drop_index(op.f("ix_erp_import_plan_row_frees"), table_name="erp_import_plan_row")
    op.drop_index(op.f("ix_erp_import_plan_row_depends_on"), table_name="erp_import_plan_row")
    op.drop_table("erp_import_plan_row")
    op.drop_index(op.f("ix_erp_import_outcome_import_id_status_id"), table_name="erp_import_outcome")
    op.drop_table("erp_import_outcome")
    op.drop_table("erp_import_decision")
    op.drop_index(op.f("ix_erp_import_staged_import_id_state_id"), table_name="erp_import_staged")
    op.drop_index(op.f("ix_erp_import_staged_import_id_parent_type_parent_key"), table_name="erp_import_staged")
    op.drop_table("erp_import_staged")
    op.drop_table("erp_import_search")
    op.drop_table("erp_import_saved_actor")
    op.drop_table("erp_import_plan_item")
    op.drop_table("erp_import_import_selection")
    op.drop_index(op.f("ix_erp_import_saved_import_owner_id"), table_name="erp_import_saved_import")
    op.drop_table("erp_import_saved_import")
    op.drop_table("erp_import_preset_default")
    op.drop_index(op.f("ix_erp_import_match_key_index_id_match_key"), table_name="erp_import_match_key")
    op.drop_table("erp_import_match_key")
    op.drop_table("erp_import_mapping")
    op.drop_table("erp_import_list_mapping")
    op.drop_index(op.f("ix_erp_import_link_kind_entity_id"), table_name="erp_import_link")
    op.drop_index(op.f("ix_erp_import_link_import_id"), table_name="erp_import_link")
    op.drop_table("erp_import_link")
    op.drop_index(op.f("ix_erp_import_import_undoes"), table_name="erp_import_import")
    op.drop_index(op.f("ix_erp_import_import_saved_import_id"), table_name="erp_import_import")
    op.drop_index(op.f("ix_erp_import_import_owner_id"), table_name="erp_import_import")
    op.drop_table("erp_import_import")
    op.drop_table("erp_import_erp_list_item")
    op.drop_table("erp_import_connection_scope")
    op.drop_index(op.f("ix_erp_import_preset_owner_id"), table_name="erp_import_preset")
    op.drop_table("erp_import_preset")
    op.drop_table("erp_import_match_index")
    op.drop_index(op.f("ix_erp_import_job_subject"), table_name="erp_import_job")
    op.drop_table("erp_import_job")
    op.drop_table("erp_import_connection")

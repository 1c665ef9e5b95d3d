"""Since the release"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from erp_import_plugin.store.migrate import add_column
from erp_import_plugin.store.types import Long, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "erp_import_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("params", Long, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erp_import_audit")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_index(op.f("ix_erp_import_audit_at"), "erp_import_audit", ["at"], unique=False, if_not_exists=True)
    op.create_index(
        op.f("ix_erp_import_audit_user_id"), "erp_import_audit", ["user_id"], unique=False, if_not_exists=True
    )
    op.create_table(
        "erp_import_rate",
        sa.Column("bucket", sa.String(length=100), nullable=False),
        sa.Column("empty_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_erp_import_rate")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_job_part",
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phase", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["erp_import_job.id"], name=op.f("fk_erp_import_job_part_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "phase", "position", name=op.f("pk_erp_import_job_part")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "erp_import_plan_block",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("ticked", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("decided", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("similar", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["erp_import_import.id"], name=op.f("fk_erp_import_plan_block_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "import_id", "block", "status", "ticked", "decided", "similar", name=op.f("pk_erp_import_plan_block")
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
        "erp_import_plan_shape",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("adds_items", sa.Boolean(), nullable=False),
        sa.Column("shape", Long, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["erp_import_import.id"], name=op.f("fk_erp_import_plan_shape_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "key", name=op.f("pk_erp_import_plan_shape")),
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_nopad_bin",
        mariadb_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_nopad_bin",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    add_column("erp_import_import", sa.Column("staged", Long, nullable=True))
    add_column("erp_import_job", sa.Column("pause", sa.Boolean(), server_default="0", nullable=False))
    add_column("erp_import_job", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    add_column("erp_import_plan_row", sa.Column("shape", sa.BigInteger(), nullable=True))
    op.drop_index(op.f("ix_erp_import_plan_row_page"), table_name="erp_import_plan_row", if_exists=True)
    op.create_index(
        "ix_erp_import_plan_row_list",
        "erp_import_plan_row",
        ["import_id", "id", "status", "ticked", "decided", "similar", "shape"],
        unique=False,
        if_not_exists=True,
    )
    op.create_index(
        op.f("ix_erp_import_search_result_search_id_ticked"),
        "erp_import_search_result",
        ["search_id", "ticked"],
        unique=False,
        if_not_exists=True,
    )


def downgrade() -> None:
    """Bring the tables back to the version before."""
    op.drop_index(
        op.f("ix_erp_import_search_result_search_id_ticked"), table_name="erp_import_search_result", if_exists=True
    )
    op.drop_index("ix_erp_import_plan_row_list", table_name="erp_import_plan_row", if_exists=True)
    op.create_index(
        op.f("ix_erp_import_plan_row_page"),
        "erp_import_plan_row",
        ["import_id", "id", "status", "ticked", "decided", "similar"],
        unique=False,
        if_not_exists=True,
    )
    op.drop_column("erp_import_plan_row", "shape")
    op.drop_column("erp_import_job", "attempts")
    op.drop_column("erp_import_job", "pause")
    op.drop_column("erp_import_import", "staged")
    op.drop_table("erp_import_plan_shape")
    op.drop_table("erp_import_plan_block")
    op.drop_table("erp_import_job_part")
    op.drop_table("erp_import_rate")
    op.drop_index(op.f("ix_erp_import_audit_user_id"), table_name="erp_import_audit", if_exists=True)
    op.drop_index(op.f("ix_erp_import_audit_at"), table_name="erp_import_audit", if_exists=True)
    op.drop_table("erp_import_audit")

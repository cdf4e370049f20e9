"""Receipts of erased accounts, and what an open safety case keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("account_id", name=op.f("uq_erasures_account_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_erasures_code_hash")),
    )
    op.create_table(
        "case_files",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["review_items.id"],
            name=op.f("fk_case_files_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_case_files")),
    )
    with op.batch_alter_table("invitations") as batch:
        batch.alter_column("created_by", existing_type=sa.String(), nullable=True)
        batch.drop_constraint(op.f("fk_invitations_created_by"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_invitations_created_by"),
            "accounts",
            ["created_by"],
            ["id"],
            ondelete="SET NULL",
        )
    with op.batch_alter_table("reports") as batch:
        batch.alter_column("reporter_id", existing_type=sa.String(length=32), nullable=True)


def downgrade() -> None:
    # What has no maker or reporter any more cannot stand in the older tables.
    op.execute("DELETE FROM reports WHERE reporter_id IS NULL")
    op.execute("DELETE FROM invitations WHERE created_by IS NULL")
    with op.batch_alter_table("reports") as batch:
        batch.alter_column("reporter_id", existing_type=sa.String(length=32), nullable=False)
    with op.batch_alter_table("invitations") as batch:
        batch.drop_constraint(op.f("fk_invitations_created_by"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_invitations_created_by"), "accounts", ["created_by"], ["id"]
        )
        batch.alter_column("created_by", existing_type=sa.String(), nullable=False)
    op.drop_table("case_files")
    op.drop_table("erasures")

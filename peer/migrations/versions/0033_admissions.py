"""Rooms that let people in one by one, and who stands at their doors."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rooms") as batch:
        batch.add_column(
            sa.Column("lets_in", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table(
        "admissions",
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("session", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("later", sa.String(length=16), nullable=True),
        sa.Column("why", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_admissions_room_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_admissions_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["accounts.id"],
            name=op.f("fk_admissions_answered_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("room_id", "account_id", name=op.f("pk_admissions")),
    )
    op.create_index(op.f("ix_admissions_account_id"), "admissions", ["account_id"])


def downgrade() -> None:
    op.drop_table("admissions")
    with op.batch_alter_table("rooms") as batch:
        batch.drop_column("lets_in")

"""Whom people keep at a distance."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "distances",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("about_id", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_distances_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["about_id"], ["accounts.id"], name=op.f("fk_distances_about_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "about_id", name=op.f("pk_distances")),
    )
    op.create_index(op.f("ix_distances_about_id"), "distances", ["about_id"])


def downgrade() -> None:
    op.drop_table("distances")

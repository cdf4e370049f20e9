"""Pages that only their own person can read."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "private_pages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_private_pages_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_pages")),
    )
    with op.batch_alter_table("private_pages") as batch:
        batch.create_index(batch.f("ix_private_pages_account_id"), ["account_id"])


def downgrade() -> None:
    with op.batch_alter_table("private_pages") as batch:
        batch.drop_index(batch.f("ix_private_pages_account_id"))
    op.drop_table("private_pages")

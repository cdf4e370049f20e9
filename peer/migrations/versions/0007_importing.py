"""People who came from a sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_people",
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("who", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_imported_people_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("side", "who", name=op.f("pk_imported_people")),
    )
    with op.batch_alter_table("imported_people") as batch:
        batch.create_index(batch.f("ix_imported_people_account_id"), ["account_id"])


def downgrade() -> None:
    with op.batch_alter_table("imported_people") as batch:
        batch.drop_index(batch.f("ix_imported_people_account_id"))
    op.drop_table("imported_people")

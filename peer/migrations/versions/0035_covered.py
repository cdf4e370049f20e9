"""What is covered stays so while it is held or hidden."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "messages",
        sa.Column("covered", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute("UPDATE messages SET covered = true WHERE state = 'blurred'")
    with op.batch_alter_table("messages") as table:
        table.alter_column("covered", server_default=None)


def downgrade() -> None:
    op.drop_column("messages", "covered")

"""Rooms that are never left alone, and when somebody was last seen in one."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rooms") as batch:
        batch.add_column(
            sa.Column("staffed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("memberships") as batch:
        batch.add_column(sa.Column("here_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("memberships") as batch:
        batch.drop_column("here_at")
    with op.batch_alter_table("rooms") as batch:
        batch.drop_column("staffed")

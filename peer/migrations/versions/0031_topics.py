"""Topics of messages, and topics that people would rather not meet unprepared."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("messages") as batch:
        batch.add_column(sa.Column("topic", sa.LargeBinary(), nullable=True))
    op.create_table(
        "unwanted_topics",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("topics", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_unwanted_topics_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_unwanted_topics")),
    )


def downgrade() -> None:
    op.drop_table("unwanted_topics")
    with op.batch_alter_table("messages") as batch:
        batch.drop_column("topic")

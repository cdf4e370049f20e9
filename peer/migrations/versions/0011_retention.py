"""How long each room keeps what is said in it, and what finds it when its time has come."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "rooms", sa.Column("keep_days", sa.Integer(), nullable=False, server_default="90")
    )
    with op.batch_alter_table("rooms") as batch:
        batch.alter_column("keep_days", server_default=None)
    with op.batch_alter_table("messages") as batch:
        batch.create_index("ix_messages_room_id_at", ["room_id", "at"])
        batch.create_index("ix_messages_reply_to", ["reply_to"])


def downgrade() -> None:
    with op.batch_alter_table("messages") as batch:
        batch.drop_index("ix_messages_reply_to")
        batch.drop_index("ix_messages_room_id_at")
    with op.batch_alter_table("rooms") as batch:
        batch.drop_column("keep_days")

"""The agenda of a room, and words to one person in it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rooms") as batch:
        batch.add_column(sa.Column("agenda", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("agenda_step", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("agenda_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "whispers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("to_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_whispers_room_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accounts.id"], name=op.f("fk_whispers_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["accounts.id"], name=op.f("fk_whispers_to_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whispers")),
    )
    op.create_index("ix_whispers_room_id_at", "whispers", ["room_id", "at"])


def downgrade() -> None:
    op.drop_table("whispers")
    with op.batch_alter_table("rooms") as batch:
        batch.drop_column("agenda_at")
        batch.drop_column("agenda_step")
        batch.drop_column("agenda")

"""Stepping aside: one person and two of the team."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ROOMS, PEOPLE = ("from_id", "room_id"), ("person_id", "invited_by", "second_id")


def upgrade() -> None:
    op.create_table(
        "asides",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("from_id", sa.String(length=32), nullable=False),
        sa.Column("room_id", sa.String(length=32), nullable=True),
        *(sa.Column(name, sa.String(length=32), nullable=False) for name in PEOPLE),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_id"], ["rooms.id"], name=op.f("fk_asides_from_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_asides_room_id"), ondelete="SET NULL"
        ),
        *(
            sa.ForeignKeyConstraint(
                [name], ["accounts.id"], name=op.f(f"fk_asides_{name}"), ondelete="CASCADE"
            )
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asides")),
        sa.UniqueConstraint("room_id", name=op.f("uq_asides_room_id")),
    )
    op.create_index("ix_asides_from_id_asked_at", "asides", ["from_id", "asked_at"])


def downgrade() -> None:
    op.drop_table("asides")

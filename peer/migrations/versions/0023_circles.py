"""The talking piece of a circle."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circles",
        sa.Column("gathering_id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("closing", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings.id"],
            name=op.f("fk_circles_gathering_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("gathering_id", name=op.f("pk_circles")),
    )
    op.create_table(
        "circle_seats",
        sa.Column("gathering_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["circles.gathering_id"],
            name=op.f("fk_circle_seats_gathering_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_circle_seats_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("gathering_id", "account_id", name=op.f("pk_circle_seats")),
    )
    op.create_index(op.f("ix_circle_seats_account_id"), "circle_seats", ["account_id"])


def downgrade() -> None:
    op.drop_table("circle_seats")
    op.drop_table("circles")

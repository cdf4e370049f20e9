"""A name for one room; and of whom people keep away, under which name they met them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_settings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("own_names", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_settings")),
    )
    op.create_table(
        "room_names",
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_room_names_room_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_room_names_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "account_id", name=op.f("pk_room_names")),
        sa.UniqueConstraint("room_id", "mark", name=op.f("uq_room_names_room_id_mark")),
    )
    op.create_index(op.f("ix_room_names_account_id"), "room_names", ["account_id"])
    op.execute(
        "CREATE TABLE distances_before AS SELECT account_id, about_id, '' AS room_id, how, "
        "1 = 0 AS unseen FROM distances"
    )
    _rebuild(
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("unseen", sa.Boolean(), nullable=False),
        key=("account_id", "about_id", "room_id"),
    )
    op.execute(
        "INSERT INTO distances (account_id, about_id, room_id, how, unseen) "
        "SELECT account_id, about_id, room_id, how, unseen FROM distances_before"
    )
    op.drop_table("distances_before")


def downgrade() -> None:
    op.execute(
        "CREATE TABLE distances_before AS SELECT account_id, about_id, how FROM distances "
        "WHERE room_id = ''"
    )
    _rebuild(
        sa.Column("how", sa.String(length=8), nullable=False), key=("account_id", "about_id")
    )
    op.execute(
        "INSERT INTO distances (account_id, about_id, how) "
        "SELECT account_id, about_id, how FROM distances_before"
    )
    op.drop_table("distances_before")
    op.drop_table("room_names")
    op.drop_table("room_settings")


def _rebuild(*columns: "sa.Column[Any]", key: tuple[str, ...]) -> None:
    """The table anew, empty, with another primary key: SQLite cannot change the one it has."""
    op.drop_table("distances")
    op.create_table(
        "distances",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("about_id", sa.String(length=32), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_distances_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["about_id"], ["accounts.id"], name=op.f("fk_distances_about_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_distances")),
    )
    op.create_index(op.f("ix_distances_about_id"), "distances", ["about_id"])

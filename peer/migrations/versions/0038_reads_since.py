"""Who is let in reads what was said since a moment, whenever it was let through."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

# Who read all goes on doing so: nothing tells whether they were there from the first word, or came after
# words that a moderator had yet to let through. Who read after a place reads from the session that began
# after it; where that is not sure, since a place does not say when something had been said, from the last.
_ALL = """UPDATE memberships
SET reads_since = (SELECT created_at FROM rooms WHERE rooms.id = memberships.room_id)
WHERE reads_from = 0"""
_LATER = """UPDATE memberships
SET reads_since = COALESCE(
  (SELECT MIN(gatherings.opened_at) FROM gatherings
   WHERE gatherings.room_id = memberships.room_id AND gatherings.opened_at >
     (SELECT MAX(messages.at) FROM messages
      WHERE messages.room_id = memberships.room_id AND messages.place <= memberships.reads_from)),
  (SELECT MAX(gatherings.opened_at) FROM gatherings
   WHERE gatherings.room_id = memberships.room_id),
  joined_at)
WHERE reads_from > 0"""
_BACK = """UPDATE memberships
SET reads_from = COALESCE(
  (SELECT MAX(messages.place) FROM messages
   WHERE messages.room_id = memberships.room_id AND messages.at < memberships.reads_since), 0)
WHERE reads_since IS NOT NULL"""


def upgrade() -> None:
    op.add_column("memberships", sa.Column("reads_since", sa.DateTime(timezone=True), nullable=True))
    op.execute(_ALL)
    op.execute(_LATER)
    op.drop_column("memberships", "reads_from")


def downgrade() -> None:
    op.add_column("memberships", sa.Column("reads_from", sa.Integer(), nullable=True))
    op.execute(_BACK)
    op.drop_column("memberships", "reads_since")

"""Words to sockets by whom they are for: whoever comes late asks why a session has ended.

Revision ID: 0039
Revises: 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outbox_to", "outbox", ["to"])


def downgrade() -> None:
    op.drop_index("ix_outbox_to", table_name="outbox")

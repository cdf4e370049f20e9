"""Who is let in to a session does not read what was said in those before."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memberships", sa.Column("reads_from", sa.Integer(), nullable=True))
    op.execute("UPDATE memberships SET reads_from = 0")  # whoever was in sees what they saw


def downgrade() -> None:
    op.drop_column("memberships", "reads_from")

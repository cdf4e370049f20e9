"""Labels of devices, and the cover page."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added and dropped as they are: on SQLite a table is not made anew while triggers name it.
    op.add_column(
        "accounts", sa.Column("cover_minutes", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("sessions", sa.Column("label", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("covered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "covered_at")
    op.drop_column("sessions", "label")
    op.drop_column("accounts", "cover_minutes")

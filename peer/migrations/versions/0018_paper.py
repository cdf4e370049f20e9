"""Releases that somebody signed on paper: when, where the paper is, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('releases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('where_kept', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column('ending', sa.String(length=8), nullable=False, server_default='')
        )
    # Until now only the person could end one.
    op.execute("UPDATE releases SET ending = 'own' WHERE withdrawn_at IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table('releases', schema=None) as batch_op:
        for column in ('ending', 'confirmed_at', 'where_kept', 'signed_on'):
            batch_op.drop_column(column)

"""Acts that need two people; invitations that wait for one of them."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('shared_acts',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('subject_id', sa.String(length=32), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.String(length=32), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('decided_by', sa.String(length=32), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['accounts.id'], name=op.f('fk_shared_acts_asked_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decided_by'], ['accounts.id'], name=op.f('fk_shared_acts_decided_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shared_acts'))
    )
    with op.batch_alter_table('shared_acts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shared_acts_subject_id'), ['subject_id'], unique=False)
        batch_op.create_index('ix_shared_acts_state_expires_at', ['state', 'expires_at'], unique=False)
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('waits', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.alter_column('waits', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.drop_column('waits')
    with op.batch_alter_table('shared_acts', schema=None) as batch_op:
        batch_op.drop_index('ix_shared_acts_state_expires_at')
        batch_op.drop_index(batch_op.f('ix_shared_acts_subject_id'))
    op.drop_table('shared_acts')

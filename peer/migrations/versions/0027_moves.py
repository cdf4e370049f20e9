"""Rounds in which running mentorships may move, if everybody concerned agrees."""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('rounds', schema=None) as batch_op:
        batch_op.add_column(sa.Column('may_change', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('price', sa.Text(), nullable=True))
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.add_column(sa.Column('chain', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('place', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_index(batch_op.f('ix_proposals_chain'), ['chain'], unique=False)
    with op.batch_alter_table('mentorships', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('stays', sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table('moves',
        sa.Column('proposal_id', sa.String(length=32), nullable=False),
        sa.Column('mentorship_id', sa.String(length=32), nullable=False),
        sa.Column('mentor_id', sa.String(length=32), nullable=False),
        sa.Column('says', sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(['mentor_id'], ['accounts.id'], name=op.f('fk_moves_mentor_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['mentorship_id'], ['mentorships.id'], name=op.f('fk_moves_mentorship_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_moves_proposal_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('proposal_id', name=op.f('pk_moves'))
    )
    with op.batch_alter_table('moves', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_moves_mentorship_id'), ['mentorship_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('moves', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_moves_mentorship_id'))
    op.drop_table('moves')
    with op.batch_alter_table('mentorships', schema=None) as batch_op:
        batch_op.drop_column('stays')
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposals_chain'))
        batch_op.drop_column('place')
        batch_op.drop_column('chain')
    with op.batch_alter_table('rounds', schema=None) as batch_op:
        batch_op.drop_column('price')
        batch_op.drop_column('may_change')

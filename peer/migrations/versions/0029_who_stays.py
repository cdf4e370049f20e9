"""Which of two who meet would rather stay as they are, so that each can take their own word back."""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

YES, NO = sa.true(), sa.false()
mentorships = sa.table(
    'mentorships',
    sa.column('id', sa.String),
    sa.column('stays', sa.Boolean),
    sa.column('mentee_stays', sa.Boolean),
    sa.column('mentor_stays', sa.Boolean),
)
moves = sa.table(
    'moves',
    sa.column('proposal_id', sa.String),
    sa.column('mentorship_id', sa.String),
    sa.column('mentor_id', sa.String),
    sa.column('says', sa.Boolean),
)
proposals = sa.table(
    'proposals',
    sa.column('id', sa.String),
    sa.column('mentor_id', sa.String),
    sa.column('mentee_says', sa.Boolean),
    sa.column('mentor_says', sa.Boolean),
)


def _said_no(who: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Of mentorships: that a change of it was asked for, and somebody's answer was no."""
    together = moves.join(proposals, proposals.c.id == moves.c.proposal_id)
    found = sa.select(moves.c.mentorship_id).select_from(together).where(who)
    return mentorships.c.id.in_(found)


def upgrade() -> None:
    with op.batch_alter_table('mentorships', schema=None) as batch_op:
        for side in ('mentee_stays', 'mentor_stays'):
            batch_op.add_column(
                sa.Column(side, sa.Boolean(), nullable=False, server_default=sa.false())
            )
    marked = sa.update(mentorships).where(mentorships.c.stays == YES)
    # With a new hour the mentor is asked as the mentor of the proposal.
    same_mentor = proposals.c.mentor_id == moves.c.mentor_id
    by_mentee = proposals.c.mentee_says == NO
    by_mentor = sa.or_(moves.c.says == NO, sa.and_(proposals.c.mentor_says == NO, same_mentor))
    op.execute(marked.where(_said_no(by_mentee)).values(mentee_stays=YES))
    op.execute(marked.where(_said_no(by_mentor)).values(mentor_stays=YES))
    # Whose word it was may not be kept any more: then it counts for both, and both can take it back.
    nobodys = sa.and_(mentorships.c.mentee_stays == NO, mentorships.c.mentor_stays == NO)
    op.execute(marked.where(nobodys).values(mentee_stays=YES, mentor_stays=YES))
    with op.batch_alter_table('mentorships', schema=None) as batch_op:
        batch_op.drop_column('stays')


def downgrade() -> None:
    with op.batch_alter_table('mentorships', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('stays', sa.Boolean(), nullable=False, server_default=sa.false())
        )
    either = sa.or_(mentorships.c.mentee_stays == YES, mentorships.c.mentor_stays == YES)
    op.execute(sa.update(mentorships).where(either).values(stays=YES))
    with op.batch_alter_table('mentorships', schema=None) as batch_op:
        batch_op.drop_column('mentor_stays')
        batch_op.drop_column('mentee_stays')

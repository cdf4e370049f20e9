"""Profiles, rounds, proposals, mentorships."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('programmes',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('consent_days', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programmes'))
    )
    op.create_table('areas',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('programme_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programmes.id'], name=op.f('fk_areas_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_areas')),
    sa.UniqueConstraint('programme_id', 'name', name=op.f('uq_areas_programme_id_name'))
    )
    op.create_table('column_mappings',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('programme_id', sa.String(length=32), nullable=False),
    sa.Column('side', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programmes.id'], name=op.f('fk_column_mappings_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_mappings'))
    )
    op.create_table('pair_rules',
    sa.Column('mentee_id', sa.String(length=32), nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['mentee_id'], ['accounts.id'], name=op.f('fk_pair_rules_mentee_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['mentor_id'], ['accounts.id'], name=op.f('fk_pair_rules_mentor_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('mentee_id', 'mentor_id', name=op.f('pk_pair_rules'))
    )
    op.create_table('rounds',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('programme_id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('started_by', sa.String(length=32), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('solved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(length=24), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('failure', sa.String(length=24), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('keys', sa.JSON(), nullable=False),
    sa.Column('notes', sa.JSON(), nullable=False),
    sa.Column('solution', sa.Text(), nullable=True),
    sa.Column('broken', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['programme_id'], ['programmes.id'], name=op.f('fk_rounds_programme_id')),
    sa.ForeignKeyConstraint(['started_by'], ['accounts.id'], name=op.f('fk_rounds_started_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rounds')),
    sa.UniqueConstraint('programme_id', 'is_open', name=op.f('uq_rounds_programme_id_is_open'))
    )
    op.create_table('mentee_profiles',
    sa.Column('topics', sa.JSON(), nullable=False),
    sa.Column('prefers', sa.JSON(), nullable=False),
    sa.Column('wants', sa.Boolean(), nullable=False),
    sa.Column('wanted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('interests', sa.JSON(), nullable=False),
    sa.Column('identity', sa.String(length=16), nullable=True),
    sa.Column('accepts', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('style', sa.JSON(), nullable=False),
    sa.Column('avoids', sa.JSON(), nullable=False),
    sa.Column('boundaries', sa.Text(), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('zone_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.String(length=32), nullable=False),
    sa.Column('programme_id', sa.String(length=32), nullable=False),
    sa.Column('area_id', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_mentee_profiles_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_mentee_profiles_area_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['programme_id'], ['programmes.id'], name=op.f('fk_mentee_profiles_programme_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_mentee_profiles'))
    )
    op.create_table('mentor_profiles',
    sa.Column('declines', sa.JSON(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('vetting', sa.String(length=16), nullable=False),
    sa.Column('vetted_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('interests', sa.JSON(), nullable=False),
    sa.Column('identity', sa.String(length=16), nullable=True),
    sa.Column('accepts', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('style', sa.JSON(), nullable=False),
    sa.Column('avoids', sa.JSON(), nullable=False),
    sa.Column('boundaries', sa.Text(), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('zone_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.String(length=32), nullable=False),
    sa.Column('programme_id', sa.String(length=32), nullable=False),
    sa.Column('area_id', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_mentor_profiles_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['area_id'], ['areas.id'], name=op.f('fk_mentor_profiles_area_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['programme_id'], ['programmes.id'], name=op.f('fk_mentor_profiles_programme_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_mentor_profiles'))
    )
    op.create_table('proposals',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('round_id', sa.String(length=32), nullable=False),
    sa.Column('mentee_id', sa.String(length=32), nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('start', sa.Integer(), nullable=True),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('most', sa.JSON(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('decided_by', sa.String(length=32), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=24), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mentee_says', sa.Boolean(), nullable=True),
    sa.Column('mentor_says', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['accounts.id'], name=op.f('fk_proposals_decided_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['mentee_id'], ['accounts.id'], name=op.f('fk_proposals_mentee_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['mentor_id'], ['accounts.id'], name=op.f('fk_proposals_mentor_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['rounds.id'], name=op.f('fk_proposals_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposals')),
    sa.UniqueConstraint('round_id', 'mentee_id', name=op.f('uq_proposals_round_id_mentee_id'))
    )
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.create_index('ix_proposals_mentee_id_state', ['mentee_id', 'state'], unique=False)
        batch_op.create_index('ix_proposals_mentor_id_state', ['mentor_id', 'state'], unique=False)

    op.create_table('unmatched_people',
    sa.Column('round_id', sa.String(length=32), nullable=False),
    sa.Column('mentee_id', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('blockers', sa.JSON(), nullable=False),
    sa.Column('would_help', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['mentee_id'], ['accounts.id'], name=op.f('fk_unmatched_people_mentee_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['rounds.id'], name=op.f('fk_unmatched_people_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', 'mentee_id', name=op.f('pk_unmatched_people'))
    )
    op.create_table('mentorships',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('programme_id', sa.String(length=32), nullable=False),
    sa.Column('proposal_id', sa.String(length=32), nullable=True),
    sa.Column('mentee_id', sa.String(length=32), nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('minute', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closure', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['mentee_id'], ['accounts.id'], name=op.f('fk_mentorships_mentee_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['mentor_id'], ['accounts.id'], name=op.f('fk_mentorships_mentor_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['programme_id'], ['programmes.id'], name=op.f('fk_mentorships_programme_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_mentorships_proposal_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentorships')),
    sa.UniqueConstraint('proposal_id', name=op.f('uq_mentorships_proposal_id'))
    )
    with op.batch_alter_table('mentorships', schema=None) as batch_op:
        batch_op.create_index('ix_mentorships_mentee_id_state', ['mentee_id', 'state'], unique=False)
        batch_op.create_index('ix_mentorships_mentor_id_state', ['mentor_id', 'state'], unique=False)

    op.create_table('vetting_steps',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('mentor_id', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.String(length=32), nullable=True),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_vetting_steps_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['mentor_id'], ['mentor_profiles.account_id'], name=op.f('fk_vetting_steps_mentor_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vetting_steps'))
    )
    with op.batch_alter_table('vetting_steps', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vetting_steps_mentor_id'), ['mentor_id'], unique=False)

    programmes = sa.table('programmes', sa.column('id'), sa.column('name'), sa.column('timezone'), sa.column('consent_days'))
    op.bulk_insert(programmes, [{'id': 'main', 'name': 'Mentoring', 'timezone': 'UTC', 'consent_days': 14}])


def downgrade() -> None:
    with op.batch_alter_table('vetting_steps', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vetting_steps_mentor_id'))

    op.drop_table('vetting_steps')
    with op.batch_alter_table('mentorships', schema=None) as batch_op:
        batch_op.drop_index('ix_mentorships_mentor_id_state')
        batch_op.drop_index('ix_mentorships_mentee_id_state')

    op.drop_table('mentorships')
    op.drop_table('unmatched_people')
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.drop_index('ix_proposals_mentor_id_state')
        batch_op.drop_index('ix_proposals_mentee_id_state')

    op.drop_table('proposals')
    op.drop_table('mentor_profiles')
    op.drop_table('mentee_profiles')
    op.drop_table('rounds')
    op.drop_table('pair_rules')
    op.drop_table('column_mappings')
    op.drop_table('areas')
    op.drop_table('programmes')

"""What was disclosed, releases, exports, openings; reasons are sealed; two names on a vetting."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

# The database refuses to change a line of the ledger, and to delete one while the person is here.
HERE = "SELECT 1 FROM accounts WHERE id = OLD.account_id AND state IN ('active', 'suspended', 'banned')"
SQLITE = (
    """
    CREATE TRIGGER disclosures_update BEFORE UPDATE ON disclosures
    BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END
    """,
    f"""
    CREATE TRIGGER disclosures_delete BEFORE DELETE ON disclosures WHEN EXISTS ({HERE})
    BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END
    """,
)
POSTGRES = (
    f"""
    CREATE FUNCTION disclosures_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' OR EXISTS ({HERE}) THEN
        RAISE EXCEPTION 'the ledger is only added to';
      END IF;
      RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER disclosures_refuse BEFORE UPDATE OR DELETE ON disclosures
    FOR EACH ROW EXECUTE FUNCTION disclosures_refuse()
    """,
)


def upgrade() -> None:
    seal_reasons()
    op.create_table('disclosures',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('account_id', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.String(length=32), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('what', sa.String(length=24), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_disclosures_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosures'))
    )
    op.create_index(op.f('ix_disclosures_account_id'), 'disclosures', ['account_id'], unique=False)
    op.create_table('releases',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('account_id', sa.String(length=32), nullable=False),
    sa.Column('agency', sa.LargeBinary(), nullable=False),
    sa.Column('purpose', sa.LargeBinary(), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(length=32), nullable=True),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_releases_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recorded_by'], ['accounts.id'], name=op.f('fk_releases_recorded_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_releases'))
    )
    op.create_index(op.f('ix_releases_account_id'), 'releases', ['account_id'], unique=False)
    op.create_table('exports',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('release_id', sa.String(length=32), nullable=False),
    sa.Column('account_id', sa.String(length=32), nullable=False),
    sa.Column('act_id', sa.String(length=32), nullable=False),
    sa.Column('asked_by', sa.String(length=32), nullable=True),
    sa.Column('confirmed_by', sa.String(length=32), nullable=True),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('collected_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_exports_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['release_id'], ['releases.id'], name=op.f('fk_exports_release_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['asked_by'], ['accounts.id'], name=op.f('fk_exports_asked_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['confirmed_by'], ['accounts.id'], name=op.f('fk_exports_confirmed_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exports'))
    )
    op.create_index(op.f('ix_exports_account_id'), 'exports', ['account_id'], unique=False)
    op.create_table('openings',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('item_id', sa.String(length=32), nullable=False),
    sa.Column('by_id', sa.String(length=32), nullable=True),
    sa.Column('reason', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['review_items.id'], name=op.f('fk_openings_item_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_openings_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_openings'))
    )
    op.create_index(op.f('ix_openings_item_id'), 'openings', ['item_id'], unique=False)
    with op.batch_alter_table('vetting_steps', schema=None) as batch_op:
        batch_op.add_column(sa.Column('confirmed_by', sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_vetting_steps_confirmed_by'), 'accounts', ['confirmed_by'], ['id'], ondelete='SET NULL')
    for statement in SQLITE if on_sqlite() else POSTGRES:
        op.execute(statement)


def on_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def seal_reasons() -> None:
    """Reasons of acts that wait were kept open until now: those questions are put anew."""
    op.execute("DELETE FROM shared_acts")
    with op.batch_alter_table('shared_acts', schema=None) as batch_op:
        batch_op.drop_column('reason')
        batch_op.drop_column('answer')
    with op.batch_alter_table('shared_acts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sa.LargeBinary(), nullable=False))
        batch_op.add_column(sa.Column('answer', sa.LargeBinary(), nullable=True))


def open_reasons() -> None:
    op.execute("DELETE FROM shared_acts")
    with op.batch_alter_table('shared_acts', schema=None) as batch_op:
        batch_op.drop_column('reason')
        batch_op.drop_column('answer')
    with op.batch_alter_table('shared_acts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sa.Text(), nullable=False))
        batch_op.add_column(sa.Column('answer', sa.Text(), nullable=False))


def downgrade() -> None:
    if on_sqlite():
        op.execute("DROP TRIGGER disclosures_update")
        op.execute("DROP TRIGGER disclosures_delete")
    else:
        op.execute("DROP TRIGGER disclosures_refuse ON disclosures")
        op.execute("DROP FUNCTION disclosures_refuse")
    with op.batch_alter_table('vetting_steps', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_vetting_steps_confirmed_by'), type_='foreignkey')
        batch_op.drop_column('confirmed_by')
    for table in ('openings', 'exports', 'releases', 'disclosures'):
        op.drop_table(table)
    open_reasons()

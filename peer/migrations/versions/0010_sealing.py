"""What people wrote is sealed; pseudonyms and areas are found by their fingerprints."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

from peer.core import keys
from peer.core.lookalikes import skeleton

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


class Field(NamedTuple):
    """A column that is sealed from now on."""

    table: str
    name: str
    owner: str  # a column, or "" for the organisation
    plain: sa.types.TypeEngine[Any]
    needed: bool = False
    row: tuple[str, ...] = ("id",)

    @property
    def is_json(self) -> bool:
        return isinstance(self.plain, sa.JSON)


FIELDS = [
    Field("accounts", "name", "id", sa.String(40), needed=True),
    Field("sessions", "data", "account_id", sa.JSON(), needed=True),
    Field("invitations", "note", "created_by", sa.String(80)),
    Field("notices", "params", "account_id", sa.JSON(), needed=True),
    Field("reports", "note", "reporter_id", sa.String(600)),
    Field("rulings", "note", "", sa.String(600)),
    Field("rooms", "name", "", sa.String(80)),
    Field("rooms", "about", "", sa.String(600)),
    Field("rooms", "question", "", sa.String(200)),
    Field("rooms", "agreement", "", sa.JSON()),
    Field("messages", "text", "author_id", sa.Text(), needed=True),
    Field("messages", "note", "author_id", sa.String(80)),
    Field("messages", "earlier", "author_id", sa.JSON()),
    Field("areas", "name", "", sa.String(60), needed=True),
    Field("column_mappings", "name", "", sa.String(80), needed=True),
    Field("column_mappings", "columns", "", sa.JSON(), needed=True),
    Field("mentee_profiles", "avoids", "account_id", sa.JSON(), row=("account_id",)),
    Field("mentee_profiles", "prefers", "account_id", sa.JSON(), row=("account_id",)),
    Field("mentee_profiles", "boundaries", "account_id", sa.Text(), row=("account_id",)),
    Field("mentor_profiles", "avoids", "account_id", sa.JSON(), row=("account_id",)),
    Field("mentor_profiles", "boundaries", "account_id", sa.Text(), row=("account_id",)),
    Field("vetting_steps", "note", "mentor_id", sa.String(200), row=("mentor_id", "at")),
]
TABLES = list(dict.fromkeys(field.table for field in FIELDS))


def upgrade() -> None:
    with op.batch_alter_table("areas") as batch:
        batch.add_column(sa.Column("mark", sa.String(64)))
    marked("areas", "mark", lambda row: keys.fingerprint("areas.mark", folded(row["name"])))
    with op.batch_alter_table("areas") as batch:
        batch.alter_column("mark", existing_type=sa.String(64), nullable=False)
        batch.drop_constraint("uq_areas_programme_id_name", type_="unique")
        batch.create_unique_constraint("uq_areas_programme_id_mark", ["programme_id", "mark"])
    with op.batch_alter_table("accounts") as batch:
        batch.alter_column("username", existing_type=sa.String(40), type_=sa.String(64))
    marked(
        "accounts", "username", lambda row: keys.fingerprint("accounts.username", skeleton(row["name"]))
    )
    change(sealed, lambda field: sa.LargeBinary(), needed=lambda field: field.needed)


def downgrade() -> None:
    change(opened, lambda field: field.plain, needed=lambda field: True)
    marked("accounts", "username", lambda row: folded(row["name"]) or row["id"])
    marked("areas", "name", lambda row: row["name"] or row["id"])  # its key is gone
    with op.batch_alter_table("accounts") as batch:
        batch.alter_column("username", existing_type=sa.String(64), type_=sa.String(40))
    with op.batch_alter_table("areas") as batch:
        batch.drop_constraint("uq_areas_programme_id_mark", type_="unique")
        batch.create_unique_constraint("uq_areas_programme_id_name", ["programme_id", "name"])
        batch.drop_column("mark")
    if keys.is_configured():
        keys.store().forget_all()


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def marked(table: str, column: str, mark: Callable[[dict[str, Any]], str]) -> None:
    """Set a column of every row to what `mark` makes of the row."""
    bind = op.get_bind()
    place = sa.table(table, *[sa.column(name) for name in {"id", "name", column}])
    for row in bind.execute(sa.select(place)).mappings().all():
        ready()
        new = {column: mark(dict(row))}
        bind.execute(sa.update(place).where(place.c.id == row["id"]).values(new))


def change(
    turned: Callable[[Field, Any, dict[str, Any]], Any],
    kind: Callable[[Field], Any],
    *,
    needed: Callable[[Field], bool],
) -> None:
    """Give every field a column of another kind, with what `turned` makes of its values."""
    for table in TABLES:
        fields = [field for field in FIELDS if field.table == table]
        with op.batch_alter_table(table) as batch:
            for field in fields:
                batch.add_column(sa.Column(f"{field.name}_new", kind(field)))
        for field in fields:
            copy(field, turned, kind(field))
        with op.batch_alter_table(table) as batch:
            for field in fields:
                batch.drop_column(field.name)
        with op.batch_alter_table(table) as batch:
            for field in fields:
                batch.alter_column(
                    f"{field.name}_new",
                    new_column_name=field.name,
                    existing_type=kind(field),
                    nullable=not needed(field),
                )


def copy(field: Field, turned: Callable[[Field, Any, dict[str, Any]], Any], kind: Any) -> None:
    bind = op.get_bind()
    was = sa.LargeBinary() if not isinstance(kind, sa.LargeBinary) else field.plain
    names = {*field.row, *([field.owner] if field.owner else [])}
    columns = [
        sa.column(name, sa.DateTime(timezone=True) if name == "at" else sa.String())
        for name in sorted(names)
    ]
    place = sa.table(
        field.table, *columns, sa.column(field.name, was), sa.column(f"{field.name}_new", kind)
    )
    known = sa.select(*[place.c[name] for name in sorted(names)], place.c[field.name])
    for row in bind.execute(known).mappings().all():
        here = [place.c[name] == row[name] for name in field.row]
        value = turned(field, row[field.name], dict(row))
        bind.execute(sa.update(place).where(*here).values({f"{field.name}_new": value}))


def at(field: Field, row: dict[str, Any]) -> tuple[str, str]:
    """Whose key seals a value, and where it lies."""
    ready()
    said = []
    for name in field.row:
        value = row[name]
        if isinstance(value, datetime):
            value = (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
        said.append(str(value))
    owner = str(row[field.owner]) if field.owner else keys.HOUSE
    return owner, f"{field.table}|{field.name}|{'|'.join(said)}"


def sealed(field: Field, value: Any, row: dict[str, Any]) -> bytes | None:
    if value is None or (not field.needed and value in ("", [])):
        return None
    owner, place = at(field, row)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if field.is_json else value
    return keys.seal(owner, text.encode(), place)


def opened(field: Field, value: bytes | None, row: dict[str, Any]) -> Any:
    empty: Any = ([] if field.name in {"agreement", "earlier", "avoids", "prefers"} else {}) if field.is_json else ""
    if value is None:
        return empty
    owner, place = at(field, row)
    try:
        plain = keys.unseal(owner, value, place).decode()
    except keys.Unreadable:
        return empty
    return json.loads(plain) if field.is_json else plain


def ready() -> None:
    if not keys.is_configured():
        raise RuntimeError("sealing needs the keys: run this with peer db upgrade or downgrade")

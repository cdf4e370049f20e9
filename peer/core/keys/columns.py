"""Columns that are sealed: read and written as plain values, stored as nobody else can read them.

    text_sealed: Mapped[bytes] = mapped_column("text", LargeBinary)
    text = SealedText("text_sealed", owner="author_id")

A value is sealed when its row is flushed, under the key of whom the `owner` attribute names (the
organisation's own without one), and bound to table, column and row. Assign whole values: a list
that is changed in place is not noticed.
"""

import json
from datetime import datetime
from functools import cache
from typing import Any, Generic, Self, TypeVar, overload

from sqlalchemy import event
from sqlalchemy.orm import Mapper

from peer.core.db import Base, new_id
from peer.core.keys import ring
from peer.core.keys.envelope import Unreadable

V = TypeVar("V")
_STAGED = "_staged_plain"  # name → plain value that has yet to be sealed
_OPENED = "_opened_plain"  # name → (sealed, plain)
_PENDING = b"pending"  # stands in the column until the flush, so that the row counts as changed


class Sealed(Generic[V]):
    """A sealed attribute over the bytes of another; what does not open any more is `gone`."""

    gone: V

    def __init__(self, column: str, *, owner: str | None = None, row: str = "id") -> None:
        self.column = column
        self.owner = owner
        self.row = row.split()
        self.name = ""

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    def _to_bytes(self, value: V) -> bytes:
        raise NotImplementedError

    def _from_bytes(self, plain: bytes) -> V:
        raise NotImplementedError

    @overload
    def __get__(self, thing: None, kind: type) -> Self: ...
    @overload
    def __get__(self, thing: object, kind: type) -> V: ...
    def __get__(self, thing: object | None, kind: type) -> Self | V:
        if thing is None:
            return self
        staged: dict[str, V] = thing.__dict__.get(_STAGED, {})
        if self.name in staged:
            return staged[self.name]
        sealed: bytes | None = getattr(thing, self.column)
        opened: dict[str, tuple[bytes, V]] = thing.__dict__.setdefault(_OPENED, {})
        if self.name in opened and opened[self.name][0] == sealed:
            return opened[self.name][1]
        plain = self.read(
            sealed, table=_table(kind), owner=self._owner(thing), row=self._row(thing)
        )
        if sealed is not None:
            opened[self.name] = (sealed, plain)
        return plain

    def __set__(self, thing: object, value: V) -> None:
        if getattr(thing, self.column) is not None and self.__get__(thing, type(thing)) == value:
            return
        thing.__dict__.setdefault(_STAGED, {})[self.name] = value
        setattr(thing, self.column, _PENDING)

    def read(self, sealed: bytes | None, *, table: str, owner: str, row: str) -> V:
        """Open bytes that were read without their row; `gone` when they do not open."""
        if not sealed:
            return self.gone
        try:
            return self._from_bytes(ring.unseal(owner, sealed, self._place(table, row)))
        except Unreadable:
            return self.gone

    def write(self, value: V, *, table: str, owner: str, row: str) -> bytes:
        """Seal a value for a row that is written without being made an object first."""
        return ring.seal(owner, self._to_bytes(value), self._place(table, row))

    def _place(self, table: str, row: str) -> str:
        return f"{table}|{self.name}|{row}"

    def _owner(self, thing: object) -> str:
        return str(getattr(thing, self.owner)) if self.owner else ring.HOUSE

    def _row(self, thing: object) -> str:
        return "|".join(_said(getattr(thing, name)) for name in self.row)

    def seal_in(self, thing: object) -> None:
        """Seal what was assigned since the row was last flushed."""
        staged = thing.__dict__.get(_STAGED, {})
        if self.name not in staged:
            return
        value = staged[self.name]
        place = self._place(_table(type(thing)), self._row(thing))
        sealed = ring.seal(self._owner(thing), self._to_bytes(value), place)
        setattr(thing, self.column, sealed)
        thing.__dict__.setdefault(_OPENED, {})[self.name] = (sealed, value)
        del staged[self.name]


class SealedText(Sealed[str]):
    """Sealed text; empty once its key is destroyed."""

    gone = ""

    def _to_bytes(self, value: str) -> bytes:
        return value.encode()

    def _from_bytes(self, plain: bytes) -> str:
        return plain.decode()


class SealedJson(Sealed[Any]):
    """A sealed JSON value; `gone()` of it (None, or what `empty` makes) once its key is destroyed."""

    def __init__(
        self, column: str, *, owner: str | None = None, row: str = "id", empty: Any = None
    ) -> None:
        super().__init__(column, owner=owner, row=row)
        self._empty = empty

    @property
    def gone(self) -> Any:
        return self._empty() if callable(self._empty) else self._empty

    def _to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def _from_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)


def _table(kind: type) -> str:
    return str(kind.__tablename__)  # type: ignore[attr-defined]


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@cache
def sealed_in(kind: type) -> tuple[Sealed[Any], ...]:
    """The sealed attributes of a table."""
    found: dict[str, Sealed[Any]] = {}
    for each in kind.__mro__:
        for name, value in vars(each).items():
            if isinstance(value, Sealed):
                found.setdefault(name, value)
    return tuple(found.values())


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
def _seal(_mapper: Mapper[Any], _connection: object, thing: Any) -> None:
    for each in sealed_in(type(thing)):  # type: ignore[arg-type]
        if each.row == ["id"] and thing.id is None:
            thing.id = new_id()  # named before it is written: what is sealed is bound to the row
        each.seal_in(thing)

"""Reads of private pages. Each needs the person's own key, and opens no page of anybody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from peer.core import work
from peer.core.errors import NotFound
from peer.core.keys import PrivateKey, Unreadable
from peer.policy import wellbeing as policy
from peer.policy.roles import Actor, require
from peer.wellbeing.models import Content, Kind, PrivatePage, place, unpadded, version_of

PAGE = 20
DAYS = 28  # of one picture of check-ins
OPENING = 160  # characters of a note that the list shows


@dataclass(frozen=True)
class Label:
    """What a page is."""

    id: str
    kind: str
    at: datetime
    day: date  # as the person's clock had it


@dataclass(frozen=True)
class Note:
    """One entry of the journal."""

    id: str
    at: datetime
    text: str

    @property
    def version(self) -> str:
        """The mark of these words."""
        return version_of(self.text)

    @property
    def opening(self) -> str:
        """How it begins, for a list."""
        line = " ".join(self.text.split())
        return line if len(line) <= OPENING else line[:OPENING].rpartition(" ")[0] + " …"


@dataclass(frozen=True)
class Notes:
    """One page of the journal, the newest first."""

    entries: Sequence[Note]
    page: int
    more: bool


@dataclass(frozen=True)
class CheckIn:
    """A few words about one day; what was passed over is not among them."""

    id: str
    day: date
    answers: Mapping[str, str]
    sentence: str

    @property
    def version(self) -> str:
        """The mark of these answers."""
        return version_of([dict(self.answers), self.sentence])

    @property
    def heavy(self) -> bool:
        """Whether one's own steps and a helpline should be at hand."""
        return policy.is_heavy(self.answers)


@dataclass(frozen=True)
class Plan:
    """A person's plan: lists of their own words, and the one step that comes next."""

    id: str | None = None
    next_step: str = ""
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def items(self, section: str) -> list[str]:
        """One list of the plan."""
        return list(self.lists.get(section, ()))

    def version(self, section: str) -> str:
        """The mark of one list, or of the next step."""
        return version_of(self.next_step if section == policy.NEXT else self.items(section))

    def __bool__(self) -> bool:
        return bool(self.next_step or any(self.lists.values()))


def row_with(actor: Actor, page_id: str) -> PrivatePage:
    """The person's own page with this id, closed; NotFound for anybody else's."""
    row = work.session().get(PrivatePage, page_id)
    if row is None:
        raise NotFound()
    require(policy.can_open(actor, row.account_id))
    return row


def count(account_id: str) -> int:
    """How many pages a person keeps, of whatever kind."""
    wanted = select(func.count()).where(PrivatePage.account_id == account_id)
    return work.session().scalar(wanted) or 0


def rows_of(account_id: str) -> Sequence[PrivatePage]:
    """A person's pages, closed."""
    wanted = select(PrivatePage).where(PrivatePage.account_id == account_id)
    return work.session().scalars(wanted.order_by(PrivatePage.created_on)).all()


def labels(actor: Actor, key: PrivateKey, kind: Kind | None = None) -> list[Label]:
    """What the person's pages are, the newest first."""
    rows = work.session().execute(
        select(PrivatePage.id, PrivatePage.label).where(PrivatePage.account_id == actor.id)
    )
    found = [label for row in rows if (label := _label(key, row[0], row[1]))]
    mine = [label for label in found if kind is None or label.kind == kind]
    return sorted(mine, key=lambda label: (label.at, label.id), reverse=True)


def _label(key: PrivateKey, page_id: str, sealed: bytes) -> Label | None:
    """None for a page that was sealed under a key the person no longer has."""
    try:
        said = unpadded(key.unseal(place(page_id, "label"), sealed))
    except Unreadable:
        return None
    at, day = datetime.fromisoformat(said["at"]), date.fromisoformat(said["day"])
    return Label(page_id, said["kind"], at, day)


def _opened(actor: Actor, key: PrivateKey, label: Label) -> Content:
    try:
        return row_with(actor, label.id).open_body(key)
    except Unreadable:
        raise NotFound() from None


def _label_of(actor: Actor, key: PrivateKey, page_id: str, kind: Kind) -> Label:
    row = row_with(actor, page_id)
    label = _label(key, row.id, row.label)
    if label is None or label.kind != kind:
        raise NotFound()
    return label


def _each(wanted: Sequence[Label]) -> list[PrivatePage]:
    rows = work.session().scalars(
        select(PrivatePage).where(PrivatePage.id.in_([label.id for label in wanted]))
    )
    by_id = {row.id: row for row in rows}
    return [by_id[label.id] for label in wanted if label.id in by_id]


# --- the journal -------------------------------------------------------------------------------


def notes(actor: Actor, key: PrivateKey, page: int = 1, *, most: int = PAGE) -> Notes:
    """One page of the journal."""
    wanted = labels(actor, key, Kind.NOTE)[(page - 1) * most :]
    rows = _each(wanted[:most])
    at = {label.id: label.at for label in wanted}
    entries = [Note(row.id, at[row.id], row.open_body(key)["text"]) for row in rows]
    return Notes(entries, page, len(wanted) > most)


def note_with(actor: Actor, key: PrivateKey, page_id: str) -> Note:
    """One entry of the person's own journal, or NotFound."""
    label = _label_of(actor, key, page_id, Kind.NOTE)
    return Note(label.id, label.at, _opened(actor, key, label)["text"])


# --- check-ins ---------------------------------------------------------------------------------


def _check_in(label: Label, body: Content) -> CheckIn:
    return CheckIn(label.id, label.day, body["answers"], body["sentence"])


def check_in_on(actor: Actor, key: PrivateKey, day: date) -> CheckIn | None:
    """The check-in of a day, if there is one."""
    for label in labels(actor, key, Kind.CHECK_IN):
        if label.day == day:
            return _check_in(label, _opened(actor, key, label))
    return None


def check_in_with(actor: Actor, key: PrivateKey, page_id: str) -> CheckIn:
    """One of the person's own check-ins, or NotFound."""
    label = _label_of(actor, key, page_id, Kind.CHECK_IN)
    return _check_in(label, _opened(actor, key, label))


def check_ins(actor: Actor, key: PrivateKey) -> list[CheckIn]:
    """Every check-in, the newest first."""
    wanted = {label.id: label for label in labels(actor, key, Kind.CHECK_IN)}
    rows = _each(list(wanted.values()))
    return [_check_in(wanted[row.id], row.open_body(key)) for row in rows]


@dataclass(frozen=True)
class Weeks:
    """Four weeks of check-ins: each day in order, and what it had, if anything."""

    days: Sequence[tuple[date, CheckIn | None]]
    earlier: bool

    @property
    def check_ins(self) -> list[CheckIn]:
        """Those that are there, the newest first."""
        return [found for _day, found in reversed(self.days) if found]


def weeks(actor: Actor, key: PrivateKey, last: date) -> Weeks:
    """The four weeks that end with `last`."""
    first = last - timedelta(days=DAYS - 1)
    known = labels(actor, key, Kind.CHECK_IN)
    wanted = {label.id: label for label in known if first <= label.day <= last}
    rows = _each(list(wanted.values()))
    found = [_check_in(wanted[row.id], row.open_body(key)) for row in rows]
    by_day = {check_in.day: check_in for check_in in reversed(found)}
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return Weeks(
        [(day, by_day.get(day)) for day in days], any(label.day < first for label in known)
    )


# --- the plan ----------------------------------------------------------------------------------


def plan_of(actor: Actor, key: PrivateKey) -> Plan:
    """The person's plan, empty until they write something into it."""
    for label in labels(actor, key, Kind.PLAN):
        body = _opened(actor, key, label)
        return Plan(label.id, body["next"], body["lists"])
    return Plan()

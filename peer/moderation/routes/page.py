"""What the pages of moderation show, in the words and the time zone of who reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_time, format_timedelta, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from peer.accounts import queries as accounts
from peer.core import clock, i18n
from peer.moderation import automod, queries, service
from peer.moderation.automod import contact
from peer.moderation.models import ReviewItem
from peer.moderation.subjects import ContextLine, SubjectBrief, subject_of
from peer.policy import moderation as policy
from peer.policy.arriving import FIRST
from peer.policy.moderation import FLAG_WORDS, REPORT_WORDS, SEVERITY_WORDS, ItemState
from peer.policy.roles import Actor

TAB_WORDS = {
    "all": _l("All"),
    "urgent": _l("Urgent"),
    "reported": _l("Reported"),
    "held": _l("Held"),
    "done": _l("Done today"),
}
SEVERITY_LOOK = {"urgent": ("danger", "triangle-alert"), "soon": ("note", "clock")}
COVERED = {
    "phone": _l("number covered"),
    "email": _l("e-mail address covered"),
    "url": _l("web address covered"),
    "handle": _l("account name covered"),
}
_DAYS = 14


@dataclass(frozen=True)
class Row:
    """An item in the list."""

    item: ReviewItem
    title: str
    severity: str
    look: tuple[str, str | None]  # kind of badge, icon
    claim: str  # who has it, in words; empty: nobody
    mine: bool
    meta: str  # where, why, since when
    new: str = ""  # how far somebody new is, in words


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `covered` says what is covered there, and is empty where nothing is."""

    text: str
    covered: str = ""


@dataclass(frozen=True)
class Said:
    """A line of the context, with contact details covered."""

    line: ContextLine
    time: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Detail:
    """An item, opened."""

    row: Row
    brief: SubjectBrief | None  # None: what it was about is gone
    said: list[Said] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    reports: list[tuple[str, str, str]] = field(default_factory=list)  # about, in words, its id
    names: dict[str, str] = field(default_factory=dict)
    since: str = ""
    first: bool = False  # it is here because its writer is new
    involved: str = ""  # why this moderator cannot decide; empty: they can
    staff: str = ""  # why nothing can follow for the writer; empty: it can

    @property
    def item(self) -> ReviewItem:
        """The item itself."""
        return self.row.item

    @property
    def covered(self) -> list[Piece]:
        """Every stretch that is covered, the subject's first."""
        lines = sorted(self.said, key=lambda said: not said.line.is_subject)
        return [piece for said in lines for piece in said.pieces if piece.covered]


# --- the list ------------------------------------------------------------------------------------


def rows(actor: Actor, tab: str) -> list[Row]:
    """The items of a tab, with where each was said."""
    found = queries.items(actor, tab)
    places, new = _told_of(found)
    names = accounts.names_of(item.claimed_by for item in found if item.claimed_by)
    return [
        _row(actor, item, places.get(item.subject_id, ""), names, new.get(item.subject_id))
        for item in found
    ]


def _told_of(
    items: Sequence[ReviewItem],
) -> tuple[dict[str, str], dict[str, tuple[int, int]]]:
    """Where each was said, and how far those are who are new."""
    places: dict[str, str] = {}
    new: dict[str, tuple[int, int]] = {}
    for kind, some in groupby(sorted(items, key=lambda item: item.kind), lambda item: item.kind):
        ids, subject = [item.subject_id for item in some], subject_of(kind)
        places.update(subject.places(ids))
        new.update(subject.newcomers(ids))
    return places, new


def _row(
    actor: Actor,
    item: ReviewItem,
    place: str,
    names: dict[str, str],
    new: tuple[int, int] | None = None,
) -> Row:
    taken = item.state == ItemState.CLAIMED and policy.is_claimed(item, clock.now())
    mine = bool(policy.can_read(actor, item))
    name = names.get(item.claimed_by or "", "")
    claim = _("With you") if mine else _("With %(name)s", name=name) if taken else ""
    return Row(
        item=item,
        title=_(item.title),
        severity=_(SEVERITY_WORDS[item.severity]),
        look=SEVERITY_LOOK.get(item.severity, ("", None)),
        claim=claim,
        mine=mine,
        meta=" · ".join(part for part in (place, _cause(item), _waited(item)) if part),
        new=_new_words(item, new),
    )


def _new_words(item: ReviewItem, new: tuple[int, int] | None) -> str:
    """How far its writer is with their first messages, while somebody is to decide."""
    if new is None or item.state == ItemState.DECIDED:
        return ""
    return str(_("New here: %(seen)s of %(first)s", seen=new[0], first=new[1]))


def _cause(item: ReviewItem) -> str:
    count = len(item.reports)
    if count:
        return str(ngettext("%(num)d report", "%(num)d reports", count))
    found = {category for flag in item.flags for category in flag.categories}
    return "" if found == {FIRST} else str(_("found by automod"))


def _waited(item: ReviewItem) -> str:
    if item.state == ItemState.DECIDED and item.decided_at:
        return str(_("decided at %(time)s", time=format_time(item.decided_at, "short")))
    waited = format_timedelta(clock.now() - item.opened_at, granularity="minute")
    return str(_("waiting %(time)s", time=waited))


# --- one item ------------------------------------------------------------------------------------


def detail(actor: Actor, item: ReviewItem) -> Detail:
    """An item as the moderator `actor` sees it: anybody's words only once they have taken it."""
    reads = bool(policy.can_read(actor, item))
    brief = service.brief_in(item)
    author = accounts.account_with(item.author_id)
    people = {item.author_id, item.claimed_by, *(ruling.by_id for ruling in item.rulings)}
    names = accounts.names_of(person for person in people if person)
    return Detail(
        row=_row(actor, item, brief.place if brief else "", names, _newcomer(item)),
        brief=brief,
        said=said_of(brief.context) if brief and reads else [],
        flags=_flag_words(item),
        reports=[
            (_(REPORT_WORDS[each.category]), each.note if reads else "", each.id)
            for each in item.reports
        ],
        names=names,
        since=i18n.day(author.created_at),
        first=any(FIRST in flag.categories for flag in item.flags),
        involved=_involved(actor, item),
        staff=_(policy.can_sanction(actor, accounts.actor_from(author)).reason or " ").strip(),
    )


def _newcomer(item: ReviewItem) -> tuple[int, int] | None:
    return subject_of(item.kind).newcomers([item.subject_id]).get(item.subject_id)


def _involved(actor: Actor, item: ReviewItem) -> str:
    if queries.is_reporter(item, actor.id):
        return str(_("You reported this yourself. Another moderator decides."))
    return ""


def _flag_words(item: ReviewItem) -> list[str]:
    found = dict.fromkeys(category for flag in item.flags for category in flag.categories)
    return [_(FLAG_WORDS[category]) for category in found if category != FIRST]


def said_of(lines: Sequence[ContextLine]) -> list[Said]:
    """Lines, covered; what one person said before counts when a number is spread over messages."""
    said: list[Said] = []
    for at, line in enumerate(lines):
        before = [each.text for each in lines[:at] if each.author_name == line.author_name]
        moment = format_time(line.at, "short")
        said.append(Said(line, moment, pieces_of(line.text, before[-6:])))
    return said


def pieces_of(text: str, before: Sequence[str] = ()) -> list[Piece]:
    """A text with its contact details apart.

    They are looked for in the text as it stands now: it may have been changed since a flag.
    """
    pieces, reached = [], 0
    for start, end, category in automod.screen(text, author="member", recent=before).spans:
        if category not in contact.CATEGORIES or end <= reached:
            continue
        start = max(start, reached)
        pieces += [Piece(text[reached:start]), Piece(text[start:end], str(COVERED[category]))]
        reached = end
    return [piece for piece in (*pieces, Piece(text[reached:])) if piece.text]


# --- how soon somebody looked --------------------------------------------------------------------


@dataclass(frozen=True)
class FirstLooks:
    """Minutes until a first look, for each of the last days."""

    points: list[tuple[str, int | None]]
    sentence: str


def first_looks() -> FirstLooks | None:
    """The chart's figures: the mean of each day in the reader's zone; None without any."""
    zone = ZoneInfo(i18n.current_zone())
    by_day: dict[date, list[float]] = {}
    for opened_at, minutes in queries.minutes_to_first_look(_DAYS):
        by_day.setdefault(opened_at.astimezone(zone).date(), []).append(minutes)
    if not by_day:
        return None
    today = clock.now().astimezone(zone).date()
    days = [today - timedelta(days=ago) for ago in range(_DAYS - 1, -1, -1)]
    points = [(_day_word(day, today), _mean(by_day.get(day))) for day in days]
    values = [value for _word, value in points if value is not None]
    sentence = _(
        "Between %(least)s and %(most)s minutes on a day, in the last two weeks.",
        least=min(values, default=0),
        most=max(values, default=0),
    )
    return FirstLooks(points, sentence)


def _mean(values: list[float] | None) -> int | None:
    return round(sum(values) / len(values)) if values else None


def _day_word(day: date, today: date) -> str:
    return str(_("Today") if day == today else format_date(day, "d MMM"))

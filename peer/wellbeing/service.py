"""Verbs of what a person keeps for themself. Each takes their key; none asks where it came from.

Nothing here is screened, counted by content or told to anybody, and no act is on record: the
record is read by staff.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from peer.accounts.models import Account
from peer.core import clock, work
from peer.core.db import new_id
from peer.core.errors import Conflict, Invalid, TooLong
from peer.core.keys import PrivateKey
from peer.core.markup import tidy
from peer.core.words import N_
from peer.policy import wellbeing as policy
from peer.policy.roles import Actor
from peer.wellbeing import queries
from peer.wellbeing.models import Content, Kind, PrivatePage

_CHANGED = N_("This was changed in another window meanwhile.")


# --- the journal -------------------------------------------------------------------------------


def write_note(actor: Actor, key: PrivateKey, text: str, *, page_id: str = "") -> str:
    """A new entry of the journal, now; its id. The same page sent twice is kept once."""
    words = _note_words(text)
    _take_turn(actor)
    earlier = work.session().get(PrivatePage, page_id) if page_id else None
    mine = earlier is not None and bool(policy.can_open(actor, earlier.account_id))
    if mine and queries.note_with(actor, key, page_id).text == words:
        return page_id
    fresh = page_id if page_id and earlier is None else new_id()
    return _add(actor, key, Kind.NOTE, {"text": words}, page_id=fresh)


def change_note(actor: Actor, key: PrivateKey, page_id: str, text: str, *, version: str) -> None:
    """Put other words into an entry as it stood at `version`; Conflict when it stands otherwise."""
    words = _note_words(text)
    _take_turn(actor)
    note = queries.note_with(actor, key, page_id)
    if note.text != words:
        _expect(note.version == version)
        queries.row_with(actor, page_id).close_body(key, {"text": words})


def remove_note(actor: Actor, key: PrivateKey, page_id: str, *, version: str) -> None:
    """Take an entry away for good; Conflict when it is not the one the person looked at."""
    _take_turn(actor)
    _expect(queries.note_with(actor, key, page_id).version == version)
    work.session().delete(queries.row_with(actor, page_id))


def _note_words(text: str) -> str:
    words = tidy(text)
    if not words:
        raise Invalid(N_("A word is enough. Without one there is nothing to keep."), field="words")
    if len(words) > policy.LONGEST_NOTE:
        raise TooLong(N_("Up to 20,000 characters fit on one page."), field="words")
    return words


# --- check-ins ---------------------------------------------------------------------------------


def check_in(
    actor: Actor, key: PrivateKey, answers: Mapping[str, str], sentence: str, *, version: str = ""
) -> str:
    """Keep how today is, or change what was kept today; its id.

    `version` is the mark of today's check-in that the person saw, empty when there was none.
    """
    known, words = _answers(answers), _sentence(sentence)
    if not known and not words:
        raise Invalid(N_("Everything was passed over, so there is nothing to keep."), field="today")
    _take_turn(actor)
    body: Content = {"answers": known, "sentence": words}
    earlier = queries.check_in_on(actor, key, today(actor))
    if earlier is None:
        return _add(actor, key, Kind.CHECK_IN, body)
    if (earlier.answers, earlier.sentence) != (known, words):
        _expect(earlier.version == version)
        queries.row_with(actor, earlier.id).close_body(key, body)
    return earlier.id


def remove_check_in(actor: Actor, key: PrivateKey, page_id: str) -> None:
    """Take a check-in away for good."""
    queries.check_in_with(actor, key, page_id)
    work.session().delete(queries.row_with(actor, page_id))


def _answers(answers: Mapping[str, str]) -> dict[str, str]:
    """What was answered; Invalid when it is not one of the words of its question."""
    given = {question: word for question, word in answers.items() if word}
    for question, word in given.items():
        if word not in policy.ANSWERS.get(question, {}):
            raise Invalid(N_("That is not one of the words here."), field=question)
    return given


def _sentence(text: str) -> str:
    words = " ".join(tidy(text).split())
    if len(words) > policy.LONGEST_SENTENCE:
        raise TooLong(N_("Up to 300 characters fit here."), field="words")
    return words


# --- the plan ----------------------------------------------------------------------------------


def save_list(
    actor: Actor, key: PrivateKey, section: str, items: Sequence[str], *, version: str
) -> None:
    """Put `items` into one list of the plan, as it stood at `version`."""
    if section not in policy.SECTIONS:
        raise Invalid()
    lines = _items(items)
    _take_turn(actor)
    plan = queries.plan_of(actor, key)
    if plan.items(section) != lines:
        _expect(plan.version(section) == version)
        _save_plan(actor, key, plan, {**plan.lists, section: lines}, plan.next_step)


def save_next_step(actor: Actor, key: PrivateKey, text: str, *, version: str) -> None:
    """Say what the next step is, or that there is none, as it stood at `version`."""
    step = _item(text)
    _take_turn(actor)
    plan = queries.plan_of(actor, key)
    if plan.next_step != step:
        _expect(plan.version(policy.NEXT) == version)
        _save_plan(actor, key, plan, plan.lists, step)


def _save_plan(
    actor: Actor,
    key: PrivateKey,
    plan: queries.Plan,
    lists: Mapping[str, Sequence[str]],
    next_step: str,
) -> None:
    body: Content = {"next": next_step, "lists": {name: list(row) for name, row in lists.items()}}
    if plan.id is None:
        _add(actor, key, Kind.PLAN, body)
    else:
        queries.row_with(actor, plan.id).close_body(key, body)


def _items(items: Sequence[str]) -> list[str]:
    lines = [line for line in (_item(text) for text in items) if line]
    if len(lines) > policy.MOST_ITEMS:
        raise TooLong(N_("Up to 20 lines fit in one list."), field="words")
    return lines


def _item(text: str) -> str:
    line = " ".join(tidy(text).split())
    if len(line) > policy.LONGEST_ITEM:
        raise TooLong(N_("Up to 200 characters fit in one line."), field="words")
    return line


# --- all of it ---------------------------------------------------------------------------------


def remove_all(account_id: str) -> int:
    """Take away everything a person keeps here; how many pages it was. Needs no key."""
    gone = work.session().execute(delete(PrivatePage).where(PrivatePage.account_id == account_id))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def forget(account_id: str) -> None:
    """The key is lost for good, so the pages that only it opened go too."""
    remove_all(account_id)


def today(actor: Actor) -> date:
    """The day that the person's own clock shows."""
    return clock.now().astimezone(ZoneInfo(actor.timezone)).date()


def _take_turn(actor: Actor) -> None:
    """Two windows of one person write one after the other, on either kind of database."""
    work.session().execute(select(Account.id).where(Account.id == actor.id).with_for_update())


def _expect(same: bool) -> None:
    if not same:
        raise Conflict(_CHANGED)


def _add(actor: Actor, key: PrivateKey, kind: Kind, body: Content, *, page_id: str = "") -> str:
    if queries.count(actor.id) >= policy.MOST_PAGES:
        raise Invalid(N_("There is no room for more pages. Taking some away makes room."))
    row = PrivatePage(id=page_id or new_id(), account_id=actor.id, created_on=clock.now().date())
    label = {"kind": kind, "at": clock.now().isoformat(), "day": today(actor).isoformat()}
    row.close_label(key, label)
    row.close_body(key, body)
    work.session().add(row)
    work.session().flush()
    return row.id

"""Acts that need two people: asked for by one, with a reason, and confirmed by another.

A feature registers what it does of this kind (`two_people`); everything else is here: who is
told, what the second person sees, that both still may, that it happens once, and the record.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from peer.accounts import queries as people
from peer.accounts.models.oversight import SharedAct
from peer.accounts.queries import oversight as queries
from peer.accounts.service.telling import settle, tell
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.markup import tidy
from peer.core.words import N_
from peer.policy import oversight as policy
from peer.policy.oversight import ACT_WORDS, ActState
from peer.policy.roles import HIDDEN, YES, Actor, Decision, require

Params = dict[str, Any]
# Label (marked with N_) and value; a tuple of marked words is translated and listed.
Lines = Sequence[tuple[str, str | date | tuple[str, ...]]]

_WAITS = N_("Something waits for a second person: %(what_words)s. Could you look at it?")
_ANSWERED = {
    ActState.DONE: N_("A second person said yes: %(what_words)s. It is done."),
    ActState.REFUSED: N_("A second person said no: %(what_words)s. You can read why."),
    ActState.EXPIRED: N_("Nobody confirmed it in time: %(what_words)s. You can ask again."),
}


def _nothing(_subject_id: str, _params: Params) -> Lines:
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind of act: what it does, who may take part in it, and what its page shows."""

    carry_out: Callable[[Actor, str, Params], None]
    may: Callable[[Actor, str], Decision]
    together: Callable[[Actor, Actor, str], Decision]
    version: Callable[[str], str]
    about: Callable[[str, Params], Lines]
    result: Callable[[str, Params], Lines]
    undo: Callable[[str], None]


_kinds: dict[str, Kind] = {}


def two_people(
    kind: str,
    carry_out: Callable[[Actor, str, Params], None],
    may: Callable[[Actor, str], Decision],
    *,
    together: Callable[[Actor, Actor, str], Decision] = lambda _asker, _other, _id: YES,
    version: Callable[[str], str] = lambda _id: "",
    about: Callable[[str, Params], Lines] = _nothing,
    result: Callable[[str, Params], Lines] = _nothing,
    undo: Callable[[str], None] = lambda _id: None,
) -> None:
    """Have acts of `kind` carried out once two people agreed.

    `carry_out` gets the second person; `params` also say who asked ("asked_by") and which act it
    is ("act"). `may` is asked about both, when it is asked for and again when it is confirmed;
    `together` about the two of them. `version` is what the subject is like: another one by then,
    and it is not carried out. `about` and `result` are lines (label marked with `N_`, value) for
    its page, `result` only for the two, for a day. `undo` cleans up when it comes to nothing.
    """
    _kinds[kind] = Kind(carry_out, may, together, version, about, result, undo)


def _kind(kind: str) -> Kind:
    try:
        return _kinds[kind]
    except KeyError:
        raise NotFound() from None


def may_ask(actor: Actor, kind: str, subject_id: str) -> Decision:
    """Whether `actor` may take part in an act of `kind`; hidden, too, when its subject is gone."""
    try:
        return _kind(kind).may(actor, subject_id)
    except NotFound:
        return HIDDEN


def _version(act: SharedAct) -> str:
    try:
        return _kind(act.kind).version(act.subject_id)
    except NotFound:
        return "gone"


def propose(
    actor: Actor,
    kind: str,
    subject_id: str,
    params: Mapping[str, Any] | None = None,
    *,
    reason: str,
) -> SharedAct:
    """Ask for an act that another person has to confirm; they are told that something waits."""
    found = _kind(kind)
    require(may_ask(actor, kind, subject_id))
    words = checked_reason(reason)
    work.take_turns(f"{kind} {subject_id}")
    _make_way(kind, subject_id)
    act = SharedAct(
        kind=kind,
        subject_id=subject_id,
        params=dict(params or {}),
        version=found.version(subject_id),
        reason=words,
        asked_by=actor.id,
        asked_at=clock.now(),
        expires_at=clock.now() + timedelta(days=policy.ACT_DAYS),
        state=ActState.WAITING,
    )
    work.session().add(act)
    work.session().flush()
    _record("act.ask", act, by=actor.id)
    for other in _others(act, found, actor):
        tell(other.id, _WAITS, href=address_of(act), what_words=what(act))
    return act


def _make_way(kind: str, subject_id: str) -> None:
    """Conflict when the same is being asked already; a question that lost its sense is closed."""
    before = queries.waiting_act(kind, subject_id)
    if before is None:
        return
    if _version(before) == before.version:
        raise Conflict(N_("This has been asked for already. It waits for a second person."))
    _end(before, ActState.EXPIRED, by=None)
    _record("act.expire", before, by=None)


def checked_reason(reason: str, field_name: str = "reason") -> str:
    """A reason as it is kept; Invalid when it is none."""
    words = tidy(reason)
    if len(words) < policy.SHORTEST_REASON:
        raise Invalid(N_("Please say why, in a sentence."), field=field_name)
    if len(words) > policy.LONGEST_REASON:
        raise Invalid(N_("Up to 600 characters fit here."), field=field_name)
    return words


def what(act: SharedAct) -> str:
    """What an act is, in words to be translated."""
    return ACT_WORDS.get(act.kind, act.kind)


def address_of(act: SharedAct) -> str:
    """Where an act is looked at."""
    return f"/decisions/{act.id}"


def _others(act: SharedAct, found: Kind, asker: Actor) -> list[Actor]:
    """Who could confirm it."""
    staff = [people.actor_from(account) for account in queries.second_people()]
    return [
        other
        for other in staff
        if other.id != asker.id
        and may_ask(other, act.kind, act.subject_id)
        and found.together(asker, other, act.subject_id)
    ]


def confirm(actor: Actor, act_id: str) -> SharedAct:
    """Say yes as the second person: it is carried out now, once, in this unit of work."""
    act = queries.act_with(act_id, lock=True)
    found, asker = _kind(act.kind), _asker(act)
    require(_seen(actor, act))
    require(
        policy.can_confirm_act(
            actor,
            act,
            may=may_ask(actor, act.kind, act.subject_id),
            asker_may=may_ask(asker, act.kind, act.subject_id) if asker else HIDDEN,
            together=found.together(asker, actor, act.subject_id) if asker else HIDDEN,
            unchanged=_version(act) == act.version,
            at=clock.now(),
        )
    )
    _end(act, ActState.DONE, by=actor.id)
    found.carry_out(actor, act.subject_id, {**act.params, "asked_by": act.asked_by, "act": act.id})
    _record("act.confirm", act, by=actor.id)
    _answer(act)
    return act


def _asker(act: SharedAct) -> Actor | None:
    """Who asked, as they are now; None when they have left or are shut out."""
    if act.asked_by is None:
        return None
    account = people.account_with(act.asked_by)
    return people.actor_from(account) if people.is_usable(account) else None


def refuse_act(actor: Actor, act_id: str, reason: str) -> SharedAct:
    """Say no as the second person, and why."""
    act = queries.act_with(act_id, lock=True)
    found = _kind(act.kind)
    require(_seen(actor, act))
    may = may_ask(actor, act.kind, act.subject_id)
    require(policy.can_answer_act(actor, act, may=may, at=clock.now()))
    act.answer = checked_reason(reason)
    _end(act, ActState.REFUSED, by=actor.id)
    found.undo(act.subject_id)
    _record("act.refuse", act, by=actor.id)
    _answer(act)
    return act


def withdraw_act(actor: Actor, act_id: str) -> SharedAct:
    """Take back what one asked for."""
    act = queries.act_with(act_id, lock=True)
    require(_seen(actor, act))
    require(policy.can_withdraw_act(actor, act, at=clock.now()))
    _end(act, ActState.WITHDRAWN, by=actor.id)
    _kind(act.kind).undo(act.subject_id)
    _record("act.withdraw", act, by=actor.id)
    return act


def close_acts(kind: str, subject_id: str) -> None:
    """Close what waits about a subject that is no more; who asked reads that it ran out."""
    act = queries.waiting_act(kind, subject_id)
    if act is not None:
        _end(act, ActState.EXPIRED, by=None)
        _record("act.expire", act, by=None)


def expire_acts(*, every: bool = False) -> int:
    """Close what nobody confirmed in time, or `every` act that waits; how many."""
    overdue = queries.overdue_acts(every=every)
    for act in overdue:
        _end(act, ActState.EXPIRED, by=None)
        if act.kind in _kinds:
            _kinds[act.kind].undo(act.subject_id)
        _record("act.expire", act, by=None)
        _answer(act)
    return len(overdue)


def _end(act: SharedAct, state: ActState, *, by: str | None) -> None:
    act.state, act.decided_by, act.decided_at = state, by, clock.now()
    work.session().flush()
    settle(address_of(act))


def _answer(act: SharedAct) -> None:
    words = _ANSWERED[ActState(act.state)]
    tell(act.asked_by, words, href=address_of(act), what_words=what(act))


def _record(word: str, act: SharedAct, *, by: str | None) -> None:
    audit.record(word, f"{act.kind}:{act.subject_id}", by=by, asked_by=act.asked_by, act_id=act.id)


# --- what pages show -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Decisions:
    """The acts that concern one person."""

    for_me: list[SharedAct] = field(default_factory=list)
    asked: list[SharedAct] = field(default_factory=list)
    decided: list[SharedAct] = field(default_factory=list)


def decisions_for(actor: Actor) -> Decisions:
    """What waits for `actor`, what they asked for, and what was decided of it all."""
    waiting = [act for act in queries.waiting_acts() if _seen(actor, act)]
    return Decisions(
        for_me=[act for act in waiting if _could_confirm(actor, act)],
        asked=[act for act in waiting if act.asked_by == actor.id],
        decided=[act for act in queries.decided_acts() if _seen(actor, act)],
    )


def waiting_for(actor: Actor) -> int:
    """How many acts wait for `actor` to be the second person."""
    return sum(1 for act in queries.waiting_acts() if _could_confirm(actor, act))


def act_for(actor: Actor, act_id: str) -> SharedAct:
    """An act, for who asked for it and who could have; NotFound for everyone else."""
    act = queries.act_with(act_id)
    require(_seen(actor, act))
    return act


def _seen(actor: Actor, act: SharedAct) -> Decision:
    return policy.can_see_act(actor, act, may=may_ask(actor, act.kind, act.subject_id))


def _could_confirm(actor: Actor, act: SharedAct) -> bool:
    found, asker = _kinds.get(act.kind), _asker(act)
    if found is None or asker is None or actor.id == act.asked_by:
        return False
    return bool(
        may_ask(actor, act.kind, act.subject_id) and found.together(asker, actor, act.subject_id)
    )


def lines_about(act: SharedAct) -> Lines:
    """What an act is about, for its page."""
    return _kind(act.kind).about(act.subject_id, act.params)


def result_for(actor: Actor, act: SharedAct) -> Lines:
    """What came of it, for the two people only and for a day."""
    if act.state != ActState.DONE or actor.id not in {act.asked_by, act.decided_by}:
        return ()
    if act.decided_at is None or clock.now() - act.decided_at > timedelta(days=1):
        return ()
    return _kind(act.kind).result(act.subject_id, {**act.params, "act": act.id})


def may_answer(actor: Actor, act: SharedAct) -> bool:
    """Whether `actor` could be the second person, to know what the page offers."""
    return _could_confirm(actor, act)

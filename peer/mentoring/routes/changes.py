"""What it would cost running pairs that more people get a mentor: to look at, and to choose."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext

from peer.accounts import queries as accounts
from peer.accounts.sessions import current_actor
from peer.core import i18n, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.mentoring import queries, service
from peer.mentoring.models import Move, Proposal, Round
from peer.mentoring.routes import words
from peer.mentoring.routes.blueprint import Page, bp
from peer.mentoring.snapshot import Offer, Step, cell_of, offers
from peer.policy.mentoring import ProposalState, RoundState


def _(message: str, **params: object) -> str:
    return str(gettext(message, **params))


@bp.get("/mentoring/rounds/<round_id>/changes/<changes>")
@work.reading
def change(round_id: str, changes: str) -> str:
    """Who would move so that whom gets a mentor, and what a round with this means."""
    return _page(queries.round_with(round_id), _count(changes))


def _count(changes: str) -> int:
    """The number in an address; one that no round offers where there is none."""
    return int(changes) if changes.isascii() and changes.isdigit() and len(changes) < 7 else 0


def _page(row: Round, changes: int, error: str = "") -> str:
    offer = next((each for each in offers(row.price, row.keys) if each.changes == changes), None)
    if offer is None or row.state != RoundState.OPEN:
        raise NotFound()
    undecided = queries.counts_of([row.id]).get((row.id, ProposalState.PROPOSED), 0)
    return render_template(
        "mentoring/change.html",
        row=row,
        offer=offer,
        title=said(offer),
        chains=_chains(row, offer),
        undecided=undecided,
        error=error,
    )


@bp.post("/mentoring/rounds/<round_id>/changes/<changes>")
@work.unit_of_work
def make_freer_round(round_id: str, changes: str) -> Page:
    """Close the round and start one in which so many running pairs may be asked to change."""
    row = queries.round_with(round_id)
    try:
        started = service.start_freer_round(current_actor(), round_id, _count(changes))
    except Conflict as error:
        flash(i18n.said(error), "note")
        return redirect(url_for("mentoring.round", round_id=round_id), 303)
    except Invalid as error:
        return _page(row, _count(changes), i18n.said(error)), 422
    return redirect(url_for("mentoring.round", round_id=started.id), 303)


def offered(row: Round) -> list[tuple[str, str]]:
    """What the page of an open round offers: each in words, and where it is told who."""
    if row.state != RoundState.OPEN:
        return []
    return [
        (said(each), url_for("mentoring.change", round_id=row.id, changes=each.changes))
        for each in offers(row.price, row.keys)
    ]


def said(offer: Offer) -> str:
    """An offer in a sentence."""
    gain = ngettext("one more person gets a mentor", "%(num)s more people get a mentor", offer.more)
    return str(
        ngettext(
            "If one running pair may change, %(gain)s.",
            "If %(num)s running pairs may change, %(gain)s.",
            offer.changes,
            gain=gain,
        )
    )


def _chains(row: Round, offer: Offer) -> list[list[str]]:
    people = {
        person
        for chain in offer.chains
        for step in chain
        for person in (step.mentee, step.mentor_before, step.mentor_after)
        if person
    }
    names = accounts.names_of(people)
    return [[_step(row, step, names) for step in chain] for chain in offer.chains]


def _step(row: Round, step: Step, names: Mapping[str, str]) -> str:
    """Somebody in a chain, in a sentence; times are by the programme's clock."""
    who, to = names[step.mentee], names[step.mentor_after]
    match step.kind:
        case "new_mentor":
            before = names[step.mentor_before or ""]
            return _(
                "For that, %(mentee)s moves from %(before)s to %(mentor)s.",
                mentee=who,
                before=before,
                mentor=to,
            )
        case "new_hour":
            return _(
                "For that, %(mentee)s stays with %(mentor)s and meets %(time)s instead of %(before)s.",
                mentee=who,
                mentor=to,
                time=words.slot(step.start_after, row.week, row.timezone),
                before=words.slot(step.start_before, row.week, row.timezone),
            )
    return _("%(mentee)s gets %(mentor)s as a mentor.", mentee=who, mentor=to)


def by_chain(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Proposals that come about together beside each other, otherwise in the given order."""
    found = list(proposals)
    first: dict[str, int] = {}
    for number, row in enumerate(found):
        first.setdefault(row.chain or row.id, number)
    return sorted(found, key=lambda row: (first[row.chain or row.id], row.place))


def of_proposals(row: Round, proposals: Iterable[Proposal]) -> dict[str, dict[str, Any]]:
    """Of each proposal of a chain: how it came about, to be told with the first of them."""
    chained = [each for each in proposals if each.chain]
    moves = queries.moves_among(each.id for each in chained)
    people = {x for each in chained for x in (each.mentee_id, each.mentor_id)}
    names = accounts.names_of(people | {move.mentor_id for move in moves.values()})
    told = {}
    for each in by_chain(chained):
        rows = [other for other in by_chain(chained) if other.chain == each.chain]
        told[each.id] = {
            "first": each.id == rows[0].id,
            "number": len(rows),
            "story": [_step(row, _as_step(row, x, moves.get(x.id)), names) for x in rows],
            "move": each.id in moves,
        }
    return told


def _as_step(row: Round, proposal: Proposal, move: Move | None) -> Step:
    """A proposal as a step of its chain."""
    kind, before = "gains", None
    if move is not None:
        kind = "new_hour" if move.mentor_id == proposal.mentor_id else "new_mentor"
        before = _start_now(row, move)
    return Step(
        proposal.mentee_id,
        kind,
        move.mentor_id if move else None,
        before,
        proposal.mentor_id,
        proposal.start,
    )


def _start_now(row: Round, move: Move) -> int | None:
    mentorship = queries.mentorship_with(move.mentorship_id)
    if mentorship.minute is None:
        return None
    return cell_of(mentorship.minute, mentorship.timezone, row.week)

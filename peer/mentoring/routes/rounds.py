"""The coordinators' pages of rounds: start one, follow it, decide about its proposals."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from peer.accounts import queries as accounts
from peer.accounts.sessions import current_actor
from peer.core import i18n, work
from peer.core.errors import Conflict, Invalid, PeerError
from peer.mentoring import queries, service
from peer.mentoring.models import Proposal, Round, Unmatched
from peer.mentoring.routes import changes, reasons, words
from peer.mentoring.routes.blueprint import Page, bp
from peer.mentoring.routes.dashboard import office
from peer.policy import mentoring as policy
from peer.policy.mentoring import ProposalState, RoundState

FILTERS = ("proposed", "approved", "done", "all", "unmatched", "advice")
_OVER = {
    ProposalState.REJECTED,
    ProposalState.MATCHED,
    ProposalState.DECLINED,
    ProposalState.EXPIRED,
    ProposalState.WITHDRAWN,
}


@bp.get("/mentoring/rounds")
@work.reading
def rounds() -> str:
    """Every round, what the next one would heed, and a button to start it."""
    return _rounds_page()


def _rounds_page(error: str = "") -> str:
    found = queries.rounds()
    rules = [rule for rule in queries.pair_rules() if rule.source != "consent"]
    people = {x for rule in rules for x in (rule.mentee_id, rule.mentor_id)}
    return render_template(
        "mentoring/rounds.html",
        rounds=[(row, words.badge(words.ROUND, row.state)) for row in found],
        counts=queries.counts_of([row.id for row in found]),
        office=office(),
        rules=rules,
        names=accounts.names_of(people),
        error=error,
        words=words,
    )


@bp.post("/mentoring/rounds")
@work.unit_of_work
def start_round() -> Page:
    """Start a round, or say plainly why not."""
    try:
        started = service.start_round(current_actor())
    except Conflict as error:
        return _rounds_page(i18n.said(error)), 409
    except Invalid as error:
        return _rounds_page(i18n.said(error)), 422
    return redirect(url_for("mentoring.round", round_id=started.id), 303)


@bp.get("/mentoring/rounds/<round_id>", endpoint="round")
@work.reading
def show_round(round_id: str) -> str:
    """One round: how far it is, its proposals with reasons, the people left over."""
    return _round_page(queries.round_with(round_id))


def _round_page(row: Round, error: str = "") -> str:
    proposals = changes.by_chain(queries.proposals_of(row.id))
    chained = changes.of_proposals(row, proposals)
    unmatched = queries.unmatched_of(row.id)
    view = _view(row)
    people = {x for p in proposals for x in (p.mentee_id, p.mentor_id)}
    people |= {entry.mentee_id for entry in unmatched} | _noted(row)
    if view in {"unmatched", "advice"}:
        people |= set(row.keys.values())
    names = accounts.names_of(people)
    return render_template(
        "mentoring/round.html",
        row=row,
        badge=words.badge(words.ROUND, row.state),
        moving=row.state in {RoundState.WAITING, RoundState.SOLVING},
        view=view,
        tabs=_tabs(row, proposals, len(unmatched), view),
        proposals=[
            {**_shown(p, row), "chain": chained.get(p.id)} for p in proposals if _in_view(p, view)
        ],
        offers=changes.offered(row) if unmatched else [],
        unmatched=[_left_over(e, row, names) for e in unmatched] if view == "unmatched" else [],
        advice=_advice(row, names) if view == "advice" else None,
        names=names,
        counts=Counter(proposal.state for proposal in proposals),
        proposals_count=len(proposals),
        left_over=len(unmatched),
        stages={code: _(text) for code, text in words.STAGES.items()},
        rejections={code: _(text) for code, text in policy.REJECTIONS.items()},
        error=error,
        words=words,
    )


def _view(row: Round) -> str:
    asked = (request.form if request.method == "POST" else request.args).get("show", "")
    return asked if asked in FILTERS else ("proposed" if row.is_open else "all")


def _noted(row: Round) -> set[str]:
    return {str(note[who]) for note in row.notes for who in ("mentee", "mentor")}


def _in_view(proposal: Proposal, view: str) -> bool:
    if view == "done":
        return proposal.state in _OVER
    return view == "all" or proposal.state == view


def _tabs(row: Round, proposals: Any, left_over: int, view: str) -> list[Any]:
    named = {
        "proposed": _("To decide"),
        "approved": _("Being asked"),
        "done": _("Decided"),
        "all": _("All"),
        "unmatched": _("Without a mentor"),
        "advice": _("For the programme"),
    }
    counts: dict[str, int | None]
    counts = {each: sum(_in_view(p, each) for p in proposals) for each in FILTERS}
    counts |= {"unmatched": left_over, "advice": None}
    return [
        (
            named[each],
            url_for("mentoring.round", round_id=row.id, show=each),
            each == view,
            counts[each],
        )
        for each in FILTERS
    ]


def _shown(proposal: Proposal, row: Round) -> dict[str, Any]:
    """A proposal as its card shows it."""
    mentee, mentor = (
        queries.mentee_profile(proposal.mentee_id),
        queries.mentor_profile(proposal.mentor_id),
    )
    return {
        "row": proposal,
        "badge": words.badge(words.PROPOSAL, proposal.state),
        "parts": words.parts(proposal.parts, proposal.most),
        "reasons": [text for text in map(words.reason, proposal.reasons) if text],
        "mentee_time": words.slot(
            proposal.start, row.week, mentee.timezone if mentee else row.timezone
        ),
        "mentor_time": words.slot(
            proposal.start, row.week, mentor.timezone if mentor else row.timezone
        ),
        "open": proposal.state == ProposalState.PROPOSED and row.state == RoundState.OPEN,
        "rejected_for": _(policy.REJECTIONS[proposal.reason]) if proposal.reason else "",
    }


def _left_over(entry: Unmatched, row: Round, names: Mapping[str, str]) -> dict[str, Any]:
    """Someone without a mentor: why, what would be enough, who has the place instead."""
    mentee = queries.mentee_profile(entry.mentee_id)
    zone = mentee.timezone if mentee else row.timezone
    key = next((key for key, account in row.keys.items() if account == entry.mentee_id), "")
    known = (row.insight or {}).get("people", {}).get(key)
    telling = reasons.Telling(row, names, zone)
    held = [r for r in queries.rules_of_mentee(entry.mentee_id) if r.kind == "pin"]
    return {
        "mentee_id": entry.mentee_id,
        "why": reasons.why(entry.reason, known),
        "blockers": reasons.blockers(entry.blockers),
        "known": reasons.person(telling, known) if known else None,
        "held": ", ".join(accounts.names_of(r.mentor_id for r in held).values()),
        "helps": [
            words.helps(each, row.week, zone, names)
            for each in entry.would_help
            if each["rule"] not in ("avoided", "forbidden")
        ],
    }


def _advice(row: Round, names: Mapping[str, str]) -> dict[str, Any] | None:
    """What a programme could do, if it was worked out."""
    found = (row.insight or {}).get("advice")
    return reasons.programme(reasons.Telling(row, names, row.timezone), found) if found else None


@bp.post("/mentoring/rounds/<round_id>")
@work.unit_of_work
def decide(round_id: str) -> Page:
    """Approve, reject, pin or hold: one by its own button, or approve all that are ticked."""
    row = queries.round_with(round_id)
    sent, actor = request.form, current_actor()
    try:
        if sent.get("approve"):
            asked = service.approve(actor, sent["approve"])
            all_asked = _("Everybody concerned is being asked now.")
            flash(all_asked if asked.chain else _("Both are being asked now."), "ok")
        elif sent.get("reject"):
            chosen = sent["reject"]
            service.reject(actor, chosen, sent.get(f"reason-{chosen}", ""))
            flash(_("Rejected. Later rounds leave this pair out."), "ok")
        elif sent.get("pin") or sent.get("unpin"):
            service.pin(actor, sent.get("pin") or sent["unpin"], bool(sent.get("pin")))
            text = _("Held for the next round.") if sent.get("pin") else _("No longer held.")
            flash(text, "ok")
        elif sent.get("hold"):
            service.hold_pair(actor, round_id, sent["hold"], sent.get("with", ""))
            flash(_("Held for the next round."), "ok")
        else:
            _approve_all(sent.getlist("chosen"))
    except Invalid as error:
        return _round_page(row, i18n.said(error)), 422
    except Conflict as error:
        return _round_page(row, i18n.said(error)), 409
    show = sent.get("show")
    show = show if show in FILTERS else None
    return redirect(url_for("mentoring.round", round_id=round_id, show=show), 303)


def _approve_all(chosen: list[str]) -> None:
    """Approve what can be; say how many could not."""
    if not chosen:
        raise Invalid(_("Tick the pairs you would like to approve first."))
    done = 0
    for proposal_id in sorted(chosen):  # everyone locks in the same order
        try:
            service.approve(current_actor(), proposal_id)
            done += 1
        except PeerError:
            continue
    flash(ngettext("One pair is being asked.", "%(num)s pairs are being asked.", done), "ok")
    if left := len(chosen) - done:
        flash(
            ngettext(
                "One pair had changed meanwhile and was left as it is.",
                "%(num)s pairs had changed meanwhile and were left as they are.",
                left,
            ),
            "note",
        )


@bp.post("/mentoring/rounds/<round_id>/close")
@work.unit_of_work
def close_round(round_id: str) -> Response:
    """End the round, so that the next can start."""
    service.close_round(current_actor(), round_id)
    flash(_("The round is closed. Questions that people have been asked go on."), "ok")
    return redirect(url_for("mentoring.rounds"), 303)


@bp.post("/mentoring/rules/lift")
@work.unit_of_work
def lift_rule() -> Response:
    """Free two people for later rounds again."""
    sent = request.form
    service.lift_rule(current_actor(), sent.get("mentee", ""), sent.get("mentor", ""))
    flash(_("Later rounds are free about these two again."), "ok")
    return redirect(url_for("mentoring.rounds"), 303)

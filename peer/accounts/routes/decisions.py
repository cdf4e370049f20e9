"""Pages of what nobody does alone: what waits for a second person, and one such act."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries, service
from peer.accounts.forms import OncePassphraseForm
from peer.accounts.models.oversight import SharedAct
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.unlocking import proven_again
from peer.accounts.sessions import current_actor, recently_proven
from peer.core import clock, i18n, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.policy.oversight import ACT_STATE_WORDS, ACT_WORDS, ActState, is_waiting

_LOOK = {
    ActState.WAITING: ("guide", "clock"),
    ActState.DONE: ("ok", "check"),
    ActState.REFUSED: ("note", "x"),
}


def _state(act: SharedAct) -> tuple[str, str, str | None]:
    """Kind of badge, word and icon; what ran out counts as run out before the sweep says so."""
    state = ActState(act.state)
    if state is ActState.WAITING and not is_waiting(act, clock.now()):
        state = ActState.EXPIRED
    look, icon = _LOOK.get(state, ("", None))
    return look, _(ACT_STATE_WORDS[state]), icon


@bp.get("/decisions")
@work.reading
def decisions() -> str:
    """What waits for me, what I asked for, and what was decided."""
    found = service.decisions_for(current_actor())
    everything = [*found.for_me, *found.asked, *found.decided]
    return render_template(
        "accounts/decisions.html",
        found=found,
        names=queries.names_of(act.asked_by for act in everything if act.asked_by),
        about={act.id: _about_whom(act) for act in everything},
        words=ACT_WORDS,
        state=_state,
    )


def _about_whom(act: SharedAct) -> str:
    """Of what an act is about, the first line, to tell one from another in a list."""
    try:
        lines = _said(service.lines_about(act))
    except NotFound:  # what it was about is gone by now
        return ""
    return lines[0][1] if lines else ""


@bp.get("/decisions/<act_id>")
@work.reading
def decision(act_id: str) -> Page:
    """One act: what, who asked, why, and how it stands."""
    return _page(service.act_for(current_actor(), act_id))


def _page(
    act: SharedAct,
    *,
    error: str = "",
    sent: str = "",
    conflict: str = "",
    form: OncePassphraseForm | None = None,
) -> str:
    actor = current_actor()
    waiting = is_waiting(act, clock.now())
    return render_template(
        "accounts/decision.html",
        act=act,
        what=_(ACT_WORDS.get(act.kind, act.kind)),
        state=_state(act),
        names=queries.names_of(who for who in (act.asked_by, act.decided_by) if who),
        about=_said(service.lines_about(act)),
        result=_said(service.result_for(actor, act)),
        mine=act.asked_by == actor.id,
        waiting=waiting,
        may_answer=waiting and service.may_answer(actor, act),
        error=error,
        sent=sent,
        conflict=conflict,
        form=form or OncePassphraseForm(formdata=None),
        ask_passphrase=not recently_proven(),
    )


def _said(lines: service.Lines) -> list[tuple[str, str]]:
    """Lines in the reader's language; what is empty is left out."""
    return [(_(label), _words(value)) for label, value in lines if value]


def _words(value: str | date | tuple[str, ...]) -> str:
    if isinstance(value, date):
        return i18n.day(value)
    return value if isinstance(value, str) else ", ".join(_(word) for word in value)


@bp.post("/decisions/<act_id>/confirm")
def confirm_act(act_id: str) -> Page:
    """Be the second person, soon after the passphrase was given: it is done."""
    form = OncePassphraseForm()
    if _has_to_prove(act_id) and not (form.validate_on_submit() and proven_again(form.passphrase)):
        with work.begin(writes=False):
            return _page(service.act_for(current_actor(), act_id), form=form), 422
    try:
        with work.begin():
            service.confirm(current_actor(), act_id)
    except Conflict as error:
        return _as_it_stands(act_id, error)
    flash(_("Done, and on the record with both your names."), "ok")
    return _back(act_id)


@work.reading
def _has_to_prove(act_id: str) -> bool:
    """Whether it is this person's to confirm, and whoever holds their device could do so now."""
    actor, act = current_actor(), service.act_for(current_actor(), act_id)
    answers = is_waiting(act, clock.now()) and service.may_answer(actor, act)
    return answers and not recently_proven()


@bp.post("/decisions/<act_id>/refuse")
@work.unit_of_work
def refuse_act(act_id: str) -> Page:
    """Say no, with a reason."""
    words = request.form.get("reason", "")
    try:
        service.refuse_act(current_actor(), act_id, words)
    except Conflict as error:
        return _as_it_stands(act_id, error)
    except Invalid as error:
        act = service.act_for(current_actor(), act_id)
        return _page(act, error=i18n.said(error), sent=words), 422
    flash(_("It is not done. Who asked can read why."), "ok")
    return _back(act_id)


@bp.post("/decisions/<act_id>/withdraw")
@work.unit_of_work
def withdraw_act(act_id: str) -> Page:
    """Take back what one asked for."""
    try:
        service.withdraw_act(current_actor(), act_id)
    except Conflict as error:
        return _as_it_stands(act_id, error)
    flash(_("Taken back. Nothing is done."), "ok")
    return _back(act_id)


@work.reading
def _as_it_stands(act_id: str, error: Conflict) -> tuple[str, int]:
    """The act as it is now, and why what was asked did not happen."""
    return _page(service.act_for(current_actor(), act_id), conflict=i18n.said(error)), 409


def _back(act_id: str) -> Response:
    return redirect(url_for("accounts.decision", act_id=act_id), 303)

"""Erasing for somebody whose account is paused: it is theirs all the same."""

from flask import render_template, request
from flask_babel import gettext as _

from peer.accounts import queries, service
from peer.accounts.forms import ErasePasskeyForm, ErasePausedForm
from peer.accounts.models import Account, AccountState
from peer.accounts.queries.factors import factors_of
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.second import address, spend_try, tell_of_tries
from peer.accounts.routes.taking import erased
from peer.accounts.routes.tries import spend_sign_in
from peer.core import limits, watch, work
from peer.core.errors import NotFound, SlowDown
from peer.policy.roles import Actor

_SHUT_OUT = {AccountState.SUSPENDED, AccountState.BANNED}


@bp.get("/erase")
def erase_paused() -> Page:
    """Name, passphrase, a second factor where there is one, and a tick."""
    return _page(ErasePausedForm())


def _page(form: ErasePausedForm, problem: str = "", outside: service.Outside | None = None) -> str:
    return render_template(
        "accounts/erase_paused.html",
        form=form,
        problem=problem,
        outside=outside,
        passkey=ErasePasskeyForm(formdata=None),
    )


@bp.post("/erase")
def do_erase_paused() -> Page:
    """Erase a paused account, without telling whether the name or the passphrase was wrong."""
    form = ErasePausedForm()
    if not form.validate_on_submit():
        return _page(form, _("Please fill in everything.")), 422
    name, passphrase = form.username.data or "", form.passphrase.data or ""
    spend_sign_in(name)
    proof = service.prove_by_name(name, passphrase)
    actor = _paused(proof.account_id) if proof else None
    if proof is None or actor is None:
        watch.refused("proof_failed", who=queries.folded(name), how="erase")
        return _page(
            form,
            _(
                "That name and passphrase do not go together, or the account is not paused. Whoever can sign in erases from their own account page."
            ),
        ), 422
    with work.begin(writes=False):
        may = service.may_erase(actor)
    if not may:  # said before a recovery code is used up
        return _page(form, _(may.reason)), may.error.status
    if _second_shown(actor, form.second.data or ""):
        stored = proof.passphrase_hash
        return erased(actor, lambda: service.unchanged(actor.id, stored))
    return _asked_for_second(form, actor), 422


def _asked_for_second(form: ErasePausedForm, actor: Actor) -> str:
    with work.begin(writes=False):
        outside = service.offer_outside(actor.id, address())
    return _page(
        form,
        _(
            "This account has a second step. Use a passkey, or write a code of the app or a recovery code; each works once."
        )
        if outside
        else _(
            "This account has a second step. Write a code of the app, or a recovery code; each works once."
        ),
        outside,
    )


@bp.post("/erase/passkey")
def erase_by_passkey() -> Page:
    """Erase a paused account whose passphrase was right a moment ago, and whose passkey signed."""
    form = ErasePasskeyForm()
    limits.spend("30/minute", "sign-in-from", limits.place_of(request.remote_addr))
    if form.validate_on_submit():
        actor = _signed(form)
        if actor is not None:
            return erased(actor)
    problem = _("That did not work. Please fill in the form once more.")
    return _page(ErasePausedForm(formdata=None), problem), 422


def _signed(form: ErasePasskeyForm) -> Actor | None:
    """Whose passkey signed the challenge of the slip, this once."""
    with work.begin(writes=False):
        slip = service.brought(form.slip.data or "")
        actor = _paused(slip.account_id) if slip else None
    if slip is None or actor is None:
        return None
    spend_try(actor.id)
    try:
        limits.spend("1/hour", "erase-challenge", slip.challenge.hex())
    except SlowDown:
        return None
    with work.begin():
        fits = service.passkey_fits(actor, form.answer.data or "", slip.challenge, address())
    if not fits:
        _refused(actor, "passkey")
    return actor if fits else None


@work.reading
def _paused(account_id: str) -> Actor | None:
    """Whoever this is, if they cannot come in."""
    try:
        account = queries.account_with(account_id)
    except NotFound:
        return None
    return queries.actor_from(account) if _is_paused(account) else None


def _is_paused(account: Account) -> bool:
    return account.state in _SHUT_OUT and not queries.is_usable(account)


def _second_shown(person: Actor, code: str) -> bool:
    """Whether somebody with a second factor shows a code as well; true for who has none."""
    with work.begin(writes=False):
        asked = bool(factors_of(person.id))
    if not asked or not code.strip():
        return not asked
    spend_try(person.id)
    with work.begin():
        fits = service.app_code_fits(person.id, code) or service.spend_code(person.id, code)
    if not fits:
        _refused(person, "second")
    return fits


def _refused(person: Actor, how: str) -> None:
    watch.refused("proof_failed", who=person.id, how=how)
    tell_of_tries(person.id)

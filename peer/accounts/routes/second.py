"""The second factor, shown after the passphrase and before anything opens."""

from contextlib import suppress
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import service
from peer.accounts.forms import SecondForm
from peer.accounts.models import FactorKind, Stage
from peer.accounts.queries.factors import factors_of
from peer.accounts.queries.ways_back import codes_left
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import current_person, current_session
from peer.core import limits, watch, work
from peer.core.errors import SlowDown
from peer.policy.roles import Actor


def address() -> service.Address:
    """Where the site is, as this browser sees it."""
    host = urlsplit(request.host_url).hostname or ""
    return service.Address(host, request.host_url.rstrip("/"), host)


@bp.get("/sign-in/second")
def second() -> Page:
    """Ask for a code, a passkey or a recovery code, whichever the person has."""
    return _page(SecondForm())


@work.unit_of_work
def _page(form: SecondForm, problem: str = "") -> str:
    person = current_person()
    return render_template(
        "accounts/second.html",
        form=form,
        problem=problem,
        app=bool(factors_of(person.id, FactorKind.APP)),
        options=service.offer_to_sign(person, address()),
        codes=codes_left(person.id),
    )


@bp.post("/sign-in/second")
def do_second() -> Page:
    """Open what the passphrase was given for; five tries a minute, whoever asks."""
    person, form = current_person(), SecondForm()
    problem = _("Please fill in one of them.")
    if form.validate_on_submit() and any(
        each.data for each in (form.code, form.answer, form.recovery)
    ):
        spend_try(person.id)
        how = "passkey" if form.answer.data else "code" if form.code.data else "recovery"
        if _shown(person, form):
            watch.noticed("signed_in", who=person.id, how=how)
            return opened(to=current_session().pop("then", url_for("home.front")))
        watch.refused("sign_in_failed", who=person.id, how=how)
        tell_of_tries(person.id)
        problem = _("That did not fit. Each code works once; wait for the next one.")
    return _page(form, problem), 422


def spend_try(account_id: str) -> None:
    """Count one try at somebody's second factor: five a minute, and fifty a day."""
    limits.spend("5/minute", "second", account_id)
    limits.spend("50/day", "second-day", account_id)


def tell_of_tries(account_id: str) -> None:
    """After the fifth wrong code of a day, once: whoever tries has the passphrase already."""
    try:
        limits.spend("4/day", "second-wrong", account_id)
    except SlowDown:
        with suppress(SlowDown):
            limits.spend("1/day", "second-told", account_id)
            with work.begin():
                service.tell_of_wrong_codes(account_id)


def _shown(person: Actor, form: SecondForm) -> bool:
    if form.answer.data:
        with work.begin():
            challenge = service.take_challenge(person)
        with work.begin():
            return service.passkey_fits(person, form.answer.data, challenge, address())
    with work.begin():
        if form.code.data:
            return service.app_code_fits(person.id, form.code.data)
        return service.spend_code(person.id, form.recovery.data or "")


def opened(*, to: str) -> Response:
    """Everything opens from here on, under a new token."""
    session, key = current_session(), current_session().private_key()
    with work.begin():
        token = service.renew_session(current_person().session_id or "", key, Stage.OPEN)
    session.renew(token, key)
    session.pop("csrf_token", None)
    return redirect(to, 303)

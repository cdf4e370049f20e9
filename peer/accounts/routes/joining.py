"""The page on which an invitation becomes an account."""

from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user

from peer.accounts import service
from peer.accounts.forms import JoinForm, asked_again, refuse
from peer.accounts.models import Account, Invitation
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.signing import signed_in
from peer.accounts.sessions import current_session
from peer.core import i18n, limits, work
from peer.core.errors import PeerError, SlowDown
from peer.core.keys import PrivateKey
from peer.core.words import N_

_TAKEN = "5/hour"


def _form() -> JoinForm:
    form = JoinForm()
    if not form.is_submitted():
        form.locale.data = i18n.current_code()
        form.timezone.data = i18n.current_zone()
    form.offer_names(fresh=asked_again() == "names")
    form.offer(fresh=asked_again() == "words")
    form.offer_choices(current_app.config["PEER"].locales)
    return form


@bp.get("/join")
def join() -> Page:
    """The form of an invitation, with fresh names and a fresh passphrase to take."""
    if current_user.is_authenticated:
        return redirect(url_for("home.front"), 303)
    return render_template("accounts/join.html", form=_form())


@bp.post("/join")
def do_join() -> Page:
    """Join; or show other names or words, keeping what was written."""
    limits.spend("20/minute", "join-from", limits.place_of(request.remote_addr))
    form = _form()
    status = 200 if asked_again() else 422
    if not asked_again() and form.validate_on_submit():
        try:
            account, key = _joined(form)
        except SlowDown:
            raise
        except PeerError as error:
            refuse(form, error, "code")
            status = error.status
        else:
            current_session()["lang"] = account.locale
            return signed_in(account, url_for("home.first_steps"), lambda: key)
    return render_template("accounts/join.html", form=form), status


def _check(invitation: Invitation, name: str) -> None:
    """Whether the name is free; a code finds five taken ones an hour, or it would tell who is here."""
    try:
        limits.check(_TAKEN, "taken", invitation.id)
        service.free_name(name, own=invitation.account_id)
    except service.Taken:
        limits.spend(_TAKEN, "taken", invitation.id)
        raise
    except SlowDown as error:
        raise SlowDown(
            N_("Several names were taken already. The code works again in a while."),
            retry_ms=error.retry_ms,
        ) from None


def _joined(form: JoinForm) -> tuple[Account, PrivateKey]:
    code = form.code.data or ""
    with work.begin(writes=False):
        _check(service.check_code(code), form.chosen_name)  # before the slow hashing
    lock = service.new_lock(form.chosen)
    with work.begin():
        account = service.join(
            code,
            form.chosen_name,
            lock.passphrase_hash,
            locale=form.locale.data,
            timezone=form.timezone.data or "",
        )
        return account, service.make_vault(account.id, lock)

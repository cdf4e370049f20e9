"""The page on which an invitation becomes an account."""

from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user

from peer.accounts import service
from peer.accounts.forms import JoinForm, asked_again, refuse
from peer.accounts.models import Account
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.signing import signed_in
from peer.accounts.sessions import current_session
from peer.core import i18n, limits, work
from peer.core.errors import PeerError, SlowDown
from peer.core.secrets import hash_passphrase


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
    form = _form()
    status = 200 if asked_again() else 422
    if not asked_again() and form.validate_on_submit():
        try:
            account = _joined(form)
        except SlowDown:
            raise
        except PeerError as error:
            refuse(form, error, "code")
            status = error.status
        else:
            current_session()["lang"] = account.locale
            return signed_in(account, url_for("home.first_steps"))
    return render_template("accounts/join.html", form=form), status


def _joined(form: JoinForm) -> Account:
    limits.spend("20/minute", "join-from", request.remote_addr or "")
    code = form.code.data or ""
    with work.begin(writes=False):
        service.check_code(code)  # before the slow hashing
    hashed = hash_passphrase(form.chosen)
    with work.begin():
        return service.join(
            code,
            form.chosen_name,
            hashed,
            locale=form.locale.data,
            timezone=form.timezone.data or "",
        )

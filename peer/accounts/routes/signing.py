"""Pages of signing in and out, and of leaving quickly."""

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from peer.accounts import queries, service
from peer.accounts.forms import SignInForm
from peer.accounts.models import Account
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import current_session
from peer.core import limits, work
from peer.core.secrets import passphrase_fits
from peer.core.words import N_

# Why a session ended, as its page was told; other words in the address show nothing.
_ENDED = {
    "signed_out": ("ok", N_("You are signed out.")),
    "left": ("info", N_("You are signed out.")),
    "expired": (
        "note",
        N_(
            "You were signed out: after a while without use, or because it was asked for on another device. Sign in and you can carry on."
        ),
    ),
    "suspended": (
        "note",
        N_("You were signed out by the people who look after this place. Sign in to read why."),
    ),
    "passphrase_changed": (
        "note",
        N_("The passphrase was changed on another device. The new one opens this page too."),
    ),
    "roles_changed": (
        "note",
        N_("What you can do here has changed. Sign in once more to see it."),
    ),
    "ended_elsewhere": ("note", N_("You signed out everywhere from another device.")),
    "ended_by_staff": (
        "note",
        N_("A coordinator ended your sign-ins. Your account is as it was: sign in again."),
    ),
}


@bp.get("/sign-in")
def sign_in() -> Page:
    """The form, with a word on why a session ended when it did."""
    if current_user.is_authenticated:
        return redirect(url_for("home.front"), 303)
    reason = _reason()  # first: it may begin a new session, and the form's token belongs to it
    return _form(SignInForm(), ended=_ENDED.get(reason))


def _reason() -> str:
    session = current_session()
    if not session.stale:
        return request.args.get("ended", "")
    session.sign_out()  # said once: the old token is overwritten
    return request.args.get("ended", "expired")


def _form(form: SignInForm, *, problem: str = "", ended: tuple[str, str] | None = None) -> str:
    return render_template("accounts/sign_in.html", form=form, problem=problem, ended=ended)


@bp.post("/sign-in")
def do_sign_in() -> Page:
    """Sign in, without telling whether the name or the passphrase was the wrong one."""
    form = SignInForm()
    problem = _("Please fill in both.")
    if form.validate_on_submit():
        name, passphrase = form.username.data or "", form.passphrase.data or ""
        limits.spend("10/minute", "sign-in", queries.folded(name))
        limits.spend("60/minute", "sign-in-from", request.remote_addr or "")
        account = _proven(name, passphrase)
        if account is not None and queries.is_usable(account):
            return signed_in(account, url_for("home.front"))
        if account is not None:
            return render_template("accounts/paused.html", account=account), 403
        problem = _("That name and passphrase do not go together. You can try again.")
    return _form(form, problem=problem), 422


def _proven(name: str, passphrase: str) -> Account | None:
    """The account whose passphrase this is; as slow for names that nobody has."""
    with work.begin(writes=False):
        account = queries.account_named(name)
    fits = passphrase_fits(account.passphrase_hash if account else None, passphrase)
    return account if fits else None


def signed_in(account: Account, to: str) -> Response:
    """Begin a session in this browser and go `to` a page; the chosen language stays."""
    session = current_session()
    language = session.get("lang")
    with work.begin():
        if session.row_id:
            service.end_session(session.row_id)
        token = service.start_session(account)
    session.sign_in(token, account)
    if language:
        session["lang"] = language
    return redirect(to, 303)


@bp.post("/sign-out")
@work.unit_of_work
def sign_out() -> Response:
    """End this session, here and on its sockets."""
    session = current_session()
    if session.row_id:
        service.end_session(session.row_id)
    session.sign_out()
    return redirect(url_for("accounts.sign_in", ended="signed_out"), 303)


@bp.route("/leave", methods=["GET", "POST"])
@work.unit_of_work
def leave() -> Response:
    """Leave quickly: end the session first, then go somewhere neutral.

    A plain link works without JavaScript; scripts send a POST beacon and change the page
    themselves. Exempt from CSRF: being signed out by somebody else harms nobody.
    """
    session = current_session()
    if session.row_id:
        service.end_session(session.row_id, "left")
    session.sign_out()
    if request.method == "POST":
        answer = Response(status=204)
    else:
        answer = redirect(current_app.config["PEER"].leave_to, 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer

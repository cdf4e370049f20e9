"""Pages of signing in and out, and of leaving quickly."""

from collections.abc import Callable

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from peer.accounts import queries, service
from peer.accounts.forms import SignInForm
from peer.accounts.models import Account, Stage
from peer.accounts.queries.vaults import passphrase_of
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.tries import spend_sign_in
from peer.accounts.sessions import current_session, why_refused
from peer.core import watch, work
from peer.core.errors import Conflict
from peer.core.keys import PrivateKey
from peer.core.words import N_

_HERE = ("note", N_("You are signed out here. Sign in and you can carry on."))
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
    "factors_changed": (
        "note",
        N_("What is asked for when you sign in was changed on another device. Sign in again."),
    ),
    "recovered": ("ok", N_("Your new passphrase works now. Sign in with it.")),
    "ended_elsewhere": ("note", N_("You signed this device out from another one.")),
    "ended": _HERE,
    "covered": _HERE,  # and over since
    "ended_for_all": (
        "note",
        N_("Everybody was signed out here. Your account is as it was: sign in again."),
    ),
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
    why = why_refused()
    session.sign_out()  # said once: the old token is overwritten
    return request.args.get("ended", why)


def _form(form: SignInForm, *, problem: str = "", ended: tuple[str, str] | None = None) -> str:
    return render_template("accounts/sign_in.html", form=form, problem=problem, ended=ended)


@bp.post("/sign-in")
def do_sign_in() -> Page:
    """Sign in, without telling whether the name or the passphrase was the wrong one."""
    form = SignInForm()
    problem = _("Please fill in both.")
    if form.validate_on_submit():
        name, passphrase = form.username.data or "", form.passphrase.data or ""
        spend_sign_in(name)
        proof = service.prove_by_name(name, passphrase)
        if proof is not None:
            return _come_in(proof)
        watch.refused("sign_in_failed", who=queries.folded(name), how="passphrase")
        problem = _("That name and passphrase do not go together. You can try again.")
    return _form(form, problem=problem), 422


def _come_in(proof: service.Proof) -> Page:
    with work.begin(writes=False):
        account = queries.account_with(proof.account_id)
    if not queries.is_usable(account):
        return render_template("accounts/paused.html", account=account), 403
    return signed_in(account, url_for("home.front"), lambda: service.accept(proof))


def signed_in(account: Account, to: str, key: Callable[[], PrivateKey | None]) -> Response:
    """Begin a session in this browser and go `to` a page; the chosen language stays.

    `key()` is asked for the private key in the unit of work in which the session begins.
    """
    session = current_session()
    language = session.get("lang")
    with work.begin():
        passphrase_of(account.id, hold=True)  # before anything else is read, as everywhere
        account = queries.account_with(account.id)  # hashing took its time
        if not queries.is_usable(account):
            raise Conflict()
        if session.row_id:
            service.end_session(session.row_id)
        required = not current_app.config["PEER"].demo
        stage = service.first_stage(account, required=required)
        token = service.start_session(account, key=key(), proven=True, stage=stage)
    watch.noticed("signed_in", who=account.id, how="passphrase")
    session.sign_in(token)
    if language:
        session["lang"] = language
    if stage != Stage.OPEN:
        session["then"] = to
    return redirect(to, 303)


@bp.post("/sign-out")
@work.unit_of_work
def sign_out() -> Response:
    """End this session, here and on its sockets."""
    session = current_session()
    if session.row_id:
        watch.noticed(
            "signed_out", who=session.actor.id if session.actor else session.covered or ""
        )
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
    elif session.was:
        service.leave_again(session.was)
    session.sign_out()
    if request.method == "POST":
        answer = Response(status=204)
    else:
        answer = redirect(current_app.config["PEER"].leave_to, 303)
    return answer

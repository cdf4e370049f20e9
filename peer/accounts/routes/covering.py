"""The cover page: a plain look of notes over everything, until the passphrase is given."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import service
from peer.accounts.forms import CoverForm, UncoverForm
from peer.accounts.routes.account import account_page
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.unlocking import safe_path
from peer.accounts.sessions import current_actor, current_session
from peer.core import limits, watch, work
from peer.core.errors import SlowDown


@bp.post("/account/cover")
@work.unit_of_work
def set_cover() -> Page:
    """After how many minutes without use pages are covered, if at all."""
    form = CoverForm()
    if not form.validate_on_submit():
        return account_page(cover=form), 422
    service.set_cover(current_actor(), form.minutes.data)
    flash(_("Saved."), "ok")
    return redirect(url_for("accounts.account", _anchor="cover"), 303)


@bp.get("/notes")
def cover() -> Page:
    """The cover page, where a session is covered; else there is nothing to cover."""
    session = current_session()
    if session.covered is None:
        return redirect(url_for("home.front"), 303)
    if not session.cover_is_on:  # it is the clock that says so: this is where it is kept
        _put_on()
    return _page(UncoverForm())


@bp.post("/notes")
def cover_now() -> Response:
    """Put the cover on: the page asks for it when nobody has used it, or the person does."""
    session = current_session()
    if session.covered is None and session.actor is not None:
        session["after"] = safe_path(request.form.get("after", "").rstrip("?"))
        _put_on()
    return redirect(url_for("accounts.cover"), 303)


def _put_on() -> None:
    session = current_session()
    with work.begin():
        token = service.cover(session.row_id or "") if session.row_id else ""
    whose = session.covered or (session.actor.id if session.actor else "")
    session.cover(token, whose)


@bp.post("/notes/open")
def uncover() -> Page:
    """Go on where one was, when the passphrase is right; wrong ones count for this session alone."""
    session, form = current_session(), UncoverForm()
    if session.covered is None or session.row_id is None:
        return redirect(url_for("home.front"), 303)
    if form.validate_on_submit():
        try:
            limits.spend("10/minute", "uncover", session.row_id)
            proof = _prove(session.covered, form.passphrase.data or "")
        except SlowDown as error:
            form.passphrase.errors = [_("Too many tries. Wait a minute.")]
            answer = Response(_page(form), 429, content_type="text/html; charset=utf-8")
            answer.headers["Retry-After"] = str(-(-error.retry_ms // 1000))
            return answer
        if proof is not None:
            with work.begin():
                key = service.accept(proof)
                token = service.uncover(session.row_id, key)
            session.uncover(token, key)
            return redirect(safe_path(str(session.pop("after", ""))), 303)
        form.passphrase.errors = [_("That did not open them.")]
    return _page(form), 422


def _prove(account_id: str, passphrase: str) -> service.Proof | None:
    proof = service.prove(account_id, passphrase)
    if proof is None:
        watch.refused("uncover_failed", who=account_id, how="passphrase")
    return proof


def _page(form: UncoverForm) -> str:
    return render_template("accounts/cover.html", form=form)

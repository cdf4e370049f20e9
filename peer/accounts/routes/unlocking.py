"""The passphrase once more: to open the private parts, or before something grave."""

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import Field

from peer.accounts import service
from peer.accounts.forms import UnlockForm
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import current_person, current_private_key, current_session
from peer.core import limits, watch, work


@bp.get("/account/unlock")
def unlock() -> Page:
    """Ask for the passphrase, and say why."""
    form = UnlockForm()
    form.next.data = safe_path(request.args.get("next", ""))
    return _page(form)


def _page(form: UnlockForm) -> str:
    return render_template("accounts/unlock.html", form=form, private=current_private_key() is None)


@bp.post("/account/unlock")
def do_unlock() -> Page:
    """Open what the passphrase opens, under a new token, and go on."""
    form = UnlockForm()
    if form.validate_on_submit() and proven_again(form.passphrase):
        return redirect(safe_path(form.next.data or ""), 303)
    return _page(form), 422


def proven_again(field: Field) -> service.Proof | None:
    """The proof, when a field holds the passphrase of whose page this is; its error says when not.

    The session goes on under a new token, with the private key in it.
    """
    person, session = current_person(), current_session()
    limits.spend("10/minute", "passphrase", person.id)
    proof = service.prove(person.id, field.data or "")
    if proof is None:
        watch.refused("proof_failed", who=person.id, how="passphrase")
        field.errors = [_("That is not the passphrase you use now.")]
        return None
    with work.begin():
        key = service.accept(proof) or session.private_key()
        token = service.renew_session(current_person().session_id or "", key)
    session.renew(token, key)
    return proof


def safe_path(wanted: str) -> str:
    """A page of ours to go to; the front page for anything else."""
    plain = wanted.isprintable() and "\\" not in wanted and len(wanted) <= 2000
    if plain and wanted.startswith("/") and not wanted.startswith("//"):
        return wanted
    return url_for("home.front")

"""Recovery codes: how many are left, and ten new ones, shown once."""

from flask import render_template

from peer.accounts import service
from peer.accounts.forms import OncePassphraseForm
from peer.accounts.queries.ways_back import codes_left
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.unlocking import proven_again
from peer.accounts.sessions import current_actor, current_private_key
from peer.core import work
from peer.core.errors import Conflict


@bp.get("/account/recovery-codes")
def codes() -> Page:
    """What they are for, and how many are left."""
    return _page(OncePassphraseForm())


@work.reading
def _page(form: OncePassphraseForm) -> str:
    left = codes_left(current_actor().id)
    return render_template("accounts/codes.html", form=form, left=left, all=service.CODES)


@bp.post("/account/recovery-codes")
def make_codes() -> Page:
    """Make ten, when the passphrase is right, and show them this once: so no redirect."""
    form = OncePassphraseForm()
    proof = proven_again(form.passphrase) if form.validate_on_submit() else None
    if proof is None:
        return _page(form), 422
    with work.begin():
        # The same passphrase still: else they would wrap a key that no longer opens anything.
        key = service.accept(proof) or current_private_key()
        if key is None:
            raise Conflict()
        made = service.make_codes(current_actor(), key)
    return render_template("accounts/codes_made.html", codes=made)

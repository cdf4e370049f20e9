"""Back in without the passphrase: the page for it, and a coordinator's part in it."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries, service
from peer.accounts.forms import RecoverForm, StartRecoveryForm, asked_again, refuse
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.people import person_page
from peer.accounts.routes.tries import spend_recovery
from peer.accounts.routes.unlocking import proven_again
from peer.accounts.sessions import current_actor, current_session, recently_proven, unlock_address
from peer.core import limits, watch, work
from peer.core.errors import Invalid, PeerError


@bp.get("/recover")
def recover() -> Page:
    """The form: a name, a code, and the next passphrase."""
    form = RecoverForm()
    form.offer(fresh=False)
    return render_template("accounts/recover.html", form=form)


@bp.post("/recover")
def do_recover() -> Page:
    """Set the next passphrase, when name and code go together; the same answer whoever asks."""
    limits.spend("30/minute", "recover-from", limits.place_of(request.remote_addr))
    form = RecoverForm()
    form.offer(fresh=asked_again() == "words")
    status = 200 if asked_again() else 422
    if not asked_again() and form.validate_on_submit():
        name, code = form.username.data or "", form.code.data or ""
        spend_recovery(name)
        try:
            _recover(name, code, form)
        except Invalid as error:
            watch.refused("sign_in_failed", who=queries.folded(name), how="recovery")
            refuse(form, error, "code")
        else:
            watch.noticed("recovered", who=queries.folded(name), how="recovery")
            current_session().sign_out()
            return redirect(url_for("accounts.sign_in", ended="recovered"), 303)
    return render_template("accounts/recover.html", form=form), status


def _recover(name: str, code: str, form: RecoverForm) -> None:
    with work.begin(writes=False):
        service.check_recovery(name, code, lose=bool(form.lose.data))  # before the slow hashing
    lock = service.new_lock(form.chosen)
    with work.begin():
        service.recover(name, code, lock)


# --- a coordinator's part ------------------------------------------------------------------


@bp.post("/people/<account_id>/recovery")
def start_recovery(account_id: str) -> Page:
    """Begin to let somebody back in; the wait starts now."""
    form = StartRecoveryForm()
    with work.begin(writes=False):
        account = queries.account_with(account_id)
    if not (form.validate_on_submit() and (recently_proven() or proven_again(form.passphrase))):
        with work.begin(writes=False):
            return person_page(account.id, recovering=form), 422
    hours = current_app.config["PEER"].recovery_hours
    with work.begin():
        service.start_recovery(
            current_actor(), account_id, reason=form.reason.data or "", hours=hours
        )
    flash(_("The wait has begun. They can see it and say no, should it not be them."), "ok")
    return redirect(url_for("accounts.person", account_id=account_id), 303)


@bp.post("/people/<account_id>/recovery/code")
def hand_over_recovery(account_id: str) -> Page:
    """After the wait: the code, shown this once, so no redirect."""
    with work.begin(writes=False):
        service.recovery_of(account_id)
    if not recently_proven():
        return redirect(unlock_address(url_for("accounts.person", account_id=account_id)), 303)
    with work.begin():
        found, code = service.hand_over_recovery(current_actor(), account_id)
    return render_template(
        "accounts/recovery_code.html",
        code=code,
        found=found,
        address=url_for("accounts.recover", _external=True),
    )


@bp.post("/people/<account_id>/recovery/withdraw")
@work.unit_of_work
def withdraw_recovery(account_id: str) -> Response:
    """Call it off."""
    service.withdraw_recovery(current_actor(), account_id)
    flash(_("Called off. Nobody gets in by it."), "ok")
    return redirect(url_for("accounts.person", account_id=account_id), 303)


@bp.post("/account/recovery/cancel")
def cancel_recovery() -> Response:
    """Say no to somebody being let in as oneself."""
    try:
        with work.begin():
            service.cancel_recovery(current_actor())
        flash(_("Stopped. Nobody can get in by it."), "ok")
    except PeerError:
        flash(_("There is nothing to stop any more."), "info")
    return redirect(url_for("accounts.account"), 303)

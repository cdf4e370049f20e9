"""Where one is signed in: labels for each place, and signing out of one or of all others."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import service
from peer.accounts.forms import DeviceForm, refuse
from peer.accounts.routes.account import account_page
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import current_actor, current_session
from peer.core import work
from peer.core.errors import Invalid


@bp.post("/account/devices/<session_id>")
@work.unit_of_work
def name_device(session_id: str) -> Page:
    """Call one of one's devices something."""
    form = DeviceForm()
    try:
        if form.validate_on_submit():
            service.name_device(current_actor(), session_id, form.label.data or "")
            flash(_("Saved."), "ok")
            return redirect(url_for("accounts.account", _anchor="devices"), 303)
        service.own_session(current_actor(), session_id)
    except Invalid as error:
        refuse(form, error, "label")
    return account_page(device=(session_id, form)), 422


@bp.post("/account/devices/<session_id>/sign-out")
@work.unit_of_work
def sign_out_device(session_id: str) -> Response:
    """Sign out of one place; of the present one as with the button for that."""
    actor = current_actor()
    service.sign_out_device(actor, session_id)
    if session_id == actor.session_id:
        current_session().sign_out()
        return redirect(url_for("accounts.sign_in", ended="signed_out"), 303)
    flash(_("That device is signed out."), "ok")
    return redirect(url_for("accounts.account", _anchor="devices"), 303)


@bp.post("/account/sign-out-elsewhere")
@work.unit_of_work
def sign_out_elsewhere() -> Response:
    """Stay signed in here, and nowhere else."""
    service.end_other_sessions(current_actor())
    flash(_("You are signed out everywhere else."), "ok")
    return redirect(url_for("accounts.account"), 303)

"""What was looked at of oneself; and, for the office, what two people look at or end together."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import service
from peer.accounts.queries import oversight
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.people import person_page
from peer.accounts.sessions import current_actor
from peer.core import i18n, work
from peer.core.errors import Conflict, Invalid, Refused
from peer.policy.oversight import DISCLOSED_WORDS, ActKind
from peer.policy.roles import Role


@bp.get("/account/disclosures")
@work.reading
def disclosures() -> str:
    """Who looked at what of mine: when, in which role, what, and why."""
    return render_template(
        "accounts/disclosures.html",
        lines=oversight.disclosures_to(current_actor().id),
        words=DISCLOSED_WORDS,
        roles={role.value: role.word for role in Role},
    )


@bp.post("/people/<account_id>/origin")
@work.unit_of_work
def ask_origin(account_id: str) -> Page:
    """Ask to look, with another person, at how somebody came here."""
    return _asked(account_id, ActKind.REVEAL_INVITATION)


@bp.post("/people/<account_id>/key")
@work.unit_of_work
def ask_key(account_id: str) -> Page:
    """Ask that somebody's data is destroyed for good."""
    return _asked(account_id, ActKind.KEY)


def _asked(account_id: str, kind: ActKind) -> Page:
    words = request.form.get("reason", "")
    try:
        act = service.propose(current_actor(), kind, account_id, reason=words)
    except (Invalid, Conflict, Refused) as error:
        return person_page(
            account_id, asking=kind, sent=words, error=i18n.said(error)
        ), error.status
    return _waits(act.id)


def _waits(act_id: str) -> Response:
    flash(_("Somebody else has to say yes to this. They have been told."), "info")
    return redirect(url_for("accounts.decision", act_id=act_id), 303)

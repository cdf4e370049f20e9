"""Invitations: made, shown once, listed, withdrawn."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries, service
from peer.accounts.forms import ROLE_HINTS, InvitationForm, refuse
from peer.accounts.models import Invitation
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import current_actor
from peer.core import clock, i18n, pages, work
from peer.core.errors import PeerError
from peer.policy import accounts as policy
from peer.policy.roles import Role


@bp.get("/invitations")
@work.reading
def invitations() -> Page:
    """Every invitation and what became of it."""
    found = queries.invitations()
    people = [who for each in found for who in (each.created_by, each.used_by) if who]
    return render_template(
        "accounts/invitations.html",
        invitations=[(each, _state(each)) for each in found],
        names=queries.names_of(people),
        rooms=dict(service.room_choices()),
        roles={role.value: _(role.word) for role in Role},
    )


def _state(invitation: Invitation) -> str:
    if invitation.used_at is not None:
        return "used"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    if invitation.expires_at <= clock.now():
        return "expired"
    return "waits" if invitation.waits else "open"


def _form() -> InvitationForm:
    form = InvitationForm()
    form.offer_choices(policy.invitable_roles(current_actor()), service.room_choices())
    return form


def _page(form: InvitationForm, *, why: str = "", error: str = "") -> str:
    return render_template(
        "accounts/invite.html", form=form, hints=ROLE_HINTS, why=why, error=error
    )


@bp.get("/invitations/new")
@work.reading
def new_invitation() -> Page:
    """What an invitation is to carry."""
    form = _form()
    if Role.MEMBER in policy.invitable_roles(current_actor()):
        form.roles.data = [Role.MEMBER.value]
    return _page(form)


@bp.post("/invitations/new")
@work.unit_of_work
def make_invitation() -> Page:
    """Make one and show its code, this once: it is kept only as a hash, so no redirect."""
    form, why = _form(), request.form.get("reason", "")
    if not form.validate_on_submit():
        return _page(form, why=why), 422
    roles = [Role(value) for value in form.roles.data or []]
    try:
        invitation, code = service.invite(
            current_actor(),
            roles,
            rooms=form.rooms.data or [],
            note=form.note.data or "",
            days=form.days.data or 0,
            reason=why,
        )
    except PeerError as error:
        if error.field == "reason":
            return _page(form, why=why, error=i18n.said(error)), 422
        refuse(form, error, "roles")
        return _page(form, why=why), 422
    return render_template(
        "accounts/invited.html",
        invitation=invitation,
        code=code,
        roles=[_(role.word) for role in roles],
        address=pages.full(url_for("accounts.join")),
    )


@bp.post("/invitations/<invitation_id>/withdraw")
@work.unit_of_work
def withdraw_invitation(invitation_id: str) -> Response:
    """Make an unused invitation unusable."""
    service.withdraw_invitation(current_actor(), invitation_id)
    flash(_("That code no longer works."), "ok")
    return redirect(url_for("accounts.invitations"), 303)

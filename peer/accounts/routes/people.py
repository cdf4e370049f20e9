"""People, for coordinators and admins: who is here, with which roles; one person."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries, service
from peer.accounts.forms import ROLE_HINTS, RolesForm, StartRecoveryForm, refuse, role_choices
from peer.accounts.models import Account
from peer.accounts.queries.ways_back import recovery_under_way, roles_ever
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import current_actor, recently_proven
from peer.core import clock, i18n, pages, work
from peer.core.errors import Conflict, Invalid
from peer.policy import accounts as policy
from peer.policy.roles import Role

_PAGE = 50


@bp.get("/people")
@work.reading
def people() -> Page:
    """Everybody by name, a page at a time, perhaps only holders of one role."""
    role, number = _chosen_role(), pages.number("page") or 1
    found = queries.people(role=role, skip=(number - 1) * _PAGE, count=_PAGE + 1)
    return _list(found[:_PAGE], role=role, page=number, more=len(found) > _PAGE)


def _chosen_role() -> Role | None:
    word = request.args.get("role", "")
    return Role(word) if word in set(Role) else None


@bp.post("/people")
@work.reading
def find_people() -> Page:
    """Those whose name holds what was asked for; by POST, so that no name is in an address."""
    called = " ".join(request.form.get("called", "").split())[:60]
    return _list(queries.people(called=called, count=_PAGE), called=called)


def _list(
    found: object, *, role: Role | None = None, called: str = "", page: int = 1, more: bool = False
) -> str:
    return render_template(
        "accounts/people.html",
        people=found,
        role=role,
        roles=list(Role),
        called=called,
        page=page,
        more=more,
        usable=queries.is_usable,
        total=queries.how_many_accounts(),
    )


@bp.get("/people/<account_id>")
@work.reading
def person(account_id: str) -> Page:
    """One person: roles and state."""
    return person_page(account_id)


def person_page(
    account_id: str,
    *,
    asking: str = "",
    sent: str = "",
    error: str = "",
    conflict: str = "",
    recovering: StartRecoveryForm | None = None,
) -> str:
    """A person's page, with what was asked for and written when that was not enough."""
    account = queries.person_here(account_id)
    form = RolesForm()
    form.roles.data = sorted(account.roles)
    return _person(
        account,
        form,
        asking=asking,
        sent=sent,
        error=error,
        conflict=conflict,
        recovering=recovering,
    )


def _person(
    account: Account,
    form: RolesForm,
    *,
    why: str = "",
    recovering: StartRecoveryForm | None = None,
    **more: str,
) -> str:
    """`more`: what was asked for, the words sent, and the error at the field they belong to."""
    actor = current_actor()
    recovery, roles = recovery_under_way(account.id), roles_ever(account)
    form.roles.choices = role_choices(Role)
    return render_template(
        "accounts/person.html",
        account=account,
        form=form,
        hints=ROLE_HINTS,
        why=why,
        invited=queries.invitation_of(account.id) is not None,
        may_share=policy.can_share_roles(actor, account.id),
        releases=service.open_releases(actor, account.id),
        disputed=service.disputed_releases(actor, account.id),
        may_record=service.may_record(actor, account.id),
        **more,
        sessions=len(queries.sessions_of(account.id)),
        usable=queries.is_usable(account),
        may_change_roles=policy.can_change_roles(actor, account.id),
        may_sign_out=policy.can_sign_out(actor, account.id, account.roles),
        recovering=recovering or StartRecoveryForm(formdata=None),
        recovery=None if recovery is None or service.has_lapsed(recovery) else recovery,
        ask_passphrase=not recently_proven(),
        may_recover=policy.can_start_recovery(actor, account.id, roles),
        may_hand_over=recovery
        and policy.can_hand_over_recovery(actor, account.id, roles, recovery.started_by),
        began=queries.names_of([recovery.started_by]) if recovery and recovery.started_by else {},
        now=clock.now(),
    )


@bp.post("/people/<account_id>/roles")
@work.unit_of_work
def change_roles(account_id: str) -> Page:
    """Give and take roles; the person signs in again to see it."""
    account = queries.person_here(account_id)
    form = RolesForm()
    form.roles.choices = role_choices(Role)
    why = request.form.get("reason", "")
    if not form.validate_on_submit():
        return _person(account, form, why=why), 422
    roles = [Role(value) for value in form.roles.data or []]
    try:
        act = service.set_roles(current_actor(), account_id, roles, reason=why)
    except (Invalid, Conflict) as error:
        if error.field == "reason":
            return _person(account, form, why=why, error=i18n.said(error)), error.status
        refuse(form, error, "roles")
        return _person(account, form, why=why), error.status
    if act is not None:
        flash(_("Somebody else has to say yes to this. They have been told."), "info")
        return redirect(url_for("accounts.decision", act_id=act.id), 303)
    flash(_("Saved. %(name)s signs in again to see it.", name=account.name), "ok")
    return redirect(url_for("accounts.person", account_id=account_id), 303)


@bp.post("/people/<account_id>/sign-out")
@work.unit_of_work
def sign_person_out(account_id: str) -> Response:
    """End every session of somebody, as when their phone is lost."""
    service.sign_person_out(current_actor(), account_id)
    flash(_("Every sign-in of theirs has ended."), "ok")
    return redirect(url_for("accounts.person", account_id=account_id), 303)

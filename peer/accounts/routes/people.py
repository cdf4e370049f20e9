"""People, for coordinators and admins: who is here, with which roles; one person."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries, service
from peer.accounts.forms import ROLE_HINTS, RolesForm, refuse, role_choices
from peer.accounts.models import Account
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import current_actor
from peer.core import pages, work
from peer.core.errors import Invalid
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
    """One person: roles, state, how they came."""
    account = queries.account_with(account_id)
    form = RolesForm()
    form.roles.data = sorted(account.roles)
    return _person(account, form)


def _person(account: Account, form: RolesForm) -> str:
    actor = current_actor()
    form.roles.choices = role_choices(Role)
    invitation = queries.invitation_of(account.id)
    inviter = queries.names_of([invitation.created_by]) if invitation else {}
    return render_template(
        "accounts/person.html",
        account=account,
        form=form,
        hints=ROLE_HINTS,
        invitation=invitation,
        inviter=next(iter(inviter.values()), ""),
        sessions=len(queries.sessions_of(account.id)),
        usable=queries.is_usable(account),
        may_change_roles=policy.can_change_roles(actor, account.id),
        may_sign_out=policy.can_sign_out(actor, account.id, account.roles),
    )


@bp.post("/people/<account_id>/roles")
@work.unit_of_work
def change_roles(account_id: str) -> Page:
    """Give and take roles; the person signs in again to see it."""
    account = queries.account_with(account_id)
    form = RolesForm()
    form.roles.choices = role_choices(Role)
    try:
        if not form.validate_on_submit():
            return _person(account, form), 422
        roles = [Role(value) for value in form.roles.data or []]
        service.set_roles(current_actor(), account_id, roles)
    except Invalid as error:
        refuse(form, error, "roles")
        return _person(account, form), 422
    flash(_("Saved. %(name)s signs in again to see it.", name=account.name), "ok")
    return redirect(url_for("accounts.person", account_id=account_id), 303)


@bp.post("/people/<account_id>/sign-out")
@work.unit_of_work
def sign_person_out(account_id: str) -> Response:
    """End every session of somebody, as when their phone is lost."""
    service.sign_person_out(current_actor(), account_id)
    flash(_("Every sign-in of theirs has ended."), "ok")
    return redirect(url_for("accounts.person", account_id=account_id), 303)

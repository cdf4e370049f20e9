"""Releases signed on paper: writing one down, and what its person says of it."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from peer.accounts import queries, service
from peer.accounts.forms import PaperReleaseForm, refuse
from peer.accounts.models import Account
from peer.accounts.queries import oversight
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.people import person_page
from peer.accounts.routes.releases import own_releases
from peer.accounts.routes.unlocking import proven_again
from peer.accounts.sessions import current_actor, recently_proven, unlock_address
from peer.core import i18n, work
from peer.core.errors import Conflict, Invalid, Refused
from peer.core.words import N_
from peer.policy.oversight import PAPER_DAYS, RELEASABLE
from peer.policy.roles import require

_USUAL = timedelta(days=13)
_HEARD = {
    service.Heard.OFFICE: N_("Ended. Nothing is handed on, and somebody else looks into it."),
    service.Heard.MODERATORS: N_(
        "Ended. Nothing is handed on. Nobody else looks after papers here just now, so the moderators have been told."
    ),
    service.Heard.NOBODY: N_(
        "Ended. Nothing is handed on. Nobody else looks after this place just now, so nobody here could look into it. The help page names people outside."
    ),
}

# --- the office -----------------------------------------------------------------------------------


@bp.get("/people/<account_id>/paper")
@work.reading
def paper_release(account_id: str) -> Page:
    """What stands on the paper."""
    account = _person_with_papers(account_id)
    form = _form()
    if form.signed_on.data is None:
        form.signed_on.data = service.today_of(current_actor())
        form.last_day.data = form.signed_on.data + _USUAL
    return _page(account, form)


def _person_with_papers(account_id: str) -> Account:
    account = queries.person_here(account_id)
    require(service.may_record(current_actor(), account_id))
    return account


def _form() -> PaperReleaseForm:
    form = PaperReleaseForm()
    form.parts.choices = {key: _(title) for key, title in RELEASABLE.items()}
    return form


def _page(account: Account, form: PaperReleaseForm) -> str:
    return render_template(
        "accounts/paper.html",
        account=account,
        form=form,
        ask_passphrase=not recently_proven(),
        days=PAPER_DAYS,
    )


@bp.post("/people/<account_id>/paper")
def record_release(account_id: str) -> Page:
    """Write it down, once the passphrase was given; its person reads of it."""
    with work.begin(writes=False):
        account, form = _person_with_papers(account_id), _form()
    if form.validate_on_submit() and (recently_proven() or proven_again(form.passphrase)):
        try:
            with work.begin():
                service.record_release(current_actor(), account_id, _paper(form))
        except Invalid as error:
            refuse(form, error, "agency")
        else:
            flash(_("Written down. They can read it, and say no."), "ok")
            return redirect(url_for("accounts.person", account_id=account_id), 303)
    with work.begin(writes=False):
        return _page(account, form), 422


def _paper(form: PaperReleaseForm) -> service.Paper:
    signed_on, last_day = form.signed_on.data, form.last_day.data
    if signed_on is None or last_day is None:
        raise ValueError("a form without its days is not valid")
    return service.Paper(
        agency=form.agency.data or "",
        purpose=form.purpose.data or "",
        parts=form.parts.data or [],
        signed_on=signed_on,
        last_day=last_day,
        where_kept=form.where_kept.data or "",
    )


@bp.post("/releases/<release_id>/end")
@work.unit_of_work
def end_release(release_id: str) -> Page:
    """End one for somebody who said so, at once."""
    whose = oversight.release_with(release_id).account_id
    try:
        service.end_release_for(current_actor(), release_id)
    except (Conflict, Refused) as error:
        return person_page(whose, conflict=i18n.said(error)), error.status
    flash(_("Ended. Nothing more is handed on."), "ok")
    return redirect(url_for("accounts.person", account_id=whose), 303)


@bp.post("/releases/<release_id>/looked-into")
@work.unit_of_work
def look_into(release_id: str) -> Page:
    """Say that I looked into a paper that its person did not sign."""
    whose = oversight.release_with(release_id).account_id
    try:
        service.look_into(current_actor(), release_id)
    except (Conflict, Refused) as error:
        return person_page(whose, conflict=i18n.said(error)), error.status
    flash(_("Noted. It is on record, and they can read that you looked into it."), "ok")
    return redirect(url_for("accounts.person", account_id=whose), 303)


# --- the person -----------------------------------------------------------------------------------


@bp.post("/account/releases/<release_id>/confirm")
def confirm_release(release_id: str) -> Page:
    """Say that the paper is mine, soon after the passphrase was given."""
    try:
        with work.begin(writes=False):
            service.check_confirming(current_actor(), release_id)
        if not recently_proven():
            back = url_for("accounts.releases", once_more=release_id)
            return redirect(unlock_address(back), 303)
        with work.begin():
            service.confirm_release(current_actor(), release_id)
    except Conflict as error:
        return _not_any_more(error)
    flash(_("Noted: it is yours. You can still take it back at any time, here."), "ok")
    return redirect(url_for("accounts.releases"), 303)


@bp.post("/account/releases/<release_id>/dispute")
def dispute_release(release_id: str) -> Page:
    """Say that I signed no such paper."""
    try:
        with work.begin():
            heard = service.dispute_release(current_actor(), release_id)
    except Conflict as error:
        return _not_any_more(error)
    flash(_(_HEARD[heard]), "ok")
    return redirect(url_for("accounts.releases"), 303)


@work.reading
def _not_any_more(error: Conflict) -> Page:
    return own_releases(conflict=i18n.said(error)), 409

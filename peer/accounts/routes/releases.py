"""Releases: what a person lets be handed on; and, for the office, handing it on under one."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from peer.accounts import queries, service
from peer.accounts.forms import ReleaseForm, refuse
from peer.accounts.models.oversight import Release
from peer.accounts.queries import oversight
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.files import data_file
from peer.accounts.routes.people import person_page
from peer.accounts.routes.unlocking import proven_again
from peer.accounts.sessions import current_actor
from peer.core import clock, i18n, work
from peer.core.errors import Conflict, Invalid, Refused
from peer.policy.oversight import ENDING_WORDS, can_confirm_release

FORMAT = "commonroom.release/1"

# --- one's own ------------------------------------------------------------------------------------


@bp.get("/account/releases")
@work.reading
def releases() -> Page:
    """What I allowed, how it stands, what left under it; and allowing something."""
    return own_releases()


def _form() -> ReleaseForm:
    form = ReleaseForm()
    form.parts.choices = {key: _(title) for key, title in service.parts_of(current_actor().id)}
    return form


def own_releases(form: ReleaseForm | None = None, *, conflict: str = "") -> str:
    """The page of one's own releases; `conflict`: what could not be done any more."""
    given = oversight.releases_of(current_actor().id)
    return render_template(
        "accounts/releases.html",
        form=form or _form(),
        given=given,
        recorders=queries.names_of(each.recorded_by for each in given if each.recorded_by),
        endings=ENDING_WORDS,
        now=clock.now(),
        exports={each.id: oversight.exports_under(each.id) for each in given},
        titles=service.titles_of,
        is_open=service.is_open,
        conflict=conflict,
        once_more=_not_confirmed_yet(given),
    )


def _not_confirmed_yet(given: Sequence[Release]) -> bool:
    """Whether somebody was sent for the passphrase when they said that a paper is theirs."""
    wanted, at = request.args.get("once_more", ""), clock.now()
    actor = current_actor()
    return any(each.id == wanted and can_confirm_release(actor, each, at) for each in given)


@bp.post("/account/releases")
def give_release() -> Page:
    """Allow it, once the passphrase was given."""
    with work.begin(writes=False):
        form = _form()
    if form.validate_on_submit() and proven_again(form.passphrase):
        try:
            with work.begin():
                service.give_release(
                    current_actor(),
                    agency=form.agency.data or "",
                    purpose=form.purpose.data or "",
                    parts=form.parts.data or [],
                    days=form.days.data or 0,
                )
        except Invalid as error:
            refuse(form, error, "agency")
        else:
            flash(_("Allowed. You can take it back at any time, here."), "ok")
            return redirect(url_for("accounts.releases"), 303)
    with work.begin(writes=False):
        return own_releases(form), 422


@bp.post("/account/releases/<release_id>/withdraw")
@work.unit_of_work
def withdraw_release(release_id: str) -> Page:
    """Take it back, at once."""
    try:
        service.end_release(current_actor(), release_id)
    except Conflict as error:
        return own_releases(conflict=i18n.said(error)), 409
    flash(_("Taken back. Nothing more is handed on."), "ok")
    return redirect(url_for("accounts.releases"), 303)


# --- the office -----------------------------------------------------------------------------------


@bp.post("/releases/<release_id>/export")
@work.unit_of_work
def ask_export(release_id: str) -> Page:
    """Ask, with another person, to hand on what a release names."""
    words = request.form.get("reason", "")
    try:
        act = service.ask_export(current_actor(), release_id, words)
    except Invalid as error:
        whose = oversight.release_with(release_id).account_id
        said = i18n.said(error)
        return person_page(whose, asking=release_id, sent=words, error=said), 422
    except (Conflict, Refused) as error:
        whose = oversight.release_with(release_id).account_id
        return person_page(whose, conflict=i18n.said(error)), error.status
    flash(_("Somebody else has to say yes to this. They have been told."), "info")
    return redirect(url_for("accounts.decision", act_id=act.id), 303)


@bp.post("/exports/<export_id>/file")
@work.unit_of_work
def take_export(export_id: str) -> Page:
    """The file, to read or as JSON; again for an hour, should the download break off."""
    try:
        release, sections = service.collect(current_actor(), export_id)
    except (Conflict, Refused) as error:
        whose = oversight.export_with(export_id).account_id
        return person_page(whose, conflict=i18n.said(error)), error.status
    return data_file(
        request.form.get("kind", ""),
        sections,
        form=FORMAT,
        page="accounts/release_file.html",
        lead={
            "agency": release.agency,
            "purpose": release.purpose,
            "released_until": release.until.isoformat(),
        },
        release=release,
    )

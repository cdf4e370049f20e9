"""A person's own account: how pages look, the passphrase, where they are signed in."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from peer.accounts import queries, service
from peer.accounts.forms import CoverForm, DeviceForm, PassphraseForm, PreferencesForm, asked_again
from peer.accounts.queries.factors import factors_of
from peer.accounts.queries.ways_back import codes_left
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import (
    current_actor,
    current_private_key,
    current_session,
    held_person,
)
from peer.core import limits, watch, work


@bp.get("/account")
def account() -> Page:
    """Everything about oneself on one page."""
    return account_page()


def _preferences() -> PreferencesForm:
    with work.begin(writes=False):
        form = PreferencesForm(obj=queries.account_with(current_actor().id))
    form.offer_choices(current_app.config["PEER"].locales)
    return form


def _passphrase() -> PassphraseForm:
    form = PassphraseForm()
    form.whose = current_actor().name
    form.offer(fresh=asked_again() == "words")
    return form


@work.reading
def account_page(
    *,
    preferences: PreferencesForm | None = None,
    passphrase: PassphraseForm | None = None,
    cover: CoverForm | None = None,
    device: tuple[str, DeviceForm] | None = None,
) -> str:
    """The page, with one of its forms as it was sent."""
    actor = current_actor()
    mine = queries.account_with(actor.id)
    return render_template(
        "accounts/account.html",
        preferences=preferences or _preferences(),
        passphrase=passphrase or _passphrase(),
        cover=cover or CoverForm(formdata=None, minutes=mine.cover_minutes),
        account=mine,
        devices=queries.sessions_of(actor.id),
        here=actor.session_id,
        device=device,
        codes_left=codes_left(actor.id),
        factors=factors_of(actor.id),
    )


@bp.post("/account")
def change_preferences() -> Page:
    """Change language, time zone and theme; the page after it shows them."""
    form = _preferences()
    if not form.validate_on_submit():
        return account_page(preferences=form), 422
    locale, theme = form.locale.data, form.theme.data
    with work.begin():
        service.change_preferences(
            current_actor(), locale=locale, timezone=form.timezone.data or "", theme=theme
        )
    current_session()["lang"] = locale
    flash(_("Saved."), "ok")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/passphrase")
def change_passphrase() -> Page:
    """Change the passphrase, when the one of now is right; other devices are signed out."""
    actor, form = current_actor(), _passphrase()
    if asked_again():
        return account_page(passphrase=form)
    limits.spend("10/minute", "passphrase", actor.id)
    if form.validate_on_submit():
        proof = service.prove(actor.id, form.current.data or "")
        if proof is not None:
            lock = service.new_lock(form.chosen)
            with work.begin():
                actor = held_person()
                codes = codes_left(actor.id)
                key = service.change_passphrase(actor, proof, lock) or current_private_key()
                token = service.renew_session(actor.session_id or "", key)
            watch.noticed("passphrase_changed", who=actor.id)
            current_session().renew(token, key)
            flash(_("Your passphrase is changed. Other devices are signed out."), "ok")
            if codes:
                flash(
                    _("Your old recovery codes do not work any more. You can make new ones here."),
                    "info",
                )
                return redirect(url_for("accounts.codes"), 303)
            return redirect(url_for("accounts.account"), 303)
        watch.refused("proof_failed", who=actor.id, how="passphrase")
        form.current.errors = [_("That is not the passphrase you use now.")]
    return account_page(passphrase=form), 422

"""A person's own account: how pages look, the passphrase, where they are signed in."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries, service
from peer.accounts.forms import PassphraseForm, PreferencesForm, asked_again
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.sessions import current_actor, current_session
from peer.core import limits, work
from peer.core.secrets import hash_passphrase, passphrase_fits


@bp.get("/account")
def account() -> Page:
    """Everything about oneself on one page."""
    return _page(_preferences(), _passphrase())


def _preferences() -> PreferencesForm:
    with work.begin(writes=False):
        form = PreferencesForm(obj=queries.account_with(current_actor().id))
    form.offer_choices(current_app.config["PEER"].locales)
    return form


def _passphrase() -> PassphraseForm:
    form = PassphraseForm()
    form.offer(fresh=asked_again() == "words")
    return form


@work.reading
def _page(preferences: PreferencesForm, passphrase: PassphraseForm) -> str:
    actor = current_actor()
    return render_template(
        "accounts/account.html",
        preferences=preferences,
        passphrase=passphrase,
        account=queries.account_with(actor.id),
        sessions=len(queries.sessions_of(actor.id)),
    )


@bp.post("/account")
def change_preferences() -> Page:
    """Change language, time zone and theme; the page after it shows them."""
    form = _preferences()
    if not form.validate_on_submit():
        return _page(form, _passphrase()), 422
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
        return _page(_preferences(), form)
    if form.validate_on_submit():
        limits.spend("10/minute", "passphrase", actor.id)
        if _is_theirs(actor.id, form.current.data or ""):
            hashed = hash_passphrase(form.chosen)
            with work.begin():
                service.change_passphrase(actor, hashed)
            flash(_("Your passphrase is changed. Other devices are signed out."), "ok")
            return redirect(url_for("accounts.account"), 303)
        form.current.errors = [_("That is not the passphrase you use now.")]
    return _page(_preferences(), form), 422


def _is_theirs(account_id: str, passphrase: str) -> bool:
    with work.begin(writes=False):
        stored = queries.account_with(account_id).passphrase_hash
    return passphrase_fits(stored, passphrase)


@bp.post("/account/sign-out-elsewhere")
@work.unit_of_work
def sign_out_elsewhere() -> Response:
    """Stay signed in here, and nowhere else."""
    service.end_other_sessions(current_actor())
    flash(_("You are signed out everywhere else."), "ok")
    return redirect(url_for("accounts.account"), 303)

"""Second factors: which there are, adding one, taking one away."""

import io
from collections.abc import Callable
from functools import wraps

import pyotp
import segno
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from peer.accounts import service
from peer.accounts.forms import (
    AppCodeForm,
    FactorForm,
    OncePassphraseForm,
    PasskeyForm,
    refuse,
)
from peer.accounts.models import Factor, FactorKind
from peer.accounts.queries.factors import factor_being_added, factor_for, factors_of
from peer.accounts.queries.ways_back import codes_left
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.second import address, opened
from peer.accounts.routes.unlocking import proven_again
from peer.accounts.sessions import (
    current_actor,
    current_person,
    current_session,
    held_person,
    recently_proven,
)
from peer.core import work
from peer.core.errors import Invalid, NotFound, PeerError
from peer.policy import accounts as policy


def _form() -> FactorForm:
    form = FactorForm()
    form.offer_kinds(passkeys=address().takes_passkeys)
    return form


@bp.get("/account/second-factor")
def factors() -> Page:
    """What there is, and what can be added."""
    return _page(_form(), OncePassphraseForm())


@work.reading
def _page(form: FactorForm, removing: OncePassphraseForm) -> str:
    person = current_person()
    return render_template(
        "accounts/factors.html",
        form=form,
        removing=removing,
        factors=factors_of(person.id),
        needed=policy.needs_second_factor(person.roles),
        setting_up=current_session().waiting is not None,
        ask=not _just_signed_in(),
        here=address(),
    )


def _just_signed_in() -> bool:
    """Who has to set one up gave the passphrase a moment ago, and is not asked again."""
    return current_session().waiting is not None and recently_proven()


@bp.post("/account/second-factor")
def add_factor() -> Page:
    """Begin one, when the passphrase is right; the next page goes on with it."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form, OncePassphraseForm()), 422
    if not (_just_signed_in() or proven_again(form.passphrase)):
        return _page(form, OncePassphraseForm()), 422
    kind = FactorKind(form.kind.data)
    try:
        with work.begin():
            service.begin_factor(held_person(), kind, form.label.data or "")
    except PeerError as error:
        refuse(form, error, "label")
        return _page(form, OncePassphraseForm()), error.status
    return redirect(url_for("accounts.app" if kind == FactorKind.APP else "accounts.passkey"), 303)


def _being_added(kind: FactorKind) -> Factor:
    """What the person began in this browser, in the last minutes."""
    if not recently_proven():
        raise NotFound()
    return factor_being_added(current_person().id, kind)


def _begun(page: Callable[[], Page]) -> Callable[[], Page]:
    """Lead whoever has begun nothing, or too long ago, back to where one begins."""

    @wraps(page)
    def wrapped() -> Page:
        try:
            return page()
        except NotFound:
            return redirect(url_for("accounts.factors"), 303)

    return wrapped


@bp.get("/account/second-factor/app")
@_begun
@work.reading
def app() -> Page:
    """The picture to point the app at, and the same as text."""
    return _app_page(AppCodeForm())


def _app_page(form: AppCodeForm) -> str:
    found = _being_added(FactorKind.APP)
    # No name of this place and none of the person: the app's list may be seen by others.
    uri = pyotp.TOTP(found.secret).provisioning_uri(name=found.label)
    return render_template(
        "accounts/factor_app.html",
        form=form,
        picture=_picture(uri),
        secret=" ".join(found.secret[at : at + 4] for at in range(0, len(found.secret), 4)),
        label=found.label,
    )


def _picture(uri: str) -> Markup:
    """A QR code as inline SVG: segno's own markup, of attributes only, as the policy wants it."""
    drawn = io.BytesIO()
    segno.make(uri, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, nl=False, border=4, omitsize=True,
        svgclass="qr__code", lineclass=None, dark="#000", light="#fff",
    )  # fmt: skip
    # Made of squares, not of words.
    return Markup(drawn.getvalue().decode())  # noqa: S704 # nosec B704


@bp.post("/account/second-factor/app")
@_begun
def confirm_app() -> Page:
    """Have the app count once it shows the right code."""
    form = AppCodeForm()
    with work.begin(writes=False):
        _being_added(FactorKind.APP)
    if form.validate_on_submit():
        try:
            with work.begin():
                service.confirm_app(held_person(), form.code.data or "")
        except Invalid as error:
            refuse(form, error, "code")
        else:
            return _added()
    with work.begin(writes=False):
        return _app_page(form), 422


@bp.get("/account/second-factor/passkey")
@_begun
def passkey() -> Page:
    """The page whose script has the device make a passkey."""
    return _passkey_page(PasskeyForm())


@work.unit_of_work
def _passkey_page(form: PasskeyForm) -> str:
    found = _being_added(FactorKind.PASSKEY)
    options = service.offer_to_make(current_person(), address())
    return render_template(
        "accounts/factor_passkey.html", form=form, options=options, label=found.label
    )


@bp.post("/account/second-factor/passkey")
@_begun
def confirm_passkey() -> Page:
    """Have the passkey count once the device made it for this place."""
    form = PasskeyForm()
    with work.begin(writes=False):
        _being_added(FactorKind.PASSKEY)
    if form.validate_on_submit():
        with work.begin():
            challenge = service.take_challenge(current_person())
        try:
            with work.begin():
                service.confirm_passkey(held_person(), form.answer.data or "", challenge, address())
        except Invalid as error:
            refuse(form, error, "answer")
        else:
            return _added()
    return _passkey_page(form), 422


def _added() -> Response:
    with work.begin(writes=False):
        codes = codes_left(current_person().id)
    flash(_("It counts from now on. Other devices are signed out."), "ok")
    if not codes:
        return opened(to=url_for("accounts.codes"))
    return opened(to=current_session().pop("then", url_for("accounts.factors")))


@bp.post("/account/second-factor/<factor_id>/remove")
def remove_factor(factor_id: str) -> Page:
    """Take one away, when the passphrase is right."""
    actor, form = current_actor(), OncePassphraseForm()
    with work.begin(writes=False):
        factor_for(actor.id, factor_id)
    if not form.validate_on_submit() or not proven_again(form.passphrase):
        return _page(_form(), form), 422
    with work.begin():
        service.remove_factor(held_person(), factor_id)
    flash(_("It is taken away. Other devices are signed out."), "ok")
    return redirect(url_for("accounts.factors"), 303)

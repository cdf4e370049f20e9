"""Signing in, the second factor, and ways back."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from peer.accounts.forms.joining import NewPassphrase
from peer.accounts.models import FactorKind


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Name and passphrase."""

    username = StringField(_l("Name you use here"), validators=[InputRequired(), Length(max=60)])
    passphrase = PasswordField(_l("Passphrase"), validators=[InputRequired(), Length(max=200)])


class UnlockForm(FlaskForm):  # type: ignore[misc]
    """The passphrase once more, and where to go on."""

    passphrase = PasswordField(_l("Passphrase"), validators=[InputRequired(), Length(max=200)])
    next = HiddenField(validators=[Length(max=500)])


class OncePassphraseForm(FlaskForm):  # type: ignore[misc]
    """The passphrase, asked for before something that changes who gets in."""

    passphrase = PasswordField(
        _l("Passphrase you use now"), validators=[InputRequired(), Length(max=200)]
    )


class FactorForm(FlaskForm):  # type: ignore[misc]
    """What kind of second factor is to be added, and what its person calls it."""

    kind = RadioField(_l("What would you like to add?"), default=FactorKind.APP.value)
    label = StringField(
        _l("A word for it"),
        validators=[InputRequired(_l("A word of your own, up to 30 characters.")), Length(max=200)],
        description=_l(
            "Your app or device will show this word. Choose one that tells nobody anything."
        ),
    )
    passphrase = PasswordField(_l("Passphrase you use now"), validators=[Length(max=200)])

    def offer_kinds(self, *, passkeys: bool) -> None:
        """Offer what works here."""
        self.kind.choices = {FactorKind.APP.value: _("An app that shows codes")}
        if passkeys:
            self.kind.choices[FactorKind.PASSKEY.value] = _("A passkey")


class AppCodeForm(FlaskForm):  # type: ignore[misc]
    """The six figures that an app shows just now."""

    code = StringField(
        _l("The six figures it shows now"), validators=[InputRequired(), Length(max=20)]
    )


class PasskeyForm(FlaskForm):  # type: ignore[misc]
    """What a device answered."""

    answer = HiddenField(validators=[InputRequired(), Length(max=20_000)])


class SecondForm(FlaskForm):  # type: ignore[misc]
    """One of three: figures of an app, what a passkey signed, or a recovery code."""

    code = StringField(_l("The six figures it shows now"), validators=[Length(max=20)])
    answer = HiddenField(validators=[Length(max=20_000)])
    recovery = StringField(_l("Recovery code"), validators=[Length(max=60)])


class RecoverForm(FlaskForm, NewPassphrase):  # type: ignore[misc]
    """A name, a code, and the next passphrase."""

    username = StringField(_l("Name you use here"), validators=[InputRequired(), Length(max=60)])
    code = StringField(_l("Code"), validators=[InputRequired(), Length(max=60)])
    lose = BooleanField(_l("I know that my private pages will be gone"))

    @property
    def known(self) -> list[str]:
        """The name they say they have."""
        return [self.username.data or ""]

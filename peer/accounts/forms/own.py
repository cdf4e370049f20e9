"""One's own devices, the cover page, one's own data and erasing."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from peer.accounts import service
from peer.accounts.forms.signing import PasskeyForm


class DeviceForm(FlaskForm):  # type: ignore[misc]
    """What a person calls a place where they are signed in."""

    label = StringField(
        _l("What you call it"),
        validators=[Length(max=service.LONGEST_LABEL, message=_l("Up to 40 characters fit here."))],
    )


class CoverForm(FlaskForm):  # type: ignore[misc]
    """After how long without use pages are covered."""

    minutes = SelectField(_l("Cover pages"), coerce=int)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.minutes.choices = [
            (n, ngettext("after %(num)d minute", "after %(num)d minutes", n) if n else _("never"))
            for n in range(service.MOST_COVER_MINUTES + 1)
        ]


class UncoverForm(FlaskForm):  # type: ignore[misc]
    """The passphrase that takes the cover off; the page does not say what it is for."""

    passphrase = PasswordField(_l("Locked notes"), validators=[InputRequired(), Length(max=200)])


class DataForm(FlaskForm):  # type: ignore[misc]
    """The passphrase once more, and which of the two files."""

    passphrase = PasswordField(_l("Your passphrase"), validators=[InputRequired(), Length(max=200)])
    kind = RadioField(
        _l("Which file"),
        choices=[
            SelectChoice("html", _l("To read: opens in any browser")),
            SelectChoice("json", _l("For programs: the same, as JSON")),
        ],
        default="html",
    )


class EraseForm(FlaskForm):  # type: ignore[misc]
    """The passphrase once more, and a tick."""

    passphrase = PasswordField(_l("Your passphrase"), validators=[InputRequired(), Length(max=200)])
    sure = BooleanField(
        _l("Erase my account and everything of mine"),
        validators=[InputRequired(_l("Please tick this if you want it to go."))],
    )


class ErasePausedForm(EraseForm):
    """The same for somebody who cannot come in: by the name they use here."""

    username = StringField(_l("Name you use here"), validators=[InputRequired(), Length(max=60)])
    second = StringField(
        _l("Code of your app, or a recovery code"),
        validators=[Length(max=60)],
        description=_l("Only if you set up a second step for signing in."),
    )


class ErasePasskeyForm(PasskeyForm):
    """What a device answered, and the slip that says what it was asked."""

    slip = HiddenField(validators=[InputRequired(), Length(max=1000)])


class ReceiptForm(FlaskForm):  # type: ignore[misc]
    """The code of a receipt."""

    code = StringField(
        _l("Code of the receipt"),
        validators=[InputRequired(), Length(max=60)],
        description=_l("Five groups of four signs. Small letters and spaces are fine."),
    )

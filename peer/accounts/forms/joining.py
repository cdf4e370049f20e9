"""Joining: a code, a name, a passphrase; and what of it can be changed later."""

import re
from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import PasswordInput

from peer.accounts import service
from peer.accounts.forms.choices import LongSelect, language_choices, zone_choices
from peer.core import i18n
from peer.core.errors import PeerError

_OFFERED_NAMES = re.compile(r"[A-Z][a-z]+-[A-Z][a-z]+(?: [A-Z][a-z]+-[A-Z][a-z]+){0,9}")


class NewPassphrase(Form):
    """Words we offer, or words of one's own; covered while written, and shown when asked to be."""

    offered = HiddenField(validators=[Length(max=200)])
    use_offered = BooleanField(_l("Use these words"))
    passphrase = StringField(
        _l("Or words of your own"),
        validators=[Length(max=200)],
        widget=PasswordInput(hide_value=False),  # what was written is not lost with an error
    )

    def offer(self, *, fresh: bool) -> None:
        """Offer words; other ones when `fresh`."""
        if fresh or not self.offered.data:
            self.offered.data = service.offered_passphrase()
            self.use_offered.data = False

    def validate_passphrase(self, field: Field) -> None:
        """Exactly one of the two, and good enough."""
        own = field.data or ""
        if own and self.use_offered.data:
            raise ValidationError(
                _("You ticked the offered words and wrote words of your own. Keep one of them.")
            )
        try:
            service.checked_passphrase(self.chosen, self.known)
        except PeerError as error:
            raise ValidationError(i18n.said(error)) from None

    @property
    def known(self) -> list[str]:
        """What others know of the person, which makes no passphrase stronger."""
        return []

    @property
    def chosen(self) -> str:
        """The passphrase the person decided on; empty when they did not."""
        words = self.offered.data if self.use_offered.data else self.passphrase.data
        return words or ""


class PlaceAndTime(Form):
    """The language and the time zone of a person."""

    locale = SelectField(_l("Language of the pages"))
    timezone = SelectField(
        _l("Where your clock is"),
        validate_choice=False,
        widget=LongSelect(),
        description=_l(
            "Used to show times as your clock shows them. A city in the same zone is fine."
        ),
    )

    def offer_choices(self, locales: Iterable[str]) -> None:
        """Fill both lists, in the language of the page."""
        self.locale.choices = language_choices(locales)
        self.timezone.choices = zone_choices(self.timezone.data or "")


class JoinForm(FlaskForm, NewPassphrase, PlaceAndTime):  # type: ignore[misc]
    """A code, and who to be here."""

    code = StringField(
        _l("Invitation code"),
        validators=[InputRequired(_l("The code opens the door.")), Length(max=60)],
        description=_l("Five groups of four signs. Small letters and spaces are fine."),
    )
    names = HiddenField(validators=[Length(max=400)])
    suggestion = RadioField(_l("Take one of these"), validate_choice=False)
    name = StringField(_l("Or a name of your own"), validators=[Length(max=60)])

    def offer_names(self, *, fresh: bool) -> None:
        """Offer names; other ones when `fresh`."""
        if fresh or not _OFFERED_NAMES.fullmatch(self.names.data or ""):
            self.names.data = " ".join(service.offered_names())
            self.suggestion.data = None
        self.suggestion.choices = {name: name for name in str(self.names.data).split()}

    def validate_name(self, field: Field) -> None:
        """A name that may be used; whether it is free is found out when joining."""
        try:
            service.checked_name(self.chosen_name)
        except PeerError as error:
            raise ValidationError(i18n.said(error)) from None

    @property
    def known(self) -> list[str]:
        """The name they are about to have."""
        return [self.chosen_name]

    @property
    def chosen_name(self) -> str:
        """What the person wrote, else what they picked."""
        return (self.name.data or "").strip() or self.suggestion.data or ""


class PreferencesForm(FlaskForm, PlaceAndTime):  # type: ignore[misc]
    """How pages look to a person."""

    theme = RadioField(_l("Light or dark"), default="")

    def offer_choices(self, locales: Iterable[str]) -> None:
        """Fill every list, in the language of the page."""
        super().offer_choices(locales)
        self.theme.choices = {
            "": _("As the device does"),
            "light": _("Light"),
            "dark": _("Dark"),
        }


class PassphraseForm(FlaskForm, NewPassphrase):  # type: ignore[misc]
    """The passphrase of now, and the next one."""

    current = PasswordField(
        _l("Passphrase you use now"), validators=[InputRequired(), Length(max=200)]
    )
    whose = ""  # the pseudonym of who changes it

    @property
    def known(self) -> list[str]:
        """The name they have."""
        return [self.whose]

"""The shape of what people send about accounts."""

import re
from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from peer.accounts import service
from peer.core import i18n, zones
from peer.core.errors import PeerError
from peer.policy.roles import Role

_REGIONS = {
    "Africa": _l("Africa"),
    "America": _l("Americas"),
    "Antarctica": _l("Antarctica"),
    "Arctic": _l("Arctic"),
    "Asia": _l("Asia"),
    "Atlantic": _l("Atlantic"),
    "Australia": _l("Australia"),
    "Europe": _l("Europe"),
    "Indian": _l("Indian Ocean"),
    "Pacific": _l("Pacific"),
}
_OFFERED_NAMES = re.compile(r"[A-Z][a-z]+-[A-Z][a-z]+(?: [A-Z][a-z]+-[A-Z][a-z]+){0,9}")
ROLE_HINTS = {
    Role.MEMBER: _l("Takes part in rooms, and may ask for a mentor."),
    Role.MENTOR: _l("A volunteer who meets their own mentees, once vetted."),
    Role.FACILITATOR: _l("Opens rooms and looks after them."),
    Role.MODERATOR: _l("Looks at what was reported and decides."),
    Role.COORDINATOR: _l("Invites people and brings members and mentors together."),
    Role.ADMIN: _l("Looks after the installation and who holds which role."),
}


def refuse(form: FlaskForm, error: PeerError, field: str) -> None:
    """Show `error` at the field it names, or at `field`."""
    place: Field = getattr(form, error.field or field)
    place.errors = [*place.errors, i18n.said(error)]


def zone_choices(chosen: str = "") -> dict[str, dict[str, str]]:
    """World time, and every offered zone under its region; `chosen` too, if it has an old name."""
    found: dict[str, dict[str, str]] = {_("Anywhere"): {"UTC": _("World time (UTC)")}}
    if chosen not in zones.offered() and zones.known(chosen) == chosen != "UTC":
        found[_("As it is now")] = {chosen: zones.city_of(chosen, i18n.current_code())}
    for zone, city, region in zones.named(i18n.current_code()):
        found.setdefault(str(_REGIONS[region]), {})[zone] = city
    return found


def language_choices(codes: Iterable[str]) -> dict[str, str]:
    """The languages of the site, each in its own words."""
    return {code: i18n.own_name(code) for code in codes}


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Name and passphrase."""

    username = StringField(_l("Name you use here"), validators=[InputRequired(), Length(max=60)])
    passphrase = PasswordField(_l("Passphrase"), validators=[InputRequired(), Length(max=200)])


class NewPassphrase(Form):
    """Words we offer, or words of one's own; seen while written, as there is no second chance."""

    offered = HiddenField()
    use_offered = BooleanField(_l("Use these words"))
    passphrase = StringField(_l("Or words of your own"), validators=[Length(max=200)])

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
            service.checked_passphrase(self.chosen)
        except PeerError as error:
            raise ValidationError(i18n.said(error)) from None

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
    names = HiddenField()
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


class InvitationForm(FlaskForm):  # type: ignore[misc]
    """What an invitation carries."""

    roles = SelectMultipleField(_l("What will they be here for?"))
    rooms = SelectMultipleField(
        _l("Rooms they can enter at once"), description=_l("They can leave them again.")
    )
    days = IntegerField(
        _l("Days the code works"),
        default=service.INVITATION_DAYS,
        validators=[
            InputRequired(_l("From 1 to 90 days.")),
            NumberRange(1, 90, _l("From 1 to 90 days.")),
        ],
    )
    note = StringField(
        _l("Note for yourself"),
        validators=[Optional(), Length(max=80)],
        description=_l(
            "So that you know which is which. Please no names, and nothing that tells who it is for."
        ),
    )

    def offer_choices(self, roles: Iterable[Role], rooms: Iterable[tuple[str, str]]) -> None:
        """Offer what this person may put into an invitation."""
        self.roles.choices = role_choices(roles)
        self.rooms.choices = dict(rooms)


class RolesForm(FlaskForm):  # type: ignore[misc]
    """The roles a person is to hold."""

    roles = SelectMultipleField(_l("Roles"))


def role_choices(roles: Iterable[Role]) -> dict[str, str]:
    """Roles and what they are called, in the order in which they are explained."""
    wanted = set(roles)
    return {role.value: _(role.word) for role in Role if role in wanted}


def asked_again() -> str:
    """Which offer the person wants to see others of: "names", "words" or none."""
    return str(request.form.get("again", ""))

"""What forms offer, and how an error is shown at its field."""

from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import Select

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
_CHOICE = Markup('<option value="%s">%s</option>')
_CHOSEN = Markup('<option selected value="%s">%s</option>')


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


def asked_again() -> str:
    """Which offer the person wants to see others of: "names", "words" or none."""
    return str(request.form.get("again", ""))


def zone_choices(chosen: str = "") -> dict[str, dict[str, str]]:
    """World time, and every offered zone under its region; `chosen` too, if it has an old name."""
    found: dict[str, dict[str, str]] = {_("Anywhere"): {"UTC": _("World time (UTC)")}}
    if chosen not in zones.offered() and zones.known(chosen) == chosen != "UTC":
        found[_("As it is now")] = {chosen: zones.city_of(chosen, i18n.current_code())}
    regions = {region: str(label) for region, label in _REGIONS.items()}
    for zone, city, region in zones.named(i18n.current_code()):
        found.setdefault(regions[region], {})[zone] = city
    return found


class LongSelect(Select):
    """A list of hundreds: its options carry no attributes of their own, and take half the time."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **_kwargs: object) -> Markup:  # type: ignore[override]
        """One choice; the stubs are of an earlier WTForms."""
        return (_CHOSEN if choice.selected else _CHOICE) % (choice.value, choice.label)


def language_choices(codes: Iterable[str]) -> dict[str, str]:
    """The languages of the site, each in its own words."""
    return {code: i18n.own_name(code) for code in codes}


def role_choices(roles: Iterable[Role]) -> dict[str, str]:
    """Roles and what they are called, in the order in which they are explained."""
    wanted = set(roles)
    return {role.value: _(role.word) for role in Role if role in wanted}

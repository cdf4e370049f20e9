"""What coordinators and admins send about people."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from peer.accounts import service
from peer.accounts.forms.choices import role_choices
from peer.policy.roles import Role


class StartRecoveryForm(FlaskForm):  # type: ignore[misc]
    """Why somebody is to be let back in, and that it is really them."""

    reason = TextAreaField(
        _l("How do you know that it is them?"),
        validators=[
            InputRequired(_l("Write in a sentence how you know that it is them.")),
            Length(max=500),
        ],
        description=_l("No names. They and the admins can read it."),
    )
    know = BooleanField(
        _l("I know this person, and saw them or heard their voice."),
        validators=[InputRequired(_l("Only somebody who knows them can do this."))],
    )
    passphrase = PasswordField(_l("Passphrase you use now"), validators=[Length(max=200)])


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

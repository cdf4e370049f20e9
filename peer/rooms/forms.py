"""The shape of what people send about rooms. What they say in them is the service's to judge."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from peer.core.errors import Invalid
from peer.core.i18n import said
from peer.policy.gatherings import LENGTHS, MOST_PLACES
from peer.policy.retention import ROOM_DAYS, ROOM_DAYS_USUAL
from peer.policy.rooms import SLOW_CHOICES, Entry, RoomKind
from peer.rooms.models import Room


def days_word(days: int) -> Any:
    """A number of days, in words."""
    return _ln("%(num)d day", "%(num)d days", days)


class RoomForm(FlaskForm):  # type: ignore[misc]
    """A group room: what it is called, what it is for, who may come in."""

    name = StringField(_l("Name"), validators=[InputRequired(), Length(max=80)])
    kind = RadioField(
        _l("Kind"),
        choices=[
            SelectChoice(RoomKind.OPEN_HOURS.value, _l("Open hours")),
            SelectChoice(RoomKind.SESSION.value, _l("Sessions at certain times")),
            SelectChoice(RoomKind.CIRCLE.value, _l("Circle")),
            SelectChoice(RoomKind.QUIET.value, _l("Quiet room")),
        ],
        default=RoomKind.OPEN_HOURS.value,
    )
    about = TextAreaField(
        _l("What it is for"),
        description=_l("One or two sentences that people read before they come in."),
        validators=[Length(max=600)],
    )
    question = StringField(
        _l("A question to begin with"),
        description=_l("Stands above the conversation. Change it as often as you like."),
        validators=[Length(max=200)],
    )
    agreement = TextAreaField(
        _l("How we are together"),
        description=_l("One point in each line. People agree to them before they come in."),
        validators=[Length(max=2000)],
        default=_l(
            "What is said here stays here.\n"
            "No real names, places or numbers.\n"
            "Put a note on hard things.\n"
            "You can always just read."
        ),
    )
    ask_again = BooleanField(_l("Ask again each day that somebody comes"), default=True)
    entry = RadioField(
        _l("Who may come in"),
        choices=[
            SelectChoice(Entry.EVERYONE.value, _l("Every member")),
            SelectChoice(Entry.INVITED.value, _l("Only those who have been invited")),
        ],
        default=Entry.EVERYONE.value,
    )

    staffed = BooleanField(
        _l("Never left alone"),
        description=_l(
            "People can write only while a facilitator and a second person of the team are here."
        ),
    )
    lets_in = BooleanField(
        _l("Let people in one by one"),
        description=_l(
            "Whoever comes waits until whoever leads the room, or a moderator, lets them in. Before that they read and hear nothing. It lasts for the session."
        ),
    )
    keep_days = RadioField(
        _l("How long what is said is kept"),
        description=_l(
            "After that it is destroyed, day by day. With a shorter time, what is older goes within a day."
        ),
        choices=[SelectChoice(days, days_word(days)) for days in ROOM_DAYS],
        coerce=int,
        default=ROOM_DAYS_USUAL,
    )

    @classmethod
    def of(cls, room: Room) -> Self:
        """The form with a room as it is."""
        return cls(
            data={
                "name": room.name,
                "kind": room.kind,
                "about": room.about,
                "question": room.question,
                "agreement": "\n".join(room.agreement),
                "ask_again": room.ask_again,
                "entry": room.entry,
                "keep_days": room.keep_days,
                "staffed": room.staffed,
                "lets_in": room.lets_in,
            }
        )

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "name": self.name.data or "",
            "about": self.about.data or "",
            "question": self.question.data or "",
            "agreement": (self.agreement.data or "").splitlines(),
            "ask_again": bool(self.ask_again.data),
            "entry": self.entry.data or "",
            "keep_days": self.keep_days.data or 0,
            "staffed": bool(self.staffed.data),
            "lets_in": bool(self.lets_in.data),
        }

    def made(self) -> dict[str, Any]:
        """What the service takes for a new room: whether it may be left alone goes by its kind."""
        return {"kind": self.kind.data} | {
            name: value for name, value in self.values().items() if name != "staffed"
        }

    def blame(self, error: Invalid) -> None:
        """Put the service's complaint beside the field that it is about."""
        field = self._fields.get(error.field, self.name)
        field.errors = [*field.errors, said(error)]


def minutes_word(minutes: int) -> Any:
    """A number of minutes, in words."""
    return _ln("%(num)d minute", "%(num)d minutes", minutes)


def _pause_word(seconds: int) -> Any:
    if seconds % 60:
        return _ln("%(num)d second", "%(num)d seconds", seconds)
    return minutes_word(seconds // 60)


class LeadForm(FlaskForm):  # type: ignore[misc]
    """How a room goes just now."""

    question = StringField(
        _l("The question of the evening"),
        description=_l("Stands above the conversation. Change it as often as you like."),
        validators=[Length(max=200)],
    )
    slow_seconds = RadioField(
        _l("How fast it goes"),
        choices=[
            SelectChoice(0, _l("As people write")),
            *[SelectChoice(each, _pause_word(each)) for each in SLOW_CHOICES if each],
        ],
        coerce=int,
        default=0,
        description=_l("Between two messages of one person."),
    )
    hold_all = BooleanField(
        _l("A moderator looks at every message first"),
        description=_l("Words of somebody in distress are never held."),
    )

    @classmethod
    def of(cls, room: Room) -> Self:
        """The form with a room as it is."""
        return cls(
            data={
                "question": room.question,
                "slow_seconds": room.slow_seconds,
                "hold_all": room.hold_all,
            }
        )

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "question": self.question.data or "",
            "slow_seconds": self.slow_seconds.data,
            "hold_all": bool(self.hold_all.data),
        }


class DateForm(FlaskForm):  # type: ignore[misc]
    """A date of a room, once or every week, on the clock of whoever plans it."""

    on = DateField(_l("Day"), validators=[InputRequired()])
    at = TimeField(_l("Begins at"), validators=[InputRequired()])
    length = RadioField(
        _l("How long"),
        choices=[SelectChoice(minutes, minutes_word(minutes)) for minutes in LENGTHS],
        coerce=int,
        default=60,
    )
    weekly = BooleanField(_l("Every week at that time"))
    places = IntegerField(
        _l("Places"),
        description=_l("With a number people sign up, and wait when it is full."),
        validators=[Optional(), NumberRange(1, MOST_PLACES)],
    )
    quorum = IntegerField(
        _l("How many it needs"),
        description=_l("It does not open with fewer people besides the team."),
        validators=[Optional(), NumberRange(0, MOST_PLACES)],
    )

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        at = self.at.data
        assert at is not None  # the form has been looked at
        return {
            "on": self.on.data,
            "minute": at.hour * 60 + at.minute,
            "length": self.length.data,
            "weekly": bool(self.weekly.data),
            "places": self.places.data,
            "quorum": self.quorum.data or 0,
        }

    def blame(self, error: Invalid) -> None:
        """Put the service's complaint beside the field that it is about."""
        field = self._fields.get(error.field, self.on)
        field.errors = [*field.errors, said(error)]

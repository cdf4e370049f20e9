"""The shape of what people send about rooms. What they say in them is the service's to judge."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from peer.core.errors import Invalid
from peer.core.i18n import said
from peer.policy.rooms import Entry, RoomKind
from peer.rooms.models import Room


class RoomForm(FlaskForm):  # type: ignore[misc]
    """A group room: what it is called, what it is for, who may come in."""

    name = StringField(_l("Name"), validators=[InputRequired(), Length(max=80)])
    kind = RadioField(
        _l("Kind"),
        choices=[SelectChoice(RoomKind.OPEN_HOURS.value, _l("Open hours"))],
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
        }

    def blame(self, error: Invalid) -> None:
        """Put the service's complaint beside the field that it is about."""
        field = self._fields.get(error.field, self.name)
        field.errors = [*field.errors, said(error)]

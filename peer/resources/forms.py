"""The shape of what coordinators send about resources."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from peer.core.languages import own_name
from peer.resources.models import Category, Phoning, Resource
from peer.resources.service import LONGEST_ABOUT, Details

# The service says how long a line may be, and says so by its field; this only ends it.
OUTER = Length(max=2_000)

CATEGORIES: dict[str, Any] = {
    Category.HELPLINES: _l("Helplines"),
    Category.HOUSING: _l("Housing"),
    Category.HEALTH: _l("Health"),
    Category.THERAPY: _l("Therapy and groups"),
    Category.LEGAL: _l("Legal help"),
    Category.MONEY: _l("Money"),
    Category.WORK: _l("Work"),
    Category.LEARNING: _l("Learning"),
    Category.EVERYDAY: _l("Everyday things"),
}
PHONING: dict[str, Any] = {
    Phoning.UNKNOWN: _l("Not known"),
    Phoning.DISCREET: _l("They answer neutrally, leave no messages and do not call back unasked"),
    Phoning.TRACES: _l("They may call back, leave a message or show on a bill"),
}


def _choices(words: dict[str, Any]) -> Callable[[], dict[str, str]]:
    """Choices in the language of the page that is being made."""
    return lambda: {str(key): str(word) for key, word in words.items()}


class ResourceForm(FlaskForm):  # type: ignore[misc]
    """One entry. `version` is the one that the page was made from."""

    title = StringField(
        _l("Name"), validators=[InputRequired(_l("A name helps people to find it.")), OUTER]
    )
    category = SelectField(_l("What it helps with"), choices=_choices(CATEGORIES))
    about = TextAreaField(
        _l("What people find there"),
        validators=[
            InputRequired(_l("A sentence or two is enough.")),
            Length(max=LONGEST_ABOUT, message=_l("Up to 1,500 characters fit here.")),
        ],
    )
    phone = StringField(_l("Phone"), validators=[OUTER])
    call_first = BooleanField(_l("People should call before they go"))
    phoning = SelectField(_l("Is it safe to phone?"), choices=_choices(PHONING))
    phone_note = StringField(_l("More about calling"), validators=[OUTER])
    website = StringField(_l("Website"), validators=[OUTER])
    area = StringField(_l("Who it is for, and where"), validators=[OUTER])
    hours = StringField(_l("When"), validators=[OUTER])
    languages = StringField(_l("Languages"), validators=[OUTER])
    tags = StringField(_l("Kinds of help"), validators=[OUTER])
    checked = BooleanField(_l("I have just checked that all of this is right"))
    public_address = BooleanField(
        _l("The address here is a public office, not a place where people stay")
    )
    version = HiddenField(validators=[Length(max=10)])

    @classmethod
    def of(cls, entry: Resource) -> "ResourceForm":
        """The form filled with an entry, unless the person has sent it already."""
        form: ResourceForm = cls(obj=entry)
        if not form.is_submitted():
            form.languages.data = ", ".join(own_name(code) for code in entry.languages)
            form.tags.data = ", ".join(entry.tags)
        return form

    def details(self) -> Details:
        """What was filled in, as the service takes it."""
        return Details(
            title=self.title.data or "",
            category=Category(self.category.data),
            about=self.about.data or "",
            phone=self.phone.data or "",
            website=self.website.data or "",
            area=self.area.data or "",
            hours=self.hours.data or "",
            languages=_listed(self.languages.data),
            tags=_listed(self.tags.data),
            call_first=bool(self.call_first.data),
            phoning=Phoning(self.phoning.data),
            phone_note=self.phone_note.data or "",
            public_address=bool(self.public_address.data),
        )


def _listed(text: str | None) -> list[str]:
    marks = str.maketrans("،;；、\n", ",,,,,")
    return [part.strip() for part in (text or "").translate(marks).split(",") if part.strip()]

"""What may be handed on, written here or signed on paper."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from peer.policy.oversight import RELEASE_DAYS, RELEASE_WORDS


def _few_words(label: LazyString, description: LazyString | str = "") -> StringField:
    """A line that has to say something."""
    return StringField(
        label,
        validators=[
            InputRequired(_l("Please write a few words, up to 200 characters.")),
            Length(max=RELEASE_WORDS, message=_l("Up to 200 characters fit here.")),
        ],
        description=description,
    )


class DayField(DateField):
    """A day; what is none is answered with how to write one."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Please write a day like 2027-03-31: year, month, day.")) from error


class ReleaseForm(FlaskForm):  # type: ignore[misc]
    """What goes to which agency, what for, how long; and the passphrase, as it is grave."""

    agency = _few_words(_l("To which agency"))
    purpose = _few_words(_l("What for"))
    parts = SelectMultipleField(
        _l("Which parts"),
        validators=[InputRequired(_l("Choose at least one part."))],
        description=_l("As they are on the day on which they are handed on."),
    )
    days = IntegerField(
        _l("For how many days"),
        default=7,
        validators=[
            InputRequired(_l("From 1 to 30 days.")),
            NumberRange(1, RELEASE_DAYS, _l("From 1 to 30 days.")),
        ],
    )
    passphrase = PasswordField(
        _l("Passphrase you use now"), validators=[InputRequired(), Length(max=200)]
    )


class PaperReleaseForm(FlaskForm):  # type: ignore[misc]
    """What stands on a paper that somebody signed, and where it lies."""

    agency = _few_words(_l("To which agency"))
    purpose = _few_words(_l("What for"), _l("In a few words: no names, no address."))
    parts = SelectMultipleField(
        _l("Which parts"), validators=[InputRequired(_l("Choose at least one part."))]
    )
    signed_on = DayField(
        _l("Signed on"), validators=[InputRequired(_l("A day, such as it stands on the paper."))]
    )
    last_day = DayField(
        _l("The last day on which it holds"),
        validators=[InputRequired(_l("A day, such as it stands on the paper."))],
        description=_l("No more than 30 days, counted from the day on which it was signed."),
    )
    where_kept = _few_words(
        _l("Where the paper lies"),
        description=_l("So that somebody else finds it and can look at it: no names, no address."),
    )
    passphrase = PasswordField(_l("Passphrase you use now"), validators=[Length(max=200)])

"""The shape of what a person keeps for themself. Browsers are told not to fill in or remember."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from peer.core.db import new_id
from peer.core.errors import PeerError
from peer.core.i18n import said
from peer.policy import wellbeing as policy
from peer.wellbeing.queries import CheckIn

AN_ID = r"^[\w-]{22}$"


def refuse(form: FlaskForm, error: PeerError) -> None:
    """Show `error` at the field it names, or at what was written."""
    name = error.field if error.field in form else "words"
    form[name].errors = [*form[name].errors, said(error)]


class NoteForm(FlaskForm):  # type: ignore[misc]
    """One entry of the journal. `page_id` lets the same page be sent twice and be kept once."""

    words = TextAreaField(
        _l("Your words"),
        validators=[
            InputRequired(_l("A word is enough. Without one there is nothing to keep.")),
            Length(max=policy.LONGEST_NOTE, message=_l("Up to 20,000 characters fit on one page.")),
        ],
    )
    page_id = HiddenField(validators=[Regexp(AN_ID)], default=new_id)
    version = HiddenField(validators=[Length(max=40)])


def _taps(question: str) -> RadioField:
    """One question: a few words to tap, and passing it over."""

    def choices() -> dict[str, str]:
        words = {word: str(_(label)) for word, label in policy.ANSWERS[question].items()}
        return words | {"": _("Pass")}

    return RadioField(_l(policy.QUESTIONS[question]), choices=choices, default="")


class CheckInForm(FlaskForm):  # type: ignore[misc]
    """How today is. `version` is the mark of today's check-in that the page was made from."""

    today = _taps("today")
    sleep = _taps("sleep")
    body = _taps("body")
    company = _taps("company")
    safety = _taps("safety")
    words = StringField(
        _l("A sentence, if you like"),
        validators=[
            Length(max=policy.LONGEST_SENTENCE, message=_l("Up to 300 characters fit here."))
        ],
    )
    version = HiddenField(validators=[Length(max=40)])

    @classmethod
    def of(cls, earlier: CheckIn | None) -> "CheckInForm":
        """The form as today's check-in has it, unless the person has sent it already."""
        given: dict[str, Any] = {}
        if earlier is not None:
            given = {**earlier.answers, "words": earlier.sentence, "version": earlier.version}
        form: CheckInForm = cls(data=given)
        return form

    @property
    def answers(self) -> dict[str, str]:
        """What was tapped, by question."""
        return {question: self[question].data or "" for question in policy.QUESTIONS}

    @property
    def questions(self) -> list[RadioField]:
        """The questions in their order."""
        return [self[question] for question in policy.QUESTIONS]


class ListForm(FlaskForm):  # type: ignore[misc]
    """One list of the plan, a line for each thing."""

    words = TextAreaField(
        _l("One thing on each line"),
        validators=[Length(max=8_000, message=_l("Up to 20 lines fit in one list."))],
    )
    version = HiddenField(validators=[Length(max=40)])


class StepForm(FlaskForm):  # type: ignore[misc]
    """The next step: own words, or one line of the plan."""

    words = StringField(
        _l("My next step"),
        validators=[
            Length(max=policy.LONGEST_ITEM, message=_l("Up to 200 characters fit in one line."))
        ],
    )
    version = HiddenField(validators=[Length(max=40)])

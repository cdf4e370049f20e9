"""The shape of what people tell about themselves, page by page."""

import re
from dataclasses import replace
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from peer.core import i18n, languages
from peer.mentoring.service import MenteeInput, MentorInput, ProfileInput
from peer.policy import mentoring as policy

LANGUAGE_ROWS = 6
P = TypeVar("P", MenteeInput, MentorInput)


def language_choices() -> dict[str, str]:
    """Every language that can be named, in the reader's language and alphabet."""
    named = {code: languages.name_of(code, i18n.current_code()) for code in policy.LANGUAGES}
    ordered = sorted(named.items(), key=lambda item: languages.folded(item[1]))
    return {"": _("Choose a language"), **dict(ordered)}


def _levels(words: Any, none: str) -> Any:
    return lambda: {"0": str(none), **{str(k): _(v) for k, v in words.items()}}


def _traits(middle: Any) -> Any:
    return lambda: {"": _("No preference"), **{str(k): _(v) for k, v in middle.items()}}


class AboutForm(FlaskForm):  # type: ignore[misc]
    """Languages, interests, style. Its fields are made from the lists of policy, below."""

    @classmethod
    def showing(cls, data: ProfileInput) -> "AboutForm":
        """The form as it stands for `data`, or with what was just sent."""
        values: dict[str, Any] = {}
        for number, (code, level) in enumerate(list(data.languages.items())[:LANGUAGE_ROWS]):
            values[f"language_{number}"], values[f"level_{number}"] = code, str(level)
        values |= {f"interest_{tag}": str(weight) for tag, weight in data.interests.items()}
        values |= {f"style_{trait}": str(float(value)) for trait, value in data.style.items()}
        return cls(data=values)

    def language_rows(self) -> list[tuple[Any, Any]]:
        """Pairs of fields: a language, and how well."""
        return [(self[f"language_{n}"], self[f"level_{n}"]) for n in range(LANGUAGE_ROWS)]

    def interest_fields(self) -> list[Any]:
        """One field for each interest."""
        return [self[f"interest_{tag}"] for tag in policy.INTERESTS]

    def style_fields(self) -> list[Any]:
        """One field for each trait of style."""
        return [self[f"style_{trait}"] for trait in policy.STYLE]

    def filled(self, data: P) -> P:
        """`data` with what this page says."""
        rows = [(code.data, int(level.data)) for code, level in self.language_rows() if code.data]
        weights = {tag: int(self[f"interest_{tag}"].data) for tag in policy.INTERESTS}
        traits = {trait: self[f"style_{trait}"].data for trait in policy.STYLE}
        return replace(
            data,
            languages=dict(rows),
            interests={tag: weight for tag, weight in weights.items() if weight},
            style={trait: float(value) for trait, value in traits.items() if value},
        )


for _number in range(LANGUAGE_ROWS):
    setattr(
        AboutForm,
        f"language_{_number}",
        SelectField(_l("Language"), choices=language_choices, default=""),
    )
    setattr(
        AboutForm,
        f"level_{_number}",
        SelectField(
            _l("How well"),
            choices=lambda: {str(k): _(v) for k, v in policy.LANGUAGE_LEVELS.items()},
            default="3",
        ),
    )
for _tag, _words in policy.INTERESTS.items():
    setattr(
        AboutForm,
        f"interest_{_tag}",
        SelectField(
            _l(_words), choices=_levels(policy.INTEREST_LEVELS, _l("not now")), default="0"
        ),
    )
for _trait, (_question, _ends) in policy.STYLE.items():
    setattr(
        AboutForm,
        f"style_{_trait}",
        RadioField(_l(_question), choices=_traits(_ends), default=""),
    )


class WishesForm(FlaskForm):  # type: ignore[misc]
    """Whom one would like to meet, what about, and what is to be left alone."""

    identity = SelectField(
        _l("I am"),
        choices=lambda: {"": _("I would rather not say"), **_worded(policy.IDENTITIES)},
        default="",
    )
    accepts = SelectMultipleField(
        _l("I would feel all right with"),
        choices=lambda: _worded(policy.IDENTITIES),
    )
    topics = SelectMultipleField(_l("Topics"), choices=lambda: _worded(policy.TOPICS))
    area = SelectField(_l("Area"), default="")
    prefers = TextAreaField(
        _l("Someone I know from here and would like"), validators=[Length(max=500)]
    )
    avoids = TextAreaField(_l("People I would rather not meet"), validators=[Length(max=500)])
    boundaries = TextAreaField(
        _l("What the other person should know"),
        validators=[
            Length(
                max=policy.TEXT,
                message=_l("Up to %(most)s characters fit here.", most=policy.TEXT),
            )
        ],
    )
    capacity = IntegerField(
        _l("People I can meet at once"),
        validators=[InputRequired(_l("A number from 0 to 6.")), NumberRange(0, policy.CAPACITY)],
        default=1,
    )

    @classmethod
    def showing(cls, data: MenteeInput | MentorInput, areas: list[str]) -> "WishesForm":
        """The form as it stands for `data`, or with what was just sent."""
        is_mentee = isinstance(data, MenteeInput)
        form = cls(
            data={
                "identity": data.identity or "",
                "accepts": list(data.accepts or ()),
                "topics": list(data.topics if isinstance(data, MenteeInput) else data.declines),
                "area": data.area or "",
                "prefers": "\n".join(data.prefers) if isinstance(data, MenteeInput) else "",
                "avoids": "\n".join(data.avoids),
                "boundaries": data.boundaries,
                "capacity": data.capacity if isinstance(data, MentorInput) else 1,
            }
        )
        form.area.choices = {"": _("I would rather not say"), **{name: name for name in areas}}
        if is_mentee:
            del form.capacity
        else:
            del form.prefers
        return form

    def filled(self, data: P) -> P:
        """`data` with what this page says. All identities or none ticked: anyone."""
        accepts = tuple(self.accepts.data or ())
        topics = tuple(self.topics.data or ())
        changes: dict[str, Any] = {
            "identity": self.identity.data or None,
            "accepts": accepts if 0 < len(accepts) < len(policy.IDENTITIES) else None,
            "area": self.area.data or None,
            "avoids": _lines(self.avoids.data),
            "boundaries": self.boundaries.data or "",
        }
        if isinstance(data, MenteeInput):
            changes |= {"topics": topics, "prefers": _lines(self.prefers.data)}
        else:
            changes |= {"declines": topics, "capacity": self.capacity.data}
        return replace(data, **changes)


def _worded(words: policy.Words) -> dict[str, str]:
    return {code: _(text) for code, text in words.items()}


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in re.split(r"[\n,;]+", text or "") if line.strip())

"""The shape of what moderators send."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from peer.moderation.service import Wanted
from peer.policy.moderation import (
    HOUSE_RULES,
    MUTE_HOURS,
    NOTE,
    SUSPEND_DAYS,
    Outcome,
    SanctionKind,
)


def _outcomes() -> dict[str, str]:
    return {Outcome.STAND: _("Let it stand"), Outcome.HIDE: _("Take it out of view")}


def _rules() -> dict[str, str]:
    return {"": _("Choose one"), **{key: _(words) for key, words in HOUSE_RULES.items()}}


def _follows() -> list[SelectChoice]:
    """What can follow for the writer, grouped; the values are read by `DecideForm.wanted`."""
    read_only, out = _("They can read, but not write"), _("They cannot come in")
    hours = [
        SelectChoice(
            f"mute:{number}",
            ngettext("for %(num)d hour", "for %(num)d hours", number),
            optgroup=read_only,
        )
        for number in MUTE_HOURS
    ]
    days = [
        SelectChoice(
            f"suspend:{number}",
            ngettext("for %(num)d day", "for %(num)d days", number),
            optgroup=out,
        )
        for number in SUSPEND_DAYS
    ]
    return [
        SelectChoice("", _("Nothing more")),
        SelectChoice("warn", _("A kind warning")),
        *hours,
        *days,
        SelectChoice("suspend", _("until someone decides"), optgroup=out),
    ]


class DecideForm(FlaskForm):  # type: ignore[misc]
    """What becomes of a subject and its writer. `version` is the one that the page was made from."""

    outcome = RadioField(
        _l("What should happen?"),
        choices=_outcomes,
        validators=[InputRequired(_l("Choose what should happen."))],
    )
    follow = SelectField(_l("What follows for the writer?"), choices=_follows, default="")
    rule = SelectField(_l("Which house rule is it about?"), choices=_rules, default="")
    note = TextAreaField(
        _l("Note for the record"),
        validators=[Length(max=NOTE, message=_l("Up to 600 characters fit here."))],
    )
    version = HiddenField(validators=[Length(max=10)])

    @property
    def wanted(self) -> Wanted | None:
        """What is to follow for the writer; None: nothing."""
        kind, _colon, amount = (self.follow.data or "").partition(":")
        if not kind:
            return None
        return Wanted(SanctionKind(kind), int(amount) if amount else None)

    @property
    def rule_meant(self) -> str:
        """The rule chosen; "none" when it stands, nothing follows and nothing was chosen."""
        quiet = self.outcome.data == Outcome.STAND and self.wanted is None
        return self.rule.data or ("none" if quiet else "")

    @property
    def version_seen(self) -> int:
        """The version that the page showed; 0 when that cannot be read."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

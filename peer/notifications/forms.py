"""The shape of what people send about their notices."""

from datetime import time

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, TimeField
from wtforms.validators import InputRequired

from peer.notifications.models import QuietHours


class QuietForm(FlaskForm):  # type: ignore[misc]
    """From when to when nothing new shows itself."""

    on = BooleanField(_l("Quiet hours, every day"))
    begins = TimeField(_l("From"), validators=[InputRequired()])
    ends = TimeField(_l("Until"), validators=[InputRequired()])

    @classmethod
    def of(cls, kept: QuietHours | None) -> "QuietForm":
        """The form with the hours as they are; with a night to begin from where there are none."""
        begins, ends = (kept.begins, kept.ends) if kept else (22 * 60, 8 * 60)
        return cls(
            data={
                "on": kept is not None,
                "begins": time(begins // 60, begins % 60),
                "ends": time(ends // 60, ends % 60),
            }
        )

    def hours(self) -> tuple[int, int] | None:
        """Minutes of the day; None when there are to be none."""
        if not self.on.data:
            return None
        begins, ends = self.begins.data, self.ends.data
        assert begins is not None  # the form has been looked at
        assert ends is not None
        return begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute

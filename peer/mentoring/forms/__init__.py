"""The shape of what people send about mentoring."""

from peer.mentoring.forms.hours import (
    Week,
    cells_from_grid,
    cells_from_list,
    list_of,
    week,
    zone_choices,
    zones,
)
from peer.mentoring.forms.profile import AboutForm, WishesForm

__all__ = [
    "AboutForm",
    "Week",
    "WishesForm",
    "cells_from_grid",
    "cells_from_list",
    "list_of",
    "week",
    "zone_choices",
    "zones",
]

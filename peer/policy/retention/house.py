"""What the house itself holds, and for how long."""

from peer.core.words import N_
from peer.policy.retention.life import HOUSE, Life

LIVES = (
    Life(
        "audit_entries",
        "house",
        N_(
            "What those who look after this place did, as fixed words and random numbers; never what people wrote, never a name."
        ),
        N_("So that nobody with power here can act unseen."),
        N_(
            "As long as this place is there: each entry holds the one before it. Once an account is erased, nobody can tell any more whose number it was."
        ),
    ),
    Life(
        "outbox",
        "house",
        N_(
            "Signals to open pages, such as that the inbox has changed, and why a sign-in has ended or was covered."
        ),
        N_("So that open pages follow, and say the true reason when they come back."),
        N_("Five minutes; why a sign-in has ended or was covered, a day."),
    ),
    Life("resources", "house", N_("The library of places that help."), N_("To be read."), HOUSE),
    Life("programmes", "house", N_("How mentoring is set up."), N_("To run rounds."), HOUSE),
    Life(
        "areas",
        "house",
        N_("Words for areas that coordinators chose."),
        N_("So that neighbours are not paired by accident."),
        HOUSE,
    ),
    Life(
        "column_mappings",
        "house",
        N_("How a spreadsheet's columns are read."),
        N_("So that the next one is read as easily."),
        HOUSE,
    ),
)

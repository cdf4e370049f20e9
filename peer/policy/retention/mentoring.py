"""What mentoring holds, and for how long."""

from peer.core.words import N_
from peer.policy.retention.life import ERASED, Life

LIVES = (
    Life(
        "mentee_profiles",
        "mentoring",
        N_("What you told as somebody who would like a mentor: languages, hours, wishes."),
        N_("So that a mentor can be found who fits."),
        ERASED,
    ),
    Life(
        "mentor_profiles",
        "mentoring",
        N_(
            "What you told as a mentor: languages, hours, what you offer, and how far your vetting has come."
        ),
        N_("So that members meet mentors who fit and were checked."),
        ERASED,
    ),
    Life(
        "vetting_steps",
        "mentoring",
        N_("The dated steps of a mentor's vetting, and short notes of coordinators."),
        N_("So that it can be shown that a mentor was checked, and by whom."),
        N_("The steps as long as the mentor is here; the notes %(days)s days."),
        365,
    ),
    Life(
        "rounds",
        "mentoring",
        N_(
            "When mentors and mentees were matched; and, while it is being decided, what everybody in the round had told, under random keys instead of names."
        ),
        N_("So that a round can be solved and looked into."),
        N_("What people had told: %(days)s days after the round; the dates stay."),
        30,
    ),
    Life(
        "proposals",
        "mentoring",
        N_("Which pairs were proposed, why, and what the two answered."),
        N_("So that both can be asked in private, and nobody is asked again about a no."),
        N_(
            "%(days)s days after the round; those that became a mentorship as long as the mentorship."
        ),
        90,
    ),
    Life(
        "moves",
        "mentoring",
        N_(
            "Which running mentorships were proposed to change so that somebody else gets a mentor, and what their mentor answered."
        ),
        N_("So that nothing ends before everybody concerned has said yes."),
        N_("%(days)s days after the round; those by which a mentorship began as long as it."),
        90,
    ),
    Life(
        "unmatched_people",
        "mentoring",
        N_("For whom a round found nobody, and what would help."),
        N_("So that a coordinator can do something about it."),
        N_("%(days)s days after the round."),
        90,
    ),
    Life(
        "pair_rules",
        "mentoring",
        N_("Which two people are to be kept apart, or together, in later rounds; not why."),
        N_("So that a no stays a no."),
        N_("Until one of the two erases their account, or a coordinator lifts it."),
    ),
    Life(
        "mentorships",
        "mentoring",
        N_("Who meets whom, since when, at what time of the week, and how it ended."),
        N_("So that both find their meetings and their room."),
        N_("%(days)s days after it ended."),
        365,
    ),
    Life(
        "imported_people",
        "mentoring",
        N_(
            "That somebody came from a spreadsheet, as a scrambled mark that leads back to nobody by itself."
        ),
        N_("So that the same sheet does not bring the same person twice."),
        ERASED,
    ),
)

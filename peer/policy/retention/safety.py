"""What keeping each other safe needs, and for how long."""

from peer.core.words import N_
from peer.policy.retention.life import APPEAL_DAYS, ERASED, Life

LIVES = (
    Life(
        "review_items",
        "safety",
        N_("That a message should be looked at, how soon, who looked, and when it was decided."),
        N_("So that nothing that was reported is forgotten."),
        N_("%(days)s days after it was decided."),
        180,
    ),
    Life(
        "reports",
        "safety",
        N_("What you told a moderator about a message, in your words."),
        N_("So that a moderator knows what to look at."),
        N_(
            "As long as the matter it is about. If you erase your account while it is open, your words stay with it, without you."
        ),
    ),
    Life(
        "flags",
        "safety",
        N_("Which automatic rules spoke about a message, never its words."),
        N_("So that a moderator sees what was noticed."),
        N_("As long as the matter it is about."),
    ),
    Life(
        "rulings",
        "safety",
        N_("What a moderator decided, under which house rule, and a note for the record."),
        N_("So that a decision can be looked at again."),
        N_("As long as the matter it is about."),
    ),
    Life(
        "case_files",
        "safety",
        N_("The reported words of somebody who has erased their account, under a key of its own."),
        N_("So that a report about somebody who leaves is still decided."),
        N_("Until %(days)s days after the matter was decided; then the key is destroyed."),
        APPEAL_DAYS,
    ),
    Life(
        "sanctions",
        "safety",
        N_("A warning, a mute or a pause of somebody's account, for which house rule, until when."),
        N_("So that it ends when it should, and a pattern can be seen."),
        N_("%(days)s days after it ended; without an end, as long as it holds."),
        365,
    ),
    Life(
        "shared_acts",
        "safety",
        N_(
            "Grave acts that one person of those who look after this place asked for and another had to confirm: what, about which account, why, and the answer."
        ),
        N_("So that nobody does such a thing alone, and it can be looked at again."),
        N_("%(days)s days after it was decided or ran out."),
        365,
    ),
    Life(
        "openings",
        "safety",
        N_(
            "That a moderator opened more of a conversation than was reported, why, and until when."
        ),
        N_("So that nobody does so unseen."),
        N_("As long as the matter it is about."),
    ),
    Life(
        "disclosures",
        "safety",
        N_(
            "What those who look after this place looked at of you beyond their ordinary work: when, in which role, what, and why. Nobody can change or delete a line."
        ),
        N_("So that you can see it."),
        ERASED,
    ),
    Life(
        "releases",
        "safety",
        N_(
            "Your written yes that parts of your data go to an agency: which, to whom, what for, until when; if it is on paper, when you signed it, where it lies, who wrote it down here, and that somebody looked into it if you did not sign it."
        ),
        N_("So that nothing leaves this place without it."),
        N_(
            "%(days)s days after it ended; one that you did not sign, after somebody looked into it."
        ),
        365,
    ),
    Life(
        "exports",
        "safety",
        N_("Each time something left under a release of yours: when, and by which two people."),
        N_("So that you can see it."),
        N_("As long as the release. What was looked at of you then stays on your list."),
    ),
)

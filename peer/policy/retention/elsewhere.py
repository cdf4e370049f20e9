"""What is in no table, said on the same page."""

from peer.core.words import N_

ELSEWHERE: tuple[tuple[str, str], ...] = (
    (
        N_("Where you come from"),
        N_(
            "Your network address is never stored. To slow down floods, a scrambled form of it that changes every day is counted for minutes."
        ),
    ),
    (
        N_("Your device"),
        N_("Which browser or device you use is never stored."),
    ),
    (
        N_("Cookies"),
        N_("One, with a random number while you are signed in. None for anything else."),
    ),
    (
        N_("Backups"),
        N_(
            "What you write is sealed under a key of your own that is kept apart from the backups. Copies of keys are kept for a week at most: a week after the key is destroyed, no backup shows your words, however old it is."
        ),
    ),
)

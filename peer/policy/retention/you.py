"""What is held about a person's account, and for how long."""

from peer.core.words import N_
from peer.policy.retention.life import ERASED, Life

LIVES = (
    Life(
        "accounts",
        "you",
        N_(
            "The name you use here, a scrambled form of your passphrase, your language, time zone and theme, when pages are covered, whether your account is open, and the day it was made."
        ),
        N_("So that you can sign in, and pages look as you like them."),
        ERASED,
    ),
    Life(
        "role_grants",
        "you",
        N_("What you are here for: member, mentor or one of those who look after this place."),
        N_("So that each page opens to those it is for."),
        ERASED,
    ),
    Life(
        "sessions",
        "you",
        N_(
            "That a browser of yours is signed in, since when and when it was last used, and what you call it; no address, no kind of device."
        ),
        N_("So that you stay signed in, and can sign out everywhere."),
        N_("Until you sign out, or after 12 hours at the latest."),
    ),
    Life(
        "vaults",
        "you",
        N_(
            "The key to what is for your eyes alone, locked with your passphrase. Nobody here can open it."
        ),
        N_("So that only you can read your private parts."),
        ERASED,
    ),
    Life(
        "private_pages",
        "you",
        N_(
            "Your notes, check-ins and plan, sealed under that key: which of them it is, what it says and what you chose are inside. Readable: that it is yours, and the day it was made."
        ),
        N_("So that you find them again."),
        N_("Until you take them away, erase your account, or lose both passphrase and codes."),
    ),
    Life(
        "factors",
        "you",
        N_(
            "The second things you show when you sign in, each with your own word for it: what an app makes its codes of, sealed, or the public half of a passkey."
        ),
        N_("So that your passphrase alone does not open your account."),
        N_("Until you take them away or erase your account."),
    ),
    Life(
        "recovery_codes",
        "you",
        N_(
            "Your unused recovery codes in a scrambled form, each with the key to your private parts, which only the code opens."
        ),
        N_("So that you get back in, with everything, when the passphrase is lost."),
        N_("Until you use them, make new ones or erase your account."),
    ),
    Life(
        "recoveries",
        "you",
        N_(
            "That a coordinator began to let you back in, why, in their words, and what became of it."
        ),
        N_("So that nobody can do it behind your back."),
        N_("%(days)s days after it was over."),
        90,
    ),
    Life(
        "invitations",
        "you",
        N_(
            "That a code was made, by whom, for which roles and rooms, and which account it opened; the code itself only in a scrambled form."
        ),
        N_("So that a code works once, and it can be seen who let somebody in."),
        N_("%(days)s days after it was used, withdrawn or ran out."),
        90,
    ),
    Life(
        "notices",
        "you",
        N_("Short notices for you in your inbox."),
        N_("So that you find what concerns you."),
        N_("%(days)s days, read or not."),
        180,
    ),
    Life(
        "quiet_hours",
        "you",
        N_("In which hours you want no sign of anything new."),
        N_("So that your inbox lets you sleep."),
        N_("Until you change it, or erase your account."),
    ),
    Life(
        "erasures",
        "you",
        N_(
            "Of an erased account: its random number, when it was erased, how many things of each kind were destroyed and what had to stay; nothing anybody wrote."
        ),
        N_("So that whoever erased an account can look at the receipt later."),
        N_("%(days)s days after everything was gone."),
        365,
    ),
)

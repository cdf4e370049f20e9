"""What people are told: authors why and what next, reporters that it was looked at.

Notices name no reporter, no other member and no moderator.
"""

from collections.abc import Iterable

from peer.accounts import queries as accounts
from peer.core import clock
from peer.core.words import N_
from peer.moderation.models import ReviewItem
from peer.moderation.subjects import SubjectBrief
from peer.notifications.service import notify
from peer.policy.arriving import FIRST
from peer.policy.moderation import HOUSE_RULES, Outcome, ReportCategory, SanctionKind
from peer.policy.roles import Role

_NEXT = N_(
    "If you see it differently, tell a facilitator or the coordinator you know: another moderator "
    "can look at it again."
)
_HIDDEN = N_(
    "A moderator has taken a message of yours in %(place)s out of view. It was about: "
    "%(rule_words)s. %(next_words)s"
)
_NOT_SENT = N_(
    "Your message in %(place)s was not passed on. It was about: %(rule_words)s. You can say it "
    "again in other words. %(next_words)s"
)
_SHOWN = N_("A moderator has looked at your message in %(place)s. Everyone there can see it now.")
_SANCTIONED = {
    SanctionKind.WARN: N_(
        "A moderator asks you to mind this: %(rule_words)s. Nothing else follows. %(next_words)s"
    ),
    SanctionKind.MUTE: N_(
        "For now you can read, but not write (%(amount)s h). It is about: %(rule_words)s. After "
        "that you can write as before. %(next_words)s"
    ),
    SanctionKind.SUSPEND: N_(
        "Your account was paused by moderators. It was about: %(rule_words)s. %(next_words)s"
    ),
    SanctionKind.BAN: N_(
        "Your access here has ended. It was about: %(rule_words)s. %(next_words)s"
    ),
}
_LOOKED = {
    Outcome.HIDE: N_("Thank you for telling us. A moderator has taken it out of view."),
    Outcome.STAND: N_("Thank you for telling us. A moderator has looked at it, and it stays."),
}
_LIFTED = N_(
    "Two people looked again at an end of access that you had been one of two to decide. They let "
    "the person in again."
)
_CARED = N_("Thank you for looking out for someone. A moderator has seen it.")


def author(
    item: ReviewItem, before: SubjectBrief | None, after: SubjectBrief | None, rule: str
) -> None:
    """Tell the author what became of their words, when that changed anything."""
    if before is None or after is None or before.state == after.state:
        return
    if after.state == "removed":
        notify(
            item.author_id,
            _NOT_SENT if before.state == "held" else _HIDDEN,
            place=before.place,
            rule_words=HOUSE_RULES[rule],
            next_words=_NEXT,
        )
    else:
        if not is_only_first(item):  # the room itself shows how far somebody new is
            notify(item.author_id, _SHOWN, place=before.place, href=before.href)


def is_only_first(item: ReviewItem) -> bool:
    """Whether an item is there for nothing but that its author is new."""
    found = {category for flag in item.flags for category in flag.categories}
    return found == {FIRST} and not item.reports


def sanctioned(account_id: str, kind: SanctionKind, rule: str, amount: int | None) -> None:
    """Tell a person what follows for them, why, and what they can do."""
    notify(
        account_id,
        _SANCTIONED[kind],
        rule_words=HOUSE_RULES[rule],
        amount=str(amount or ""),
        next_words=_NEXT,
    )


def reporters(item: ReviewItem, outcome: Outcome) -> None:
    """Thank each reporter once, with what became of it and nothing about anybody."""
    for report in item.reports:
        if report.answered_at is None:
            report.answered_at = clock.now()
            worried = report.category == ReportCategory.WORRIED
            if report.reporter_id is not None:
                notify(report.reporter_id, _CARED if worried else _LOOKED[outcome])


def deciders(account_id: str, banned_by: Iterable[str]) -> None:
    """Tell those who had decided a ban that others have lifted it, and where to read of it."""
    for one in banned_by:
        if not accounts.is_gone(one):
            moderates = accounts.actor_from(accounts.account_with(one)).has(Role.MODERATOR)
            place = "/moderation/people" if moderates else "/people"
            notify(one, _LIFTED, href=f"{place}/{account_id}")

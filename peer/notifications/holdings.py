"""What notifications hold of a person, and how it is taken away."""

from peer.accounts.service import Holding, Said, Section
from peer.core.expiry import days_ago, delete_some
from peer.core.words import N_
from peer.notifications import queries
from peer.notifications.models import Notice
from peer.policy import retention


def held(account_id: str) -> list[Section]:
    """A person's notices."""
    labels = {
        "at": N_("When"),
        "text": N_("Notice"),
        "href": N_("Leads to"),
        "seen_at": N_("Looked at"),
    }
    rows = [
        {
            "at": notice.at,
            "text": Said(notice.message, notice.params),
            "href": notice.href or None,
            "seen_at": notice.seen_at,
        }
        for notice in queries.notices_of(account_id, count=None)
    ]
    return [Section("notices", N_("Your inbox"), labels, rows)]


def erase(account_id: str) -> dict[str, int]:
    """A person's notices."""
    return {"notices": delete_some(Notice, Notice.account_id == account_id, limit=10**9)}


def expire(limit: int) -> dict[str, int]:
    """Old notices, read or not."""
    long_ago = days_ago(retention.days("notices"))
    return {"notices": delete_some(Notice, Notice.at < long_ago, limit=limit)}


HOLDING = Holding("notifications", held, erase, expire=expire)

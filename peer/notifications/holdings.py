"""What notifications hold of a person, and how it is taken away."""

from peer.accounts.service import Holding, Said, Section
from peer.core.expiry import days_ago, delete_some
from peer.core.words import N_
from peer.notifications import queries
from peer.notifications.models import Notice, QuietHours
from peer.policy import retention


def held(account_id: str) -> list[Section]:
    """A person's notices, and their quiet hours."""
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
    return [Section("notices", N_("Your inbox"), labels, rows), _quiet_hours(account_id)]


def _quiet_hours(account_id: str) -> Section:
    kept = queries.quiet_hours_of(account_id)
    labels = {"begins": N_("From"), "ends": N_("Until")}
    rows = [{"begins": _on_a_clock(kept.begins), "ends": _on_a_clock(kept.ends)}] if kept else []
    return Section("quiet_hours", N_("Your quiet hours"), labels, rows)


def _on_a_clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def erase(account_id: str) -> dict[str, int]:
    """A person's notices and quiet hours."""
    return {
        "notices": delete_some(Notice, Notice.account_id == account_id, limit=10**9),
        "quiet_hours": delete_some(QuietHours, QuietHours.account_id == account_id, limit=10**9),
    }


def expire(limit: int) -> dict[str, int]:
    """Old notices, read or not."""
    long_ago = days_ago(retention.days("notices"))
    return {"notices": delete_some(Notice, Notice.at < long_ago, limit=limit)}


HOLDING = Holding("notifications", held, erase, expire=expire)

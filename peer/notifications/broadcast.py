"""What goes out on sockets about notices: a number, never words."""

from peer.core import realtime


def inbox_changed(account_id: str, unread: int) -> None:
    """Tell a person's open pages how many notices wait."""
    realtime.tell(f"account:{account_id}", "inbox:changed", {"unread": unread})

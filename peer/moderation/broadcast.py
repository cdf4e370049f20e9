"""What goes out on sockets about the queue: that it changed and how many wait, never what."""

from peer.core import realtime
from peer.policy.roles import Role


def queue_changed(waiting: int, urgent: int) -> None:
    """Tell every moderator's open pages how many items wait."""
    realtime.tell(f"role:{Role.MODERATOR}", "queue:changed", {"waiting": waiting, "urgent": urgent})

"""What goes out on sockets about rounds: numbers and fixed words, to coordinators only."""

from peer.core import realtime
from peer.mentoring.models import Round


def round_moved(round_: Round) -> None:
    """Show coordinators how far a round has come."""
    realtime.tell(
        "role:coordinator",
        "round:progress",
        {
            "round": round_.id,
            "state": round_.state,
            "stage": round_.stage,
            "percent": round_.percent,
        },
    )

"""Pages of mentoring."""

from peer.mentoring.routes import (  # noqa: F401
    changes,
    consent,
    dashboard,
    importing,
    people,
    profiles,
    rounds,
)
from peer.mentoring.routes.blueprint import bp

__all__ = ["bp"]

"""Pages of mentoring."""

from peer.mentoring.routes import consent, dashboard, people, profiles, rounds  # noqa: F401
from peer.mentoring.routes.blueprint import bp

__all__ = ["bp"]

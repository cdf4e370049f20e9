"""Pages of what a person keeps for themself: notes, days, a plan."""

from peer.wellbeing.routes import days, notes, plan, start  # noqa: F401
from peer.wellbeing.routes.blueprint import bp

__all__ = ["bp"]

"""Pages of signing in, joining, leaving, one's own account, people and invitations."""

from peer.accounts.routes import account, invitations, joining, people, signing
from peer.accounts.routes.blueprint import bp

__all__ = ["account", "bp", "invitations", "joining", "people", "signing"]

"""How often a name may be tried: from one place, and from all places together.

Were there only the limit of a name, ten requests a minute from anywhere would keep its person out.
So a place meets its own limit first. What all places have together is more than anybody needs, and
far too little to guess a passphrase with: docs/security.md has the figures.
"""

from flask import request

from peer.accounts import queries
from peer.core import limits


def spend_sign_in(name: str) -> None:
    """Count one try of a passphrase for a name; SlowDown when there are none left."""
    place, folded = limits.place_of(request.remote_addr), queries.folded(name)
    limits.spend("10/minute", "sign-in", folded, place)
    limits.spend("30/minute", "sign-in-from", place)
    limits.spend("300/minute", "sign-in-name", folded)  # last: what a place is refused costs nobody


def spend_recovery(name: str) -> None:
    """The same for recovery codes; the place's own tries are counted before the form is read."""
    place, folded = limits.place_of(request.remote_addr), queries.folded(name)
    limits.spend("10/minute", "recover", folded, place)
    limits.spend("300/minute", "recover-name", folded)

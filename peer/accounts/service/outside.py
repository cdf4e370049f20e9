"""A passkey of somebody who cannot come in, and so has no session for its challenge to wait in.

That the passphrase was right, and what the device is to sign, stand in a signed slip that the page
brings back within ten minutes. It counts only while the passphrase is the same.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature

from peer.accounts.queries.vaults import passphrase_of
from peer.accounts.service.passkeys import Address, options_to_sign
from peer.core import clock
from peer.core.secrets import alias, slips

_WAITS = timedelta(minutes=10)
_PURPOSE = "passkey-outside"


@dataclass(frozen=True)
class Outside:
    """What a page offers to somebody with a passkey: what to sign, and the slip to bring back."""

    options: str
    slip: str


@dataclass(frozen=True)
class Brought:
    """A slip that came back: whose it is, and the challenge that was to be signed."""

    account_id: str
    challenge: bytes


def offer_outside(account_id: str, at: Address) -> Outside | None:
    """For somebody whose passphrase was right just now; None when they have no passkey."""
    found = options_to_sign(account_id, at)
    if found is None:
        return None
    options, challenge = found
    slip = {
        "who": account_id,
        "challenge": challenge.hex(),
        "mark": _mark(account_id),
        "until": (clock.now() + _WAITS).isoformat(),
    }
    return Outside(options, str(slips(_PURPOSE).dumps(slip)))


def brought(slip: str) -> Brought | None:
    """What a slip says; None when it is none of ours, too old, or the passphrase has changed."""
    try:
        said = slips(_PURPOSE).loads(slip)
    except BadSignature:
        return None
    if datetime.fromisoformat(said["until"]) <= clock.now() or said["mark"] != _mark(said["who"]):
        return None
    return Brought(said["who"], bytes.fromhex(said["challenge"]))


def _mark(account_id: str) -> str:
    return alias("passphrase", account_id, passphrase_of(account_id))

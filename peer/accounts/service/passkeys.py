"""Passkeys: made for this place's address alone, each challenge signed once.

What checks them is loaded with the first one: it takes long, and most processes never meet any.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from peer.accounts import queries
from peer.accounts.models import Factor, FactorKind, SignedInSession
from peer.accounts.queries.factors import factor_being_added, factors_of
from peer.accounts.service.factors import counts
from peer.core import work
from peer.core.errors import Invalid
from peer.core.words import N_
from peer.policy.roles import Actor

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

# What parsing what a browser sent may end in, besides the library's own refusals.
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True)
class Address:
    """Where the site is, as a browser sees it: what a passkey is bound to."""

    host: str  # without the port
    origin: str
    name: str

    @property
    def takes_passkeys(self) -> bool:
        """Whether browsers make passkeys here: a name over https, or this very machine by name."""
        if self.host == "localhost":
            return True
        try:
            ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https://")
        return False


def offer_to_make(actor: Actor, at: Address) -> str:
    """What the browser is told to make, as JSON; its challenge waits in the session."""
    import webauthn
    from webauthn.helpers import structs

    found = factor_being_added(actor.id, FactorKind.PASSKEY)
    options = webauthn.generate_registration_options(
        rp_id=at.host,
        rp_name=at.name,
        user_id=hashlib.sha256(f"passkey|{actor.id}".encode()).digest(),
        user_name=found.label,  # devices list it: the person's own word, not their name here
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.DISCOURAGED,
            user_verification=structs.UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_known(actor.id),
    )
    _await(actor, options.challenge)
    return str(webauthn.options_to_json(options))


def offer_to_sign(actor: Actor, at: Address) -> str:
    """What the browser is told to sign, as JSON; empty when the person has no passkey."""
    found = options_to_sign(actor.id, at)
    if found is None:
        return ""
    options, challenge = found
    _await(actor, challenge)
    return options


def options_to_sign(account_id: str, at: Address) -> tuple[str, bytes] | None:
    """What a browser is told to sign, as JSON, and its challenge; None without a passkey."""
    known = _known(account_id)
    if not known:
        return None
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=at.host,
        allow_credentials=known,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return str(webauthn.options_to_json(options)), options.challenge


def _known(account_id: str) -> list[PublicKeyCredentialDescriptor]:
    ids = [found.credential_id or "" for found in factors_of(account_id, FactorKind.PASSKEY)]
    if not ids:
        return []
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in ids]


def _await(actor: Actor, challenge: bytes) -> None:
    from webauthn.helpers import bytes_to_base64url

    queries.session_with(actor.session_id or "").challenge = bytes_to_base64url(challenge)


def take_challenge(actor: Actor) -> bytes:
    """The challenge that waits in the session. It is gone with this, whatever comes of it."""
    row = queries.session_with(actor.session_id or "")
    challenge = row.challenge
    taken = work.session().execute(
        update(SignedInSession)
        .where(SignedInSession.id == row.id, SignedInSession.challenge == challenge)
        .values(challenge="")
    )
    if not challenge or taken.rowcount != 1:  # type: ignore[attr-defined]
        return b""
    from webauthn.helpers import base64url_to_bytes

    return base64url_to_bytes(challenge)


def confirm_passkey(actor: Actor, made: str, challenge: bytes, at: Address) -> Factor:
    """The browser made a passkey: it counts from now on, and every other session ends."""
    found = factor_being_added(actor.id, FactorKind.PASSKEY)
    if not challenge:
        raise _not_taken()
    import webauthn
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        checked = webauthn.verify_registration_response(
            credential=made,
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
        )
    except (*_MALFORMED, WebAuthnException):
        raise _not_taken() from None
    found.credential_id = bytes_to_base64url(checked.credential_id)
    found.public_key, found.sign_count = checked.credential_public_key, checked.sign_count
    try:
        work.session().flush()
    except IntegrityError:  # a passkey that is known already, whosever it is
        raise _not_taken() from None
    return counts(actor, found)


def passkey_fits(actor: Actor, signed: str, challenge: bytes, at: Address) -> bool:
    """Whether a passkey of theirs signed this challenge here; its counter has to go up."""
    if not challenge:
        return False
    import webauthn
    from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        credential = parse_authentication_credential_json(signed)
        found = next(
            each
            for each in factors_of(actor.id, FactorKind.PASSKEY)
            if each.credential_id == bytes_to_base64url(credential.raw_id)
        )
        checked = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=at.host,
            expected_origin=at.origin,
            credential_public_key=found.public_key or b"",
            credential_current_sign_count=found.sign_count,
        )
    except (*_MALFORMED, WebAuthnException, StopIteration):
        return False
    found.sign_count = checked.new_sign_count
    return True


def _not_taken() -> Invalid:
    return Invalid(N_("That did not work with this device. You can try again."), field="answer")

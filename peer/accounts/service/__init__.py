"""Verbs about people: invite, join, sign in and out, change, suspend."""

from peer.accounts.service.invitations import (
    INVITATION_DAYS,
    check_code,
    invite,
    offer_rooms,
    room_choices,
    withdraw_invitation,
)
from peer.accounts.service.joining import (
    Welcome,
    create_account,
    join,
    known_zone,
    reserve_account,
    when_joined,
)
from peer.accounts.service.names import (
    LONGEST,
    SHORTEST,
    SHORTEST_PASSPHRASE,
    checked_name,
    checked_passphrase,
    offered_names,
    offered_passphrase,
)
from peer.accounts.service.signing import (
    end_every_session,
    end_other_sessions,
    end_session,
    end_sessions,
    sign_person_out,
    start_session,
)
from peer.accounts.service.standing import (
    change_passphrase,
    change_preferences,
    reinstate,
    renew_passphrase,
    set_roles,
    suspend,
)

__all__ = [
    "INVITATION_DAYS",
    "LONGEST",
    "SHORTEST",
    "SHORTEST_PASSPHRASE",
    "Welcome",
    "change_passphrase",
    "change_preferences",
    "check_code",
    "checked_name",
    "checked_passphrase",
    "create_account",
    "end_every_session",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "invite",
    "join",
    "known_zone",
    "offer_rooms",
    "offered_names",
    "offered_passphrase",
    "reinstate",
    "renew_passphrase",
    "reserve_account",
    "room_choices",
    "set_roles",
    "sign_person_out",
    "start_session",
    "suspend",
    "when_joined",
    "withdraw_invitation",
]

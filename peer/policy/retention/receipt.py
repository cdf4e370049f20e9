"""What rows are called on the receipt of an erasure."""

from collections.abc import Mapping
from types import MappingProxyType

from peer.core.words import N_

#: What the rows of a table are called on a receipt.
CALLED: Mapping[str, str] = MappingProxyType(
    {
        "accounts": N_("Accounts"),
        "role_grants": N_("Roles"),
        "sessions": N_("Sign-ins"),
        "vaults": N_("Private keys"),
        "private_pages": N_("Closed pages"),
        "factors": N_("Second factors"),
        "recovery_codes": N_("Recovery codes"),
        "recoveries": N_("Times a coordinator let you back in"),
        "notices": N_("Notices"),
        "quiet_hours": N_("Quiet hours"),
        "memberships": N_("Memberships of rooms"),
        "admissions": N_("Times at a door"),
        "asides": N_("Invitations to step aside"),
        "arrivals": N_("Counts of first messages"),
        "seats": N_("Places in sessions"),
        "circle_seats": N_("Places in circles"),
        "room_names": N_("Names for one room"),
        "distances": N_("People muted or blocked"),
        "unwanted_topics": N_("Topics to fold"),
        "whispers": N_("Words to one person"),
        "messages": N_("Messages"),
        "message_reactions": N_("Warm words"),
        "rooms": N_("Private rooms"),
        "mentee_profiles": N_("Profiles as a mentee"),
        "mentor_profiles": N_("Profiles as a mentor"),
        "vetting_steps": N_("Steps of vetting"),
        "proposals": N_("Proposals"),
        "unmatched_people": N_("Rounds that found nobody"),
        "pair_rules": N_("Rules about pairs"),
        "mentorships": N_("Mentorships"),
        "imported_people": N_("Marks of spreadsheets"),
        "review_items": N_("Matters that were looked at"),
        "reports": N_("Reports"),
        "sanctions": N_("Warnings and pauses"),
        "shared_acts": N_("Acts of two people"),
    }
)


def called(table: str) -> str:
    """What the rows of a table are called, marked with `N_`."""
    return CALLED.get(table, N_("Other entries"))

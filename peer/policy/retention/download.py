"""What the download of one's own data leaves out, and why."""

from collections.abc import Mapping
from types import MappingProxyType

from peer.core.words import N_

_NUMBER = N_("A random number that leads from one table to another.")
_SCRAMBLED = N_("A scrambled form that is of no use to anybody.")
_OTHERS = N_("It would tell of somebody else.")
_WHO = N_("The random number of whoever did it.")
_WORK = N_("How pages and the engine work; nothing that anybody said.")
_OPEN = N_("While a matter is open it would tell that somebody has reported.")
_COPY = N_("The same stands elsewhere in the file.")

#: Columns that mention somebody and are not in the file, with the reason. A test holds that every
#: other one is. "table.*" stands for all columns of a table.
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "accounts.id",
                "role_grants.account_id",
                "sessions.id",
                "sessions.account_id",
                "factors.id",
                "factors.account_id",
                "recoveries.id",
                "recoveries.account_id",
                "recoveries.open_for",
                "invitations.id",
                "invitations.account_id",
                "invitations.used_by",
                "notices.id",
                "notices.account_id",
                "memberships.account_id",
                "admissions.account_id",
                "admissions.session",
                "arrivals.account_id",
                "quiet_hours.account_id",
                "seats.account_id",
                "seats.gathering_id",
                "circle_seats.account_id",
                "circle_seats.gathering_id",
                "distances.account_id",
                "unwanted_topics.account_id",
                "whispers.id",
                "whispers.author_id",
                "whispers.to_id",
                "messages.id",
                "messages.author_id",
                "messages.nonce",
                "message_reactions.account_id",
                "mentee_profiles.account_id",
                "mentee_profiles.programme_id",
                "mentor_profiles.account_id",
                "mentor_profiles.programme_id",
                "vetting_steps.id",
                "vetting_steps.mentor_id",
                "proposals.id",
                "proposals.round_id",
                "proposals.chain",
                "proposals.place",
                "moves.proposal_id",
                "moves.mentorship_id",
                "moves.mentor_id",
                "unmatched_people.round_id",
                "unmatched_people.mentee_id",
                "mentorships.id",
                "mentorships.programme_id",
                "mentorships.proposal_id",
                "imported_people.account_id",
                "reports.id",
                "reports.item_id",
                "reports.reporter_id",
                "rulings.id",
                "rulings.item_id",
                "sanctions.id",
                "sanctions.account_id",
                "sanctions.item_id",
                "sanctions.act_id",
                "disclosures.id",
                "disclosures.account_id",
                "disclosures.params",
                "releases.id",
                "releases.account_id",
                "exports.id",
                "exports.account_id",
                "exports.release_id",
                "exports.act_id",
            ),
            _NUMBER,
        ),
        **dict.fromkeys(
            (
                "accounts.username",
                "accounts.passphrase_hash",
                "sessions.token_hash",
                "sessions.private",
                "vaults.*",
                "factors.secret",
                "factors.credential_id",
                "factors.public_key",
                "recovery_codes.*",
                "recoveries.code_hash",
                "invitations.code_hash",
                "imported_people.who",
                "imported_people.content",
            ),
            _SCRAMBLED,
        ),
        **dict.fromkeys(
            (
                "message_reactions.message_id",
                "proposals.mentee_id",
                "proposals.mentor_id",
                "proposals.state",
                "proposals.score",
                "proposals.parts",
                "proposals.most",
                "proposals.reasons",
                "proposals.pinned",
                "proposals.reason",
                "unmatched_people.blockers",
                "unmatched_people.would_help",
                "pair_rules.*",
                "admissions.why",
                "mentorships.closure",
                "vetting_steps.note",
                "openings.*",
                "shared_acts.*",
            ),
            _OTHERS,
        ),
        **dict.fromkeys(
            (
                "role_grants.granted_by",
                "recoveries.started_by",
                "recoveries.handed_by",
                "invitations.created_by",
                "vetting_steps.by_id",
                "vetting_steps.confirmed_by",
                "proposals.decided_by",
                "rulings.by_id",
                "admissions.answered_by",
                "sanctions.by_id",
                "sanctions.lifted_by",
                "disclosures.by_id",
                "exports.asked_by",
                "exports.confirmed_by",
            ),
            _WHO,
        ),
        **dict.fromkeys(
            (
                "sessions.data",
                "sessions.proven_at",
                "sessions.stage",
                "sessions.challenge",
                "factors.confirmed_at",
                "factors.last_step",
                "factors.sign_count",
                "recoveries.code_until",
                "invitations.waits",
                "messages.place",
                "outbox.*",
                "rounds.*",
                "erasures.*",
            ),
            _WORK,
        ),
        "review_items.*": _OPEN,
        "case_files.*": _OPEN,
        "flags.*": _OPEN,
        "audit_entries.*": _COPY,
        "private_pages.*": N_("Sealed. When your key is at hand, the pages are in the file, open."),
    }
)


def left_out(place: str) -> str:
    """Why a column ("table.column") is not in the file; empty when it is."""
    return LEFT_OUT.get(place) or LEFT_OUT.get(f"{place.partition('.')[0]}.*", "")

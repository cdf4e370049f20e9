"""What accounts hold of a person, and how it is taken away."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, func

from peer.accounts import queries, service
from peer.accounts.models import Account, AccountState, Invitation, Recovery
from peer.accounts.models.erasure import Erasure
from peer.accounts.models.oversight import Release, SharedAct
from peer.accounts.queries import holdings
from peer.accounts.queries.factors import factors_of
from peer.accounts.queries.ways_back import codes_left, recoveries_of
from peer.accounts.service import Holding, Row, Said, Section, listed, room_choices, said
from peer.core import audit
from peer.core.expiry import days_ago, delete_some
from peer.core.words import N_
from peer.policy import retention
from peer.policy.accounts import ACT_WORDS, STATE_WORDS
from peer.policy.oversight import DISCLOSED_WORDS, ENDING_WORDS, RELEASABLE, ActState, Ending
from peer.policy.roles import Role

_ROLE_WORDS = {role.value: role.word for role in Role}
_FACTOR_WORDS = {
    "app": N_("An app that shows codes"),
    "passkey": N_("A passkey"),
}
_RECOVERY_WORDS = {
    "waiting": N_("it waits"),
    "handed": N_("a code was made"),
    "done": N_("the code was used"),
    "cancelled": N_("you stopped it"),
    "withdrawn": N_("it was called off"),
}
_DAY = N_("When")
_ACT = {"at": _DAY, "act": N_("What was done")}


def held(account_id: str) -> list[Section]:
    """The account itself, what it is for, where it is signed in, how it came, what staff did."""
    account = queries.account_with(account_id)
    return [
        _about(account),
        _roles(account),
        _sessions(account_id),
        _factors(account_id),
        _recovery_codes(account_id),
        _recoveries(account_id),
        _invitations(account_id),
        _done_to(account_id),
        _done_by(account_id),
        _disclosures(account_id),
        _releases(account_id),
        _exports(account_id),
    ]


def _about(account: Account) -> Section:
    state = AccountState.ACTIVE if queries.is_usable(account) else account.state
    row: Row = {
        "name": account.name,
        "state": said(STATE_WORDS, state),
        "suspended_until": account.suspended_until,
        "suspended_for": Said(account.suspended_for) if account.suspended_for else None,
        "locale": account.locale,
        "timezone": account.timezone,
        "theme": account.theme or None,
        "cover_minutes": account.cover_minutes or None,
        "created_at": account.created_at,
    }
    labels = {
        "name": N_("Name you use here"),
        "state": N_("Your account is"),
        "suspended_until": N_("Paused until"),
        "suspended_for": N_("It was about"),
        "locale": N_("Language of the pages"),
        "timezone": N_("Where your clock is"),
        "theme": N_("Light or dark"),
        "cover_minutes": N_("Minutes until pages are covered"),
        "created_at": N_("Joined"),
    }
    return Section("account", N_("Your account"), labels, [row])


def _roles(account: Account) -> Section:
    labels = {"role": N_("What you are here for"), "granted_at": N_("Since")}
    return listed("roles", N_("Your roles"), labels, account.grants, role=_ROLE_WORDS)


def _sessions(account_id: str) -> Section:
    labels = {
        "label": N_("What you call it"),
        "created_at": N_("Signed in"),
        "seen_at": N_("Last used"),
        "covered_at": N_("Covered since"),
    }
    found = queries.sessions_of(account_id)
    return listed("sessions", N_("Where you are signed in"), labels, found)


def _factors(account_id: str) -> Section:
    labels = {"label": N_("Your word for it"), "kind": N_("What it is"), "made_at": N_("Since")}
    found = factors_of(account_id)
    return listed("factors", N_("Your second factors"), labels, found, kind=_FACTOR_WORDS)


def _recovery_codes(account_id: str) -> Section:
    left = codes_left(account_id)
    rows: list[Row] = [{"left": left}] if left else []
    return Section("recovery_codes", N_("Your recovery codes"), {"left": N_("Unused")}, rows)


def _recoveries(account_id: str) -> Section:
    labels = {
        "started_at": N_("Begun"),
        "ripe_at": N_("The code could be made from"),
        "reason": N_("Why"),
        "state": N_("What became of it"),
        "ended_at": N_("Over"),
    }
    title = N_("Being let back in by a coordinator")
    return listed("recoveries", title, labels, recoveries_of(account_id), state=_RECOVERY_WORDS)


def _invitations(account_id: str) -> Section:
    labels = {
        "created_at": N_("Made"),
        "yours": N_("It was"),
        "roles": N_("For"),
        "rooms": N_("Rooms"),
        "note": N_("Note"),
        "expires_at": N_("Works until"),
        "used_at": N_("Used"),
        "withdrawn_at": N_("Withdrawn"),
    }
    return Section("invitations", N_("Invitations"), labels, list(_codes(account_id)))


def _codes(account_id: str) -> Iterator[Row]:
    names = dict(room_choices())
    whose = {"for": N_("for you"), "by": N_("made by you")}
    for found in queries.invitations():
        by = found.created_by == account_id
        if not by and account_id not in {found.used_by, found.account_id}:
            continue
        yield {
            "created_at": found.created_at,
            "yours": said(whose, "by" if by else "for"),
            "roles": [said(_ROLE_WORDS, role) for role in found.roles],
            "rooms": [names[room] for room in found.rooms if room in names],
            "note": found.note if by else None,
            "expires_at": found.expires_at,
            "used_at": found.used_at,
            "withdrawn_at": found.withdrawn_at,
        }


def _done_to(account_id: str) -> Section:
    found = [
        entry for entry in audit.about(f"account:{account_id}") if entry.actor_id != account_id
    ]
    title = N_("What those who look after this place did to your account")
    return listed("done_to_you", title, _ACT, found, act=ACT_WORDS)


def _done_by(account_id: str) -> Section:
    title = N_("What you did, as it is on record")
    return listed("done_by_you", title, _ACT, audit.done_by(account_id), act=ACT_WORDS)


def _disclosures(account_id: str) -> Section:
    labels = {"at": _DAY, "role": N_("Looked at by a"), "what": N_("What"), "reason": N_("Why")}
    return listed(
        "disclosures",
        N_("What was looked at beyond the ordinary work"),
        labels,
        holdings.disclosures_of(account_id),
        role=_ROLE_WORDS,
        what=DISCLOSED_WORDS,
    )


def _releases(account_id: str) -> Section:
    labels = {
        "agency": N_("To whom"),
        "purpose": N_("What for"),
        "parts": N_("Which parts"),
        "given_at": N_("You said yes"),
        "starts_at": N_("From"),
        "until": N_("Until"),
        "on_paper": N_("On paper"),
        "signed_on": N_("Signed on"),
        "where_kept": N_("The paper lies"),
        "confirmed_at": N_("You said that it is yours"),
        "withdrawn_at": N_("Ended"),
        "ending": N_("How it ended"),
        "looked_into_at": N_("Looked into"),
        "recorded_by": N_("Written down by"),
    }
    found = holdings.releases_of(account_id)
    title = N_("What you allowed to be handed on")
    told = listed("releases", title, labels, found, parts=RELEASABLE, ending=ENDING_WORDS)
    names = queries.names_of(each.recorded_by for each in found if each.recorded_by)
    rows = [
        {**row, "recorded_by": names.get(each.recorded_by or "")}
        for row, each in zip(told.rows, found, strict=True)
    ]
    return replace(told, rows=rows)


def _exports(account_id: str) -> Section:
    labels = {
        "ready_at": N_("Made ready"),
        "until": N_("Could be collected until"),
        "collected_at": N_("Collected"),
    }
    found = holdings.exports_of(account_id)
    return listed("exports", N_("What was handed on"), labels, found)


def leave(account_id: str) -> None:
    """Nobody can sign in, nobody finds the name, no browser stays signed in, no code still works."""
    service.leave_for_good(account_id)


def erase(account_id: str) -> dict[str, int]:
    """All that hangs on the account, and the account, unless an open case needs an empty shell."""
    return service.forget_account(account_id)


def expire(limit: int) -> dict[str, int]:
    """Invitations, recoveries, releases and acts of two people that were over long ago."""
    ended = func.coalesce(Invitation.used_at, Invitation.withdrawn_at, Invitation.expires_at)
    long_ago = days_ago(retention.days("invitations"))
    decided = func.coalesce(SharedAct.decided_at, SharedAct.expires_at)
    over = SharedAct.state != ActState.WAITING
    receipts = Erasure.settled_at < days_ago(retention.days("erasures"))
    lapsed = func.coalesce(Recovery.ended_at, Recovery.ripe_at)
    return {
        "erasures": delete_some(Erasure, receipts, limit=limit),
        "recoveries": delete_some(
            Recovery, lapsed < days_ago(retention.days("recoveries")), limit=limit
        ),
        "invitations": delete_some(Invitation, ended < long_ago, limit=limit),
        "shared_acts": delete_some(
            SharedAct, over, decided < days_ago(retention.days("shared_acts")), limit=limit
        ),
        "releases": delete_some(Release, *_over_long_ago(), limit=limit),
    }


def _over_long_ago() -> tuple[ColumnElement[bool], ...]:
    """Releases that ended, were looked into where their person had not signed them, and are old."""
    at_rest = func.coalesce(Release.looked_into_at, Release.withdrawn_at, Release.until)
    settled = (Release.ending != Ending.UNSIGNED) | Release.looked_into_at.is_not(None)
    return settled, at_rest < days_ago(retention.days("releases"))


HOLDING = Holding("accounts", held, erase, leave=leave, expire=expire)

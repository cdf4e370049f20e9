"""Acts of moderation that two people do: a ban, and looking at who reported something."""

from peer.accounts import queries as people
from peer.accounts import service as accounts
from peer.accounts.models import AccountState
from peer.accounts.models.oversight import SharedAct
from peer.accounts.queries import oversight
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.words import N_
from peer.moderation import queries
from peer.moderation.models import Report, Sanction
from peer.moderation.service import telling
from peer.notifications.service import notify
from peer.policy import moderation as policy
from peer.policy.moderation import HOUSE_RULES, NO_RULE, SanctionKind
from peer.policy.oversight import ActKind, Disclosed
from peer.policy.roles import Actor, Decision, require


def register_acts() -> None:
    """Make known which acts of moderation two people do."""
    accounts.two_people(
        ActKind.BAN,
        _ban,
        lambda actor, account_id: policy.can_share_ban(actor, queries.actor_with(account_id)),
        together=_may_ban_together,
        version=_ban_version,
        about=_about_ban,
    )
    accounts.two_people(
        ActKind.UNBAN,
        _unban,
        _may_unban,
        together=_may_unban_together,
        version=_unban_version,
        about=_about_unban,
    )
    accounts.two_people(
        ActKind.REVEAL_REPORTER,
        _reveal_reporter,
        _may_reveal,
        together=lambda asker, other, _id: policy.may_reveal_together(asker, other),
        about=_about_report,
        result=_who_reported,
    )


# --- a ban ---------------------------------------------------------------------------------------


def ask_ban(actor: Actor, account_id: str, rule: str, reason: str) -> SharedAct:
    """Ask that a person whose words were reviewed loses access for good."""
    person = queries.person_for(actor, account_id)
    require(policy.can_sanction(actor, person))
    if rule not in HOUSE_RULES or rule == NO_RULE:
        raise Invalid(N_("Choose the house rule that was broken."), field="rule")
    if people.account_with(account_id).state in people.SHUT_FOR_GOOD:
        raise Conflict(N_("This person has no access already."))
    return accounts.propose(actor, ActKind.BAN, account_id, {"rule": rule}, reason=reason)


def _may_ban_together(asker: Actor, other: Actor, account_id: str) -> Decision:
    return policy.may_ban_together(asker, other, queries.actor_with(account_id))


def _ban_version(account_id: str) -> str:
    account = people.account_with(account_id)
    gone = account.state in {AccountState.BANNED, AccountState.CLOSED}
    return f"{account.state if gone else 'here'} {' '.join(sorted(account.roles))}"[:64]


def _about_ban(account_id: str, params: accounts.Params) -> accounts.Lines:
    name = people.names_of([account_id]).get(account_id, "")
    return [(N_("Who"), name), (N_("House rule"), (HOUSE_RULES[params["rule"]],))]


def _ban(actor: Actor, account_id: str, params: accounts.Params) -> None:
    rule = params["rule"]
    work.session().add(
        Sanction(
            account_id=account_id,
            kind=SanctionKind.BAN,
            rule=rule,
            by_id=params["asked_by"],
            act_id=params["act"],
            at=clock.now(),
        )
    )
    audit.record(
        "person.ban", f"account:{account_id}", by=actor.id, asked_by=params["asked_by"], rule=rule
    )
    telling.sanctioned(account_id, SanctionKind.BAN, rule, None)
    accounts.ban(account_id, by=actor.id, reason=HOUSE_RULES[rule])


# --- the end of a ban ----------------------------------------------------------------------------


def ask_unban(actor: Actor, account_id: str, reason: str) -> SharedAct:
    """Ask, after another look, that somebody whose access ended for good is let in again."""
    queries.person_for(actor, account_id)
    if queries.ban_of(account_id) is None:
        raise Conflict(N_("This account is open already."))
    return accounts.propose(actor, ActKind.UNBAN, account_id, reason=reason)


def _may_unban(actor: Actor, account_id: str) -> Decision:
    banned_by = _banned_by(account_id)
    others = [
        people.actor_from(account)
        for account in oversight.second_people()
        if account.id not in banned_by
    ]
    person = queries.actor_with(account_id)
    return policy.can_share_unban(actor, person, banned_by=banned_by, others=others)


def _may_unban_together(asker: Actor, other: Actor, account_id: str) -> Decision:
    banned_by = _banned_by(account_id)
    person = queries.actor_with(account_id)
    return policy.may_unban_together(asker, other, person, banned_by=banned_by)


def _banned_by(account_id: str) -> set[str]:
    """The two who decided the last ban. The record tells who said yes: the act goes in a year."""
    bans = (entry for entry in audit.about(f"account:{account_id}") if entry.act == "person.ban")
    latest = next(bans, None)
    asked = queries.last_ban_of(account_id)
    both = (asked.by_id if asked else None, latest.actor_id if latest else None)
    return {one for one in both if one}


def _unban_version(account_id: str) -> str:
    ban = queries.ban_of(account_id)
    return f"{people.account_with(account_id).state} {ban.id if ban else ''}"


def _about_unban(account_id: str, _params: accounts.Params) -> accounts.Lines:
    name = people.names_of([account_id]).get(account_id, "")
    ban = queries.last_ban_of(account_id)
    if ban is None:
        return [(N_("Who"), name)]
    return [(N_("Who"), name), (N_("House rule"), (HOUSE_RULES[ban.rule],))]


def _unban(actor: Actor, account_id: str, _params: accounts.Params) -> None:
    ban, pause = queries.ban_of(account_id), queries.pause_of(account_id)
    if ban is None:
        raise Conflict(N_("This account is open already."))
    ban.lifted_at, ban.lifted_by = clock.now(), actor.id
    if pause is None:
        accounts.unban(account_id, by=actor)
        notify(account_id, N_("Your account is open again. Welcome back."))
    else:
        reason = HOUSE_RULES[pause.rule]
        accounts.unban(account_id, by=actor, paused=accounts.Pause(pause.until, reason))
        telling.sanctioned(account_id, SanctionKind.SUSPEND, pause.rule, None)
    telling.deciders(account_id, _banned_by(account_id))


# --- who reported --------------------------------------------------------------------------------


def ask_reporter(actor: Actor, item_id: str, report_id: str, reason: str) -> SharedAct:
    """Ask to look, with another person, at who reported something."""
    item = queries.item_for(actor, item_id)
    require(policy.can_open(actor, item))
    words = accounts.checked_reason(reason)
    if not report_id:
        raise Invalid(N_("Choose which report."), field="report")
    if not any(report.id == report_id for report in item.reports):
        raise NotFound()
    return accounts.propose(actor, ActKind.REVEAL_REPORTER, report_id, reason=words)


def _report(report_id: str) -> tuple[Report, str]:
    """The report, and who made it; NotFound when either is gone."""
    found = work.session().get(Report, report_id)
    if found is None or found.reporter_id is None:
        raise NotFound()
    return found, found.reporter_id


def _may_reveal(actor: Actor, report_id: str) -> Decision:
    report, reporter = _report(report_id)
    author = queries.author_of_report(report)
    return policy.can_share_reveal(actor, reporter_id=reporter, author_id=author)


def _about_report(report_id: str, _params: accounts.Params) -> accounts.Lines:
    words = policy.REPORT_WORDS[_report(report_id)[0].category]
    return [(N_("A report that says"), (words,))]


def _reveal_reporter(actor: Actor, report_id: str, params: accounts.Params) -> None:
    reason = oversight.act_with(params["act"]).reason
    _found, reporter = _report(report_id)
    accounts.disclose(reporter, actor, Disclosed.REPORTER, reason, shared=True)


def _who_reported(report_id: str, _params: accounts.Params) -> accounts.Lines:
    _found, reporter = _report(report_id)
    return [(N_("Reported by"), people.names_of([reporter]).get(reporter, ""))]

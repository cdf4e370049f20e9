"""Verbs about sheets: bring people in, keep the way a sheet was read.

A person from a sheet gets a reserved account under a made-up name, with their profile in it.
They take part in rounds once they have joined with an invitation; from then on the profile is
theirs, and sheets no longer change it. Of what the sheet calls them only a keyed hash is kept.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from peer.accounts import queries as accounts
from peer.accounts import service as accounts_service
from peer.accounts.models import Account, AccountState
from peer.core import audit, clock, keys, secrets, work
from peer.core.errors import Invalid, PeerError
from peer.core.words import N_
from peer.mentoring import queries
from peer.mentoring.models import MAIN, ColumnMapping, ImportedPerson, Programme
from peer.mentoring.queries import importing
from peer.mentoring.service import profiles, vetting
from peer.mentoring.service.inputs import (
    MenteeInput,
    MentorInput,
    check,
    mentee_input,
    mentor_input,
)
from peer.mentoring.sheets import ColumnPlan, Person, Side
from peer.policy import mentoring as policy
from peer.policy.mentoring import Vetting
from peer.policy.roles import Actor, Role, require

Told = MenteeInput | MentorInput

ROLES: dict[Side, Role] = {"mentees": Role.MEMBER, "mentors": Role.MENTOR}
CODE_DAYS = 60  # an invitation from a sheet lasts longer: handing out many takes a while
NAMES_TRIED = 50
PORTION = 20


class Outcome(StrEnum):
    """What a row did, or would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    OWN = "own"  # the person has joined and keeps their own profile
    REFUSED = "refused"


@dataclass(frozen=True)
class Imported:
    """One row: its line, what it did, under which name, and the code that opens the account."""

    line: int
    outcome: Outcome
    name: str = ""
    account_id: str = ""
    code: str = ""
    renamed: bool = False  # the sheet's made-up name could not be used
    error: PeerError | None = None


@dataclass(frozen=True)
class Vouching:
    """A coordinator's word that the mentors of a sheet were vetted elsewhere, until a day.

    A second person has to confirm each, as with any approval.
    """

    by: Actor
    until: date

    @property
    def days(self) -> int:
        """How long that is from today."""
        return (self.until - clock.now().date()).days


def outcome_of(person: Person, side: Side) -> Outcome:
    """What importing this row would do."""
    known = importing.imported(side, person.who)
    if known is None:
        return Outcome.NEW
    account = accounts.account_with(known.account_id)
    if account.state != AccountState.RESERVED:
        return Outcome.SAME if known.content == _content(person) else Outcome.OWN
    before = _stored(account.id, person, side)
    return Outcome.SAME if _input(before, person) == before else Outcome.CHANGED


def portions(people: Sequence[Person]) -> Iterator[Sequence[Person]]:
    """Few people at a time: each portion is a unit of work, so that nobody else waits long."""
    for begin in range(0, len(people), PORTION):
        yield people[begin : begin + PORTION]


def import_people(
    actor: Actor,
    people: Iterable[Person],
    side: Side,
    *,
    codes: bool = False,
    vouching: Vouching | None = None,
) -> list[Imported]:
    """Bring the people of a sheet in; the same sheet again changes nothing.

    A row that a rule refuses is reported and keeps nobody else out. `codes`: make an invitation
    for everyone who has neither joined nor an open one. `vouching` asks a second person to approve the new mentors.
    """
    require(policy.can_coordinate(actor))
    if vouching is not None:
        check_vouching(vouching)
    work.session().get(Programme, MAIN, with_for_update=True)  # one sheet at a time
    done = [_import(actor, person, side, codes, vouching) for person in people]
    counts = {outcome: sum(each.outcome == outcome for each in done) for outcome in Outcome}
    audit.record(
        "people.import",
        f"programme:{MAIN}",
        by=actor.id,
        side=side,
        **{str(key): n for key, n in counts.items()},
    )
    return done


def check_vouching(vouching: Vouching) -> None:
    """Refuse unless a coordinator vouches, for a time that vetting can last."""
    require(policy.can_coordinate(vouching.by))
    if not 1 <= vouching.days <= policy.LONGEST_VETTING_DAYS:
        raise Invalid(
            N_("Choose a day from tomorrow to %(most)s days from now."),
            field="vetted_until",
            most=policy.LONGEST_VETTING_DAYS,
        )


def _import(
    actor: Actor, person: Person, side: Side, codes: bool, vouching: Vouching | None
) -> Imported:
    outcome = outcome_of(person, side)
    known = importing.imported(side, person.who)
    data = _input(_stored(known.account_id if known else None, person, side), person)
    try:
        check(data)
    except Invalid as error:
        return Imported(person.line, Outcome.REFUSED, error=error)
    account, renamed = _account(person, side, by=actor.id or None)
    if outcome in {Outcome.NEW, Outcome.CHANGED}:
        _save(actor, account, data)
        _remember(person, side, account)
        if outcome == Outcome.NEW and side == "mentors" and vouching is not None:
            _vouch(vouching, account)
    code = _code(actor, account, side) if codes else ""
    return Imported(person.line, outcome, account.name, account.id, code, renamed)


def _stored(account_id: str | None, person: Person, side: Side) -> Told:
    """What is known of a person so far; who stands in a sheet of mentees asked for a mentor."""
    areas = {area.id: area.name for area in queries.areas()}
    if side == "mentors":
        mentor = queries.mentor_profile(account_id) if account_id else None
        area = areas.get(mentor.area_id or "") if mentor else None
        return mentor_input(mentor, area=area, zone=person.clock)
    mentee = queries.mentee_profile(account_id) if account_id else None
    area = areas.get(mentee.area_id or "") if mentee else None
    found = mentee_input(mentee, area=area, zone=person.clock)
    return found if mentee else replace(found, wants=True)


def _input(before: Told, person: Person) -> Told:
    """What the row changes of it; fields that the sheet has no column for stay as they were."""
    data = replace(before, **person.values)
    area = queries.area_named(data.area) if data.area else None
    return replace(data, area=area.name) if area else data


def _account(person: Person, side: Side, *, by: str | None) -> tuple[Account, bool]:
    """The account of a row, made now if it has none; whether its made-up name had to give way."""
    known = importing.imported(side, person.who)
    if known is not None:
        return accounts.account_with(known.account_id), False
    role = ROLES[side]
    if person.pseudonym:
        try:
            return accounts_service.reserve_account(person.pseudonym, [role], by=by), False
        except Invalid:
            pass
    return accounts_service.reserve_account(_free_name(), [role], by=by), bool(person.pseudonym)


def _free_name() -> str:
    for name in accounts_service.offered_names(NAMES_TRIED):
        if accounts.account_named(name) is None:
            return name
    return f"Guest {secrets.new_token()[:6]}"


def _save(actor: Actor, account: Account, data: MenteeInput | MentorInput) -> None:
    if data.area:
        profiles.add_area(actor, data.area)
    account.timezone = data.timezone
    if isinstance(data, MenteeInput):
        profiles.save_mentee_profile(actor, account.id, data)
    else:
        profiles.save_mentor_profile(actor, account.id, data)


def _content(person: Person) -> str:
    values = json.dumps(person.values, sort_keys=True, default=list)
    return keys.fingerprint("imported_people.content", values)[:16]


def _remember(person: Person, side: Side, account: Account) -> None:
    known = importing.imported(side, person.who)
    if known is None:
        known = ImportedPerson(
            side=side, who=importing.mark_of(side, person.who), account_id=account.id
        )
        work.session().add(known)
    known.content, known.at = _content(person), clock.now()
    work.session().flush()


def _vouch(vouching: Vouching, account: Account) -> None:
    """Begin the review of a new mentor and ask for their approval, on a coordinator's word."""
    vetting.set_vetting(vouching.by, account.id, Vetting.IN_REVIEW, note="Sheet")
    vetting.set_vetting(
        vouching.by, account.id, Vetting.VETTED, days=vouching.days, note="Checked before joining."
    )
    audit.record(
        "vetting.vouch", f"account:{account.id}", by=vouching.by.id, until=str(vouching.until)
    )


def _code(actor: Actor, account: Account, side: Side) -> str:
    if account.state != AccountState.RESERVED or accounts.open_invitation_for(account.id):
        return ""
    _, code = accounts_service.invite(
        actor, [ROLES[side]], note=account.name, days=CODE_DAYS, account_id=account.id
    )
    return code


def save_mapping(actor: Actor, side: Side, name: str, plan: ColumnPlan) -> ColumnMapping:
    """Keep the way a sheet was read under a name; the same name again is overwritten."""
    require(policy.can_coordinate(actor))
    words = " ".join(name.split())
    if not 1 <= len(words) <= 80:
        raise Invalid(N_("A name of up to 80 characters works here."), field="save_as")
    found = importing.saved_mappings(side).get(words)
    if found is None:
        found = ColumnMapping(programme_id=queries.programme().id, side=side, name=words)
        work.session().add(found)
    found.columns = plan.model_dump(mode="json")
    found.made_at = clock.now()
    audit.record("mapping.save", f"programme:{MAIN}", by=actor.id, side=side)
    work.session().flush()
    return found

"""What mentoring holds of a person, and how it is taken away."""

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from peer.accounts import queries as accounts
from peer.accounts.service import Holding, Row, Said, Section, Value, listed, said
from peer.core import languages, work
from peer.core.expiry import days_ago, delete_some
from peer.core.words import N_
from peer.mentoring import queries, service
from peer.mentoring.models import (
    MenteeProfile,
    MentorProfile,
    Mentorship,
    Proposal,
    Round,
    Unmatched,
    VettingStep,
)
from peer.mentoring.queries import importing
from peer.policy import retention
from peer.policy.mentoring import (
    IDENTITIES,
    INTEREST_LEVELS,
    INTERESTS,
    LANGUAGE_LEVELS,
    REASON_WORDS,
    STYLE,
    TOPICS,
    VETTING_WORDS,
    MentorshipState,
    ProposalState,
    RoundState,
)

_WHEN = N_("When")
_HALVES = 48
_DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_SIDES = {
    "mentee": N_("mentee"),
    "mentor": N_("mentor"),
    "present": N_("mentor of somebody who would have gone on with another"),
}
_ANSWERS = {"True": N_("yes"), "False": N_("not this time"), "None": N_("nothing yet")}
_MENTORSHIP: dict[str, str] = {
    MentorshipState.ACTIVE: N_("active"),
    MentorshipState.PAUSED: N_("on a break"),
    MentorshipState.CLOSED: N_("ended"),
}
_PROFILE = {
    "languages": N_("Languages"),
    "interests": N_("Interests"),
    "identity": N_("You are"),
    "accepts": N_("You would meet"),
    "style": N_("How you like it"),
    "avoids": N_("You would rather not meet"),
    "boundaries": N_("What the other person should know"),
    "area": N_("Area"),
    "timezone": N_("Where your clock is"),
    "zone_confirmed_at": N_("You confirmed it"),
    "cells": N_("When you could talk"),
    "paused": N_("On a break"),
    "created_at": N_("First told"),
    "updated_at": N_("Last changed"),
}
_MENTEE = {
    "topics": N_("You may want to talk about"),
    "prefers": N_("You would like to meet"),
    "wants": N_("You would like a mentor"),
    "wanted_at": N_("Since"),
    "priority": N_("How soon, as coordinators noted, from 1 to 9"),
}
_MENTOR = {
    "declines": N_("You would rather not talk about"),
    "capacity": N_("How many people you can meet"),
    "vetting": N_("Vetting"),
    "vetted_until": N_("Vetted until"),
}
_OVER = (RoundState.CLOSED, RoundState.FAILED)


def held(account_id: str) -> list[Section]:
    """Profiles, vetting, questions they were asked, mentorships."""
    mentee, mentor = queries.mentee_profile(account_id), queries.mentor_profile(account_id)
    return [
        Section(
            "mentee_profile",
            N_("What you told as somebody who would like a mentor"),
            {**_PROFILE, **_MENTEE},
            [_profile(mentee) | _mentee(mentee)] if mentee else [],
        ),
        Section(
            "mentor_profile",
            N_("What you told as a mentor"),
            {**_PROFILE, **_MENTOR},
            [_profile(mentor) | _mentor(mentor)] if mentor else [],
        ),
        _vetting(account_id),
        _questions(account_id),
        _left_over(account_id),
        _mentorships(account_id),
        _imported(account_id),
    ]


def _profile(told: MenteeProfile | MentorProfile) -> dict[str, Value]:
    areas = {area.id: area.name for area in queries.areas()}
    return {
        "languages": [_spoken(code, level) for code, level in sorted(told.languages.items())],
        "interests": [
            _weighed(INTERESTS.get(tag, tag), level)
            for tag, level in sorted(told.interests.items())
        ],
        "identity": said(IDENTITIES, told.identity),
        "accepts": (
            None if told.accepts is None else [said(IDENTITIES, each) for each in told.accepts]
        ),
        "style": [_trait(name, value) for name, value in sorted(told.style.items())],
        "avoids": list(told.avoids),
        "boundaries": told.boundaries or None,
        "area": areas.get(told.area_id or ""),
        "timezone": told.timezone,
        "zone_confirmed_at": told.zone_confirmed_at,
        "cells": list(_hours(told.cells)),
        "paused": told.paused,
        "created_at": told.created_at,
        "updated_at": told.updated_at,
    }


def _mentee(told: MenteeProfile) -> dict[str, Value]:
    return {
        "topics": [said(TOPICS, each) for each in told.topics],
        "prefers": list(told.prefers),
        "wants": told.wants,
        "wanted_at": told.wanted_at,
        "priority": told.priority,
    }


def _mentor(told: MentorProfile) -> dict[str, Value]:
    return {
        "declines": [said(TOPICS, each) for each in told.declines],
        "capacity": told.capacity,
        "vetting": said(VETTING_WORDS, told.vetting),
        "vetted_until": told.vetted_until,
    }


def _spoken(code: str, level: int) -> Said:
    return Said(
        "%(language)s, %(level_words)s",
        {"language": languages.name_of(code, "en"), "level_words": LANGUAGE_LEVELS[level]},
    )


def _weighed(words: str, level: int) -> Said:
    return Said(
        "%(what_words)s, %(level_words)s",
        {"what_words": words, "level_words": INTEREST_LEVELS[level]},
    )


def _trait(name: str, value: float) -> Said:
    question, answers = STYLE.get(name, (name, {}))
    return Said(
        "%(question_words)s %(answer_words)s",
        {"question_words": question, "answer_words": answers.get(value, str(value))},
    )


def _hours(cells: Iterable[int]) -> Iterator[Said]:
    """Half hours of the week, joined where one follows the other, within a day."""
    begun: int | None = None
    wanted = set(cells)
    for cell in range(7 * _HALVES):
        if cell in wanted and begun is None:
            begun = cell
        ends = cell + 1 not in wanted or (cell + 1) % _HALVES == 0
        if begun is not None and ends:
            yield Said(
                "%(day_words)s %(begin)s–%(end)s",
                {
                    "day_words": _DAYS[begun // _HALVES],
                    "begin": _clock(begun % _HALVES),
                    "end": _clock(cell % _HALVES + 1),
                },
            )
            begun = None


def _clock(half: int) -> str:
    return f"{half // 2:02}:{half % 2 * 30:02}"


def _vetting(account_id: str) -> Section:
    labels = {"at": _WHEN, "state": N_("Step"), "until": N_("Until")}
    found = queries.vetting_steps(account_id)
    title = N_("The steps of your vetting")
    return listed("vetting", title, labels, found, state=VETTING_WORDS)


def _questions(account_id: str) -> Section:
    """Only what they were asked and said themselves: how it ended would tell of the other."""
    labels = {
        "decided_at": N_("You were asked"),
        "expires_at": N_("Until"),
        "side": N_("As"),
        "start": N_("Half hour of the week, world time, counted from Monday 0:00"),
        "answer": N_("You said"),
    }
    asked = queries.questions_to(account_id)
    moves = queries.moves_among(each.id for each in asked)
    rows: list[Row] = [
        {
            "decided_at": each.decided_at,
            "expires_at": each.expires_at,
            "side": said(_SIDES, _side(account_id, each)),
            "start": each.start,
            "answer": said(_ANSWERS, str(queries.said_by(account_id, each, moves.get(each.id)))),
        }
        for each in asked
    ]
    return Section("questions", N_("What you were asked about mentoring"), labels, rows)


def _side(account_id: str, proposal: Proposal) -> str:
    named = {proposal.mentor_id: "mentor", proposal.mentee_id: "mentee"}
    return named.get(account_id, "present")


def _left_over(account_id: str) -> Section:
    labels = {"started_at": N_("Round of"), "reason": N_("Why")}
    rows: list[Row] = [
        {"started_at": round_.started_at, "reason": said(REASON_WORDS, each.reason)}
        for each, round_ in queries.left_over(account_id)
    ]
    return Section("left_over", N_("Rounds that found nobody for you"), labels, rows)


def _mentorships(account_id: str) -> Section:
    labels = {
        "with": N_("With"),
        "side": N_("You are the"),
        "state": N_("It is"),
        "timezone": N_("By the clock of"),
        "minute": N_("Minute of the week, counted from Monday 0:00"),
        "started_at": N_("Began"),
        "paused_at": N_("On a break since"),
        "closed_at": N_("Ended"),
        "stays": N_("You would rather go on as you are"),
    }
    found = queries.mentorships_of(account_id)
    others = {
        each.id: each.mentor_id if each.mentee_id == account_id else each.mentee_id
        for each in found
    }
    names = accounts.names_of(others.values())
    rows: list[Row] = [
        {
            "with": names.get(others[each.id]) or None,
            "side": said(_SIDES, "mentee" if each.mentee_id == account_id else "mentor"),
            "state": said(_MENTORSHIP, each.state),
            "timezone": each.timezone,
            "minute": each.minute,
            "started_at": each.started_at,
            "paused_at": each.paused_at,
            "closed_at": each.closed_at,
            "stays": each.mentee_stays if each.mentee_id == account_id else each.mentor_stays,
        }
        for each in found
    ]
    return Section("mentorships", N_("Your mentorships"), labels, rows)


def _imported(account_id: str) -> Section:
    labels = {"at": _WHEN, "side": N_("As")}
    sides = {"mentees": _SIDES["mentee"], "mentors": _SIDES["mentor"]}
    found = importing.imported_as(account_id)
    return listed("imported", N_("You came from a spreadsheet"), labels, found, side=sides)


def leave(account_id: str) -> None:
    """Mentorships end with kind words to the other; open questions close."""
    service.part_kindly(account_id)


def erase(account_id: str) -> dict[str, int]:
    """Profiles, answers, mentorships; no round knows the person any more."""
    return service.forget_person(account_id)


def expire(limit: int) -> dict[str, int]:
    """What rounds were made from, old answers, old mentorships and their rooms, old notes."""
    return {
        "rounds": _forget_problems(limit),
        "proposals": _old_proposals(limit),
        "unmatched_people": delete_some(
            Unmatched, Unmatched.round_id.in_(_rounds_over("unmatched_people")), limit=limit
        ),
        "vetting_steps": _old_notes(limit),
        "mentorships": _old_mentorships(limit),
    }


def _over_since(table: str) -> ColumnElement[bool]:
    """Rounds that were over for as long as `table` keeps what hangs on them."""
    ended = func.coalesce(Round.closed_at, Round.touched_at)
    return Round.state.in_(_OVER) & (ended < days_ago(retention.days(table)))


def _rounds_over(table: str) -> Select[str]:
    return select(Round.id).where(_over_since(table))


def _forget_problems(limit: int) -> int:
    """Take out of old rounds what everybody had told."""
    holds_any = or_(Round.problem != "", Round.solution.is_not(None))
    found = (
        work.session()
        .scalars(select(Round).where(_over_since("rounds"), holds_any).limit(limit))
        .all()
    )
    for round_ in found:
        service.forget_problem(round_)
        round_.notes = []
    return len(found)


def _old_proposals(limit: int) -> int:
    """Answers of rounds long over, but for open questions and pairs who meet still."""
    meeting = select(Mentorship.proposal_id).where(Mentorship.proposal_id.is_not(None))
    return delete_some(
        Proposal,
        Proposal.round_id.in_(_rounds_over("proposals")),
        Proposal.state != ProposalState.APPROVED,
        Proposal.id.not_in(meeting),
        limit=limit,
    )


def _old_notes(limit: int) -> int:
    old = (
        VettingStep.note_sealed.is_not(None),
        VettingStep.at < days_ago(retention.days("vetting_steps")),
    )
    found = work.session().scalars(select(VettingStep.id).where(*old).limit(limit)).all()
    work.session().execute(
        update(VettingStep).where(VettingStep.id.in_(found)).values(note_sealed=None)
    )
    return len(found)


def _old_mentorships(limit: int) -> int:
    long_ago = days_ago(retention.days("mentorships"))
    ended = (Mentorship.state == MentorshipState.CLOSED, Mentorship.closed_at < long_ago)
    return delete_some(Mentorship, *ended, limit=limit)


HOLDING = Holding("mentoring", held, erase, leave=leave, expire=expire)

"""From a sheet of half hours to people who meet: the whole way, with people made up from a seed."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

import matching
from peer.accounts import queries as accounts
from peer.accounts import service as accounts_service
from peer.core import clock, queue, work
from peer.mentoring import queries, service, sheets
from peer.mentoring.models import Mentorship, Proposal, Round
from peer.mentoring.service.importing import Imported, Vouching, import_people
from peer.mentoring.sheets import ColumnPlan, Grid, Side
from peer.policy.mentoring import MentorshipState
from peer.rooms import queries as rooms
from tests.cast import Cast, passphrase_hash

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
MENTORS, EACH = 8, 2
PLAN = ColumnPlan(
    columns={"Name": "who"},
    grids=[Grid(prefix="Slot", first="09:00", minutes=30)],
    defaults={"languages": "English (fluent)"},
    timezone="America/Los_Angeles",
    on_the_hour=True,
)


def sheet_of(free: dict[str, set[int]]) -> bytes:
    """168 half hours a person, seven days from nine in the morning."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Name", *[f"Slot {number}" for number in range(1, 169)]])
    for name, slots in free.items():
        writer.writerow([name, *[int(slot in slots) for slot in range(168)]])
    return out.getvalue().encode("utf-8-sig")


def made_up_sheets(seed: int) -> tuple[bytes, bytes]:
    """Mentors with few hours, and as many mentees as can all be placed on a whole hour."""
    random = Random(seed)
    hours = list(range(0, 168, 2))
    mentors: dict[str, set[int]] = {}
    mentees: dict[str, set[int]] = {}
    for number in range(MENTORS):
        chosen = random.sample(hours, 3)
        mentors[f"Mentor {number}"] = {slot for hour in chosen for slot in (hour, hour + 1)}
        for each, hour in enumerate(chosen[:EACH]):
            others = {random.randrange(168) for _ in range(20)}
            mentees[f"Mentee {number}-{each}"] = {hour, hour + 1, *others}
    return sheet_of(mentees), sheet_of(mentors)


def bring_in(cast: Cast, data: bytes, side: Side, plan: ColumnPlan) -> list[Imported]:
    until = (clock.now() + timedelta(days=200)).date()
    reading = sheets.read_people(sheets.read_sheet(data), plan, side, timezone="UTC")
    assert not reading.faults
    vouching = Vouching(cast.cora, until) if side == "mentors" else None
    with work.begin():
        return import_people(cast.cora, reading.people, side, codes=True, vouching=vouching)


def join(imported: list[Imported]) -> None:
    for number, each in enumerate(imported):
        with work.begin():
            accounts_service.join(
                each.code,
                f"Guest-{each.name[:3]}-{number}-{len(imported)}",
                passphrase_hash(),
                locale="en",
                timezone="America/Los_Angeles",
            )


def everybody_is_vouched_for_twice(cast: Cast) -> None:
    """Cleo says yes to each mentor whom Cora vouched for with the sheet."""
    cleo = cast.cleo
    with work.begin():
        waiting = accounts_service.decisions_for(cleo).for_me
        assert len(waiting) == MENTORS
        for act in waiting:
            accounts_service.confirm(cleo, act.id)


def test_everybody_of_a_sheet_meets_somebody_on_a_whole_hour(app: Flask, cast: Cast) -> None:
    mentees, mentors = made_up_sheets(seed=3)
    places = PLAN.model_copy(update={"defaults": {**PLAN.defaults, "capacity": str(EACH)}})
    with app.test_request_context():
        join(bring_in(cast, mentees, "mentees", PLAN.model_copy(update={"on_the_hour": False})))
        join(bring_in(cast, mentors, "mentors", places))
        everybody_is_vouched_for_twice(cast)
        with work.begin():
            service.set_programme(
                cast.cora, name="Mentoring", timezone="America/Los_Angeles", consent_days=14
            )
        with work.begin():
            round_id = service.start_round(cast.cora, seed=1).id
        queue.run_now("rounds.solve", round_id)
        _check(round_id)
        _consent(cast, round_id)
    with work.begin(writes=False) as session:
        met = session.scalars(select(Mentorship)).all()
        assert len(met) == MENTORS * EACH
        assert {row.state for row in met} == {MentorshipState.ACTIVE}
        assert {(row.minute or 1) % 60 for row in met} == {0}
        assert all(rooms.private_room_of(row.id) is not None for row in met)


def _check(round_id: str) -> None:
    """The referee agrees, and nobody is left over."""
    with work.begin(writes=False) as session:
        row = session.get_one(Round, round_id)
        problem, solution = row.problem, row.solution
    assert solution is not None
    answer = matching.loads_solution(solution)
    assert matching.check.broken_rules(matching.loads(problem), answer) == []
    assert len(answer.pairs) == MENTORS * EACH
    assert all(pair.start is not None for pair in answer.pairs)


def _consent(cast: Cast, round_id: str) -> None:
    """Cora approves every pair, and both people say yes."""
    with work.begin(writes=False) as session:
        ids = session.scalars(select(Proposal.id).where(Proposal.round_id == round_id)).all()
    for proposal_id in ids:
        with work.begin():
            proposal = service.approve(cast.cora, proposal_id)
        for account_id in (proposal.mentee_id, proposal.mentor_id):
            with work.begin():
                person = accounts.actor_from(accounts.account_with(account_id))
                service.answer(person, proposal_id, True)


@pytest.mark.parametrize(("name", "side"), [("mentors", "mentors"), ("mentees", "mentees")])
def test_documented_samples_are_read_whole(name: str, side: Side) -> None:
    sheet = sheets.read_sheet((SAMPLES / f"{name}.csv").read_bytes())
    reading = sheets.read_people(sheet, sheets.guess(sheet.headers, side), side, timezone="UTC")
    assert (reading.faults, reading.notes) == ([], [])
    assert len(reading.people) == len(sheet.lines)
    assert all(person.values["cells"] for person in reading.people)


def test_documented_mapping_reads_its_sample() -> None:
    sheet = sheets.read_sheet((SAMPLES / "half-hours.csv").read_bytes())
    plan = sheets.load((SAMPLES / "half-hours.json").read_bytes())
    reading = sheets.read_people(sheet, plan, "mentees", timezone="UTC")
    assert (reading.faults, reading.notes) == ([], [])
    assert len(reading.people) == 5


def test_imported_hours_are_the_person_s_to_confirm(app: Flask, cast: Cast) -> None:
    done = bring_in(cast, made_up_sheets(seed=4)[0], "mentees", PLAN)
    with work.begin(writes=False):
        profile = queries.mentee_with(done[0].account_id)
        assert profile.zone_confirmed_at is None
        assert profile.timezone == "America/Los_Angeles"

"""A stored round is solved once more: the same bytes, or it is said that they are not."""

import json

import pytest
from click.testing import CliRunner, Result

from peer.core import work
from peer.core.settings import Settings
from peer.mentoring import queries, service
from peer.mentoring.commands import rounds_group
from peer.mentoring.snapshot import SOLVE_SECONDS
from tests.cast import Cast
from tests.mentoring.making import (
    newcomers,
    noor_meets_tess,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)


def replay(*numbers: str) -> Result:
    return CliRunner().invoke(rounds_group, ["replay", *numbers], obj=lambda: None)


@pytest.fixture
def round_id(core: Settings, cast: Cast) -> str:
    """A round with a pair that goes on, new pairs, and people left over."""
    noor_meets_tess(cast)
    with work.begin():
        service.close_round(cast.cora, queries.rounds()[0].id)
    for newcomer in newcomers(cast, 4):
        would_like_a_mentor(newcomer)
    vetted_mentor(cast, cast.account("uma"), capacity=2)
    return solved_round(cast)


def test_every_stored_round_comes_out_the_same(round_id: str) -> None:
    told = replay()
    assert told.exit_code == 0
    lines = told.output.splitlines()
    assert len(lines) == 2
    assert all("the same, byte for byte" in line for line in lines)


def test_an_answer_that_somebody_changed_is_found(round_id: str) -> None:
    with work.begin():
        round_ = queries.round_with(round_id)
        changed = json.loads(str(round_.solution))
        changed["pairs"][0]["score"] += 1
        round_.solution = json.dumps(changed, sort_keys=True, separators=(",", ":")) + "\n"
        number = str(round_.number)
    told = replay(number)
    assert told.exit_code == 1
    assert told.output.startswith(f"Round {number}: DIFFERS")


def test_a_round_that_was_stopped_before_its_ties_accuses_nobody(round_id: str) -> None:
    with work.begin():
        round_ = queries.round_with(round_id)
        changed = json.loads(str(round_.solution))
        changed["pairs"][0]["start"] += 1
        stopped = {**changed, "seconds": SOLVE_SECONDS + 0.5}
        texts = [json.dumps(x, sort_keys=True, separators=(",", ":")) for x in (stopped, changed)]
        number = str(round_.number)
    told = []
    for text in texts:
        with work.begin():
            queries.round_with(round_id).solution = text + "\n"
        told.append(replay(number))
    assert "was stopped before the ties" in told[0].output
    assert told[0].exit_code == 0
    assert told[1].output.startswith(f"Round {number}: DIFFERS")


def test_a_round_whose_people_are_forgotten_is_passed_over(round_id: str) -> None:
    with work.begin():
        service.forget_problem(queries.round_with(round_id))
    told = replay("2")
    assert (told.exit_code, told.output) == (
        0,
        "Round 2: what it was made from is not kept any more.\n",
    )


def test_a_number_that_no_round_has_is_told(core: Settings, cast: Cast) -> None:
    told = replay("7")
    assert told.exit_code == 1
    assert told.output == "Error: There is no round 7.\n"
    assert replay().output == ""

"""The life of a review item, in any order of things that may happen to it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peer.core import clock, limits, work
from peer.core.errors import Conflict
from peer.moderation import service
from peer.moderation.models import ReviewItem
from peer.policy.moderation import CLAIM_MINUTES, ItemState, Outcome
from tests.cast import Cast
from tests.moderation.making import Board, item_about

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the night in which the clocks go back
STEPS = st.one_of(
    st.tuples(st.just("report"), st.sampled_from(["noor", "sol", "tess"])),
    st.tuples(
        st.sampled_from(["claim", "pass", "reopen", "hide", "stand"]),
        st.sampled_from(["mo", "mia"]),
    ),
    st.tuples(st.just("wait"), st.integers(1, CLAIM_MINUTES + 1)),
)


@dataclass
class Expected:
    """What should be so: the state machine in a few lines."""

    state: str = ItemState.OPEN
    holder: str = ""
    until: datetime = START
    shown: bool = True
    decisions: int = 0
    reporters: set[str] = field(default_factory=lambda: {"fay"})

    def allows(self, verb: str, who: str, now: datetime) -> bool:
        free = self.holder in {"", who} or self.until <= now
        return {
            "report": True,
            "claim": self.state != ItemState.DECIDED and free,
            "pass": self.state == ItemState.CLAIMED and self.holder == who,
            "reopen": self.state == ItemState.DECIDED,
            "hide": self.state == ItemState.CLAIMED and self.holder == who,
            "stand": self.state == ItemState.CLAIMED and self.holder == who,
        }[verb]

    def follow(self, verb: str, who: str, now: datetime) -> None:
        if verb == "report":
            self.reporters.add(who)
            self.state = ItemState.OPEN if self.state == ItemState.DECIDED else self.state
        elif verb == "claim":
            self.state, self.holder = ItemState.CLAIMED, who
            self.until = now + timedelta(minutes=CLAIM_MINUTES)
        elif verb in {"pass", "reopen"}:
            self.state, self.holder = ItemState.OPEN, ""
        else:
            self.state, self.holder = ItemState.DECIDED, ""
            self.shown, self.decisions = verb == "stand", self.decisions + 1


def _do(verb: str, who: str, item: ReviewItem, cast: Cast) -> None:
    actor = cast.actor(who)
    with work.begin():
        version = item.version
        if verb == "report":
            service.file_report(actor, "note", item.subject_id, "unkind")
        elif verb == "claim":
            service.claim(actor, item.id)
        elif verb == "pass":
            service.pass_on(actor, item.id)
        elif verb == "reopen":
            service.reopen(actor, item.id, version=version)
        else:
            outcome = Outcome.HIDE if verb == "hide" else Outcome.STAND
            service.decide(actor, item.id, version=version, outcome=outcome, rule="kindness")


@pytest.mark.usefixtures("people")
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, max_size=12))
def test_an_item_is_always_open_claimed_or_decided_as_its_history_says(
    steps: list[tuple[str, object]], cast: Cast, board: Board
) -> None:
    limits.configure("no count is left from the example before")
    now, expected = START, Expected()
    with clock.stopped_at(now), work.begin():
        note = board.pin(cast.zed, "You should be ashamed.")
        service.file_report(cast.fay, "note", note, "unkind")
    for verb, what in steps:
        if verb == "wait":
            now += timedelta(minutes=int(str(what)))
            continue
        before, who = item_about(note), str(what)
        allowed = expected.allows(verb, who, now)
        with clock.stopped_at(now):
            try:
                _do(verb, who, before, cast)
            except Conflict:
                assert not allowed, (verb, who)
            else:
                assert allowed, (verb, who)
                expected.follow(verb, who, now)
        _check(note, expected, before, board, now)


def _check(note: str, expected: Expected, before: ReviewItem, board: Board, now: datetime) -> None:
    item = item_about(note)
    assert item.state == expected.state
    assert (item.claimed_by is not None) == bool(expected.holder)
    assert (item.decided_at is not None) == (item.state == ItemState.DECIDED)
    assert (board.notes[note].state == "visible") == expected.shown
    assert len(item.rulings) == expected.decisions
    assert len(item.reports) == len(expected.reporters)
    assert item.version >= before.version

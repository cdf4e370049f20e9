"""Who is new, walked through by a machine: whatever happens, the count is what stands in view."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peer.core import work
from peer.core.settings import Settings
from peer.policy import arriving
from peer.policy.arriving import Newness
from peer.policy.moderation import Outcome
from peer.policy.roles import STAFF, Actor, Role
from peer.rooms import service
from peer.rooms.models import Message, Room
from tests.cast import ROLES, Cast
from tests.rooms.newcomers import decide, newness, state
from tests.rooms.place import a_room, said, word


@given(
    roles=st.frozensets(st.sampled_from(list(Role)), min_size=1),
    entry=st.sampled_from(["everyone", "invited", "mentorship"]),
    through=st.integers(0, 12),
    asked=st.integers(0, 12),
    settled=st.booleans(),
    distress=st.booleans(),
)
def test_only_people_who_are_new_wait_and_only_in_groups(
    roles: frozenset[Role], entry: str, through: int, asked: int, settled: bool, distress: bool
) -> None:
    room = Room(entry=entry, kind="open_hours")
    who, how_far = Actor("p", "P", roles), Newness(through, asked, settled=settled)
    waits = arriving.is_looked_at_first(who, room, how_far, in_distress=distress)
    assert waits == (
        entry != "mentorship"
        and not roles & STAFF
        and through < asked
        and not settled
        and not distress
    )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["say", "say", "stand", "stand", "hide", "take_back", "change"]),
        st.integers(0, 9),
    ),
    max_size=24,
)


class Evening:
    """What Noor says, and what becomes of it; `through` is what a careful reader would count."""

    def __init__(self, cast: Cast, room: Room, asked: int) -> None:
        self.cast, self.room, self.asked = cast, room, asked
        self.said: list[Message] = []
        self.through: set[str] = set()
        self.over = False

    def do(self, step: str, which: int) -> None:
        if step == "say":
            message = said(self.cast.noor, self.room, f"hello {word(len(self.said))}")
            assert (message.state == "held") is not self.over
            self.said.append(message)
            return
        if not self.said:
            return
        message = self.said[which % len(self.said)]
        if state(message) == "held" and step in {"stand", "hide"}:
            decide(self.cast, message, Outcome.STAND if step == "stand" else Outcome.HIDE)
            self._count(message, stands=step == "stand")
        elif step == "take_back" and state(message) != "removed":
            with work.begin():
                service.remove_message(self.cast.noor, message.id)
            self._count(message, stands=False)
        elif step == "change" and state(message) == "visible":
            with work.begin():
                service.edit_message(self.cast.noor, message.id, text=f"{step} {word(which)}")
            assert (state(message) == "held") is not self.over
            self._count(message, stands=self.over)

    def _count(self, message: Message, *, stands: bool) -> None:
        if self.over:
            return
        (self.through.add if stands else self.through.discard)(message.id)
        self.over = len(self.through) >= self.asked


@pytest.fixture
def everybody(core: Settings, cast: Cast) -> None:
    for name in ROLES:
        cast.account(name)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, asked=st.integers(1, 4))
def test_count_is_what_was_let_through_and_stands(
    everybody: None, cast: Cast, steps: list[tuple[str, int]], asked: int
) -> None:
    guest = cast.newcomer()
    noor = Actor(guest.id, guest.name, frozenset({Role.MEMBER}))
    service.look_at_first(asked)
    evening = Evening(_WithNoor(cast, noor), a_room(cast, noor), asked)
    for step in steps:
        evening.do(*step)
        found = newness(noor)
        assert found.is_over == evening.over
        assert evening.over or found.let_through == len(evening.through)
    service.look_at_first(0)


class _WithNoor:
    """The cast, with somebody in Noor's place whom nobody has met."""

    def __init__(self, cast: Cast, noor: Actor) -> None:
        self.noor, self.mo = noor, cast.mo

"""The talking piece, walked through by a machine: pure rules."""

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from peer.policy import circle as policy
from peer.policy.circle import DONE, Circle, Turn

PEOPLE = [f"p{n}" for n in range(6)]
person = st.sampled_from(PEOPLE)


class TalkingPiece(RuleBasedStateMachine):
    """People come, drop, pass, leave and speak, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.circle, self.here = policy.begin(PEOPLE[:4]), set(PEOPLE[:4])
        self.turns: Counter[str] = Counter()  # finished turns of this round
        self.order = self.names()
        self.numbers = [self.circle.number]

    def names(self) -> list[str]:
        return [seat.person for seat in self.circle.seats]

    def moved(self, circle: Circle) -> None:
        self.circle = circle
        self.numbers.append(circle.number)

    def count(self) -> None:
        holder = self.circle.holder
        assert holder is not None
        self.turns[holder] += 1

    @precondition(lambda self: self.circle.holder is None)
    @rule(closing=st.booleans())
    def begin_round(self, closing: bool) -> None:
        self.turns.clear()
        self.moved(policy.next_round(self.circle, self.here, closing=closing))

    @precondition(lambda self: self.circle.holder is not None)
    @rule(said=st.booleans())
    def give_on(self, said: bool) -> None:
        self.count()
        before = self.names()
        self.moved(policy.done(self.circle, self.here, said=said))
        assert self.names() == before, "passing loses nobody's place"

    @precondition(lambda self: self.circle.holder is not None)
    @rule()
    def holder_drops(self) -> None:
        self.here.discard(self.circle.holder or "")
        self.moved(policy.skip(self.circle, self.here))

    @rule(who=person)
    def drop(self, who: str) -> None:
        if who != self.circle.holder:
            self.here.discard(who)

    @rule(who=person)
    def come_back(self, who: str) -> None:
        self.here.add(who)
        self.moved(policy.join(self.circle, who))
        if who not in self.order:
            assert self.names()[-1] == who
            self.order.append(who)

    @rule(who=person)
    def leave(self, who: str) -> None:
        self.here.discard(who)
        self.moved(policy.leave(self.circle, who, self.here))
        self.order = [each for each in self.order if each != who]
        self.turns.pop(who, None)

    @invariant()
    def at_most_one_holds_it_and_they_are_here(self) -> None:
        holding = [seat.person for seat in self.circle.seats if seat.turn == Turn.HOLDS]
        assert len(holding) <= 1
        assert set(holding) <= self.here

    @invariant()
    def nobody_has_two_turns_in_a_round(self) -> None:
        assert all(count == 1 for count in self.turns.values())

    @invariant()
    def it_rests_only_when_nobody_here_waits_for_it(self) -> None:
        if self.circle.holder is None and self.circle.round and self.turns:
            late = {s.person for s in self.circle.seats if s.turn == Turn.WAITING}
            assert not {s.person for s in self.circle.seats if s.turn in DONE} & late

    @invariant()
    def places_stay_as_they_were_drawn(self) -> None:
        assert self.names() == self.order

    @invariant()
    def its_number_never_goes_back(self) -> None:
        assert self.numbers == sorted(self.numbers)


TalkingPiece.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestTalkingPiece = TalkingPiece.TestCase


def turns(circle: Circle) -> dict[str, Turn]:
    return {seat.person: seat.turn for seat in circle.seats}


def test_a_round_gives_everybody_exactly_one_turn_in_the_order_drawn() -> None:
    here = ["b", "a", "c"]
    circle = policy.next_round(policy.begin(here), here)
    spoken = []
    while circle.holder is not None:
        spoken.append(circle.holder)
        circle = policy.done(circle, here, said=circle.holder != "a")
    assert spoken == here
    assert turns(circle) == {"b": Turn.HAD, "a": Turn.PASSED, "c": Turn.HAD}
    assert policy.next_round(circle, here).holder == "b"


def test_who_dropped_gets_the_piece_at_the_end_once_they_are_back() -> None:
    circle = policy.next_round(policy.begin(["a", "b", "c"]), ["a", "b", "c"])
    circle = policy.skip(circle, ["b", "c"])
    assert circle.holder == "b"
    circle = policy.done(circle, ["b", "c"], said=True)
    assert circle.holder == "c"
    assert policy.done(circle, ["a", "b", "c"], said=True).holder == "a"
    assert policy.done(circle, ["b", "c"], said=True).holder is None


def test_who_comes_late_is_last_and_everybody_gone_is_no_deadlock() -> None:
    circle = policy.next_round(policy.begin(["a"]), ["a"])
    circle = policy.join(circle, "z")
    assert policy.done(circle, ["a", "z"], said=True).holder == "z"
    alone = policy.skip(circle, [])
    assert alone.holder is None
    assert policy.next_round(alone, ["z"]).holder == "z"


def test_nobody_is_cut_off_and_an_old_page_moves_nothing() -> None:
    circle = policy.next_round(policy.begin(["a", "b"]), ["a", "b"])
    number = circle.number
    assert not policy.can_ask_for_it(circle, number, leads=True, up=False)
    assert policy.can_ask_for_it(circle, number, leads=True, up=True)
    assert not policy.can_ask_for_it(circle, number - 1, leads=True, up=True)
    assert not policy.can_ask_for_it(circle, number, leads=False, up=True)
    assert not policy.can_give_on(circle, "b", number)
    assert not policy.can_begin_round(circle, number, leads=True)

"""What one place may ask at once, and that its asking holds nobody else up."""

import threading
import time

import pytest

from peer.core import turns
from peer.core.errors import SlowDown
from peer.core.turns import Knocks, Turns


def test_an_allowance_runs_dry_and_fills_up_again() -> None:
    knocks = Knocks(5, 20)
    assert [knocks.wait("here") for _ in range(5)] == [0.0] * 5
    wait = knocks.wait("here")
    assert 0 < wait <= 0.05
    assert knocks.wait("there") == 0
    time.sleep(wait + 0.01)
    assert knocks.wait("here") == 0
    assert knocks.wait("here") > 0


def test_what_costs_more_runs_dry_sooner_and_a_refusal_costs_nothing() -> None:
    knocks = Knocks(6, 0.001)
    assert [knocks.wait("here", 3) > 0 for _ in range(4)] == [False, False, True, True]
    assert knocks.wait("there", 5) == 0
    assert knocks.wait("there", 3) > 0
    assert knocks.wait("there", 1) == 0


def test_places_that_ask_no_more_are_forgotten() -> None:
    knocks = Knocks(2, 100)
    for number in range(50):
        knocks.wait(f"place {number}")
    time.sleep(0.03)
    knocks.wait("another")
    assert set(knocks._spent) == {"another"}


def busy(line: Turns, place: str, until: threading.Event) -> threading.Thread:
    """Somebody whose page takes until `until`."""

    def ask() -> None:
        with line.turn(place):
            until.wait(10)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_many_of_one_place_wait_for_each_other_and_others_go_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "WAITING", 2)
    line, done = Turns(), threading.Event()
    people = [busy(line, "shelter", done) for _ in range(turns.AT_ONCE + 2)]
    while line._lines["shelter"].people < len(people):
        time.sleep(0.001)
    with line.turn("elsewhere"):
        pass
    with pytest.raises(SlowDown), line.turn("shelter"):
        pass
    done.set()
    for each in people:
        each.join()
    with line.turn("shelter"):
        pass
    assert line._lines == {}


def test_whoever_fails_gives_the_turn_on() -> None:
    line = Turns()
    for _ in range(turns.AT_ONCE + 1):
        with pytest.raises(ValueError, match="broken"), line.turn("here"):
            raise ValueError("broken")
    with line.turn("here"):
        pass

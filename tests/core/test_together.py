"""Events taken up together: who waits is answered, whatever becomes of those before them."""

from collections.abc import Sequence

import gevent
import pytest

from peer.core.realtime.together import Together


def test_a_group_that_fails_leaves_those_who_wait_answered() -> None:
    def answer(asked: Sequence[str]) -> list[str]:
        gevent.sleep(0.01)  # the others come meanwhile
        if "broken" in asked:
            raise ValueError
        return [f"{each} is heard" for each in asked]

    group = Together[str, str](answer, start=gevent.spawn)
    broken = gevent.spawn(group.ask, "broken")
    gevent.sleep(0)
    others = [gevent.spawn(group.ask, name) for name in ("noor", "zed")]
    gevent.joinall([broken, *others], timeout=5)
    with pytest.raises(ValueError):
        broken.get(block=False)
    assert [each.get(block=False) for each in others] == ["noor is heard", "zed is heard"]


def test_answers_that_are_too_few_keep_nobody_waiting() -> None:
    group = Together[str, str](lambda asked: [], start=gevent.spawn)
    one = gevent.spawn(group.ask, "noor")
    gevent.joinall([one], timeout=5)
    with pytest.raises(ValueError):
        one.get(block=False)


def talking(people: int, times: int) -> list[int]:
    """How many were taken up at once, when each asks again as soon as they are answered."""
    sizes: list[int] = []

    def answer(asked: Sequence[int]) -> Sequence[int]:
        sizes.append(len(asked))
        gevent.sleep(0.005)  # the disk
        return asked

    group = Together[int, int](answer, start=gevent.spawn)

    def talk(one: int) -> None:
        for _ in range(times):
            assert group.ask(one) == one
            gevent.sleep(0.001)  # the way there and back

    gevent.joinall([gevent.spawn(talk, one) for one in range(people)], timeout=30)
    return sizes


def test_a_crowd_that_speaks_again_stays_one_group() -> None:
    sizes = talking(people=40, times=10)
    assert sum(sizes) == 400
    assert sizes[len(sizes) // 2] == 40, sizes  # not halves that take turns


def test_two_who_talk_are_never_kept_waiting_for_others() -> None:
    rests: list[float] = []
    group = Together[int, int](lambda asked: asked, start=gevent.spawn)
    group._gather = rests.append  # type: ignore[assignment,method-assign]
    gevent.joinall([gevent.spawn(group.ask, one) for one in range(2)], timeout=5)
    assert rests == []

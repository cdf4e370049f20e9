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

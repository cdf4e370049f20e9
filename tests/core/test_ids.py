"""Ids: nobody guesses one, and those that are written by the hundred come in order."""

import time

from peer.core.db import new_id, new_id_in_order


def test_later_ids_stand_behind_earlier_ones() -> None:
    made = []
    for _ in range(20):
        made.append(new_id_in_order())
        time.sleep(0.002)
    assert made == sorted(made)


def test_ids_of_one_moment_are_different_and_fit_where_others_do() -> None:
    made = {new_id_in_order() for _ in range(5_000)}
    assert len(made) == 5_000
    assert {len(each) for each in made} == {len(new_id())}


def test_what_follows_the_time_is_not_the_same_twice() -> None:
    chances = {new_id_in_order()[9:] for _ in range(5_000)}
    assert len(chances) == 5_000

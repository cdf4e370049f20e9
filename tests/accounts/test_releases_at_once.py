"""Two people act upon one release at the same moment, on PostgreSQL, where both can."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from peer.accounts import service
from peer.accounts.models import Account
from peer.accounts.queries import oversight
from peer.core import work
from peer.core.errors import PeerError
from tests.accounts.test_releases import asked, exports, given
from tests.accounts.test_releases_on_paper import later, paper, written
from tests.cast import Cast

pytestmark = pytest.mark.postgres

WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def in_turn(hold: Callable[[], object], *acts: Callable[[], object]) -> list[str]:
    """Begin each act in a thread of its own, one after the other, while somebody holds what they
    need, and let go once all wait; the code of the error of each, empty for none."""

    def run(act: Callable[[], object]) -> str:
        try:
            with work.begin():
                act()
        except PeerError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        with work.begin() as session:
            hold()
            under_way = []
            for number, act in enumerate(acts, start=1):
                under_way.append(pool.submit(run, act))
                until = time.monotonic() + 60
                while session.scalar(text(WAITING)) < number:
                    assert time.monotonic() < until, "it did not wait"
                    time.sleep(0.02)
                    session.execute(text("SELECT pg_stat_clear_snapshot()"))
        return [each.result() for each in under_way]


def test_taking_it_back_comes_before_a_second_yes_of_the_same_moment(
    postgres_app: Flask, cast: Cast
) -> None:
    release = given(cast)
    act = asked(cast, release)
    assert in_turn(
        lambda: oversight.release_with(release, lock=True),
        lambda: service.end_release(cast.noor, release),
        lambda: service.confirm(cast.cleo, act),
    ) == ["", "conflict"]
    assert exports(release) == 0


def test_saying_that_one_did_not_sign_comes_before_a_second_yes(
    postgres_app: Flask, cast: Cast
) -> None:
    release = written(cast)
    with later():
        act = asked(cast, release)
        assert in_turn(
            lambda: oversight.release_with(release, lock=True),
            lambda: service.dispute_release(cast.noor, release),
            lambda: service.confirm(cast.cleo, act),
        ) == ["", "conflict"]
    assert exports(release) == 0


def test_two_who_write_down_one_paper_make_one_release(postgres_app: Flask, cast: Cast) -> None:
    for name in ("noor", "cora", "cleo"):
        cast.account(name)
    assert in_turn(
        lambda: work.session().get(Account, cast.noor.id, with_for_update=True),
        lambda: service.record_release(cast.cora, cast.noor.id, paper()),
        lambda: service.record_release(cast.cleo, cast.noor.id, paper()),
    ) == ["", "invalid"]
    with work.begin(writes=False):
        assert len(oversight.releases_of(cast.noor.id)) == 1

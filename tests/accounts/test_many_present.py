"""Many people looked up at once: what is remembered of them never outlives a change."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from peer.accounts import queries, service
from peer.accounts.models import RoleGrant
from peer.accounts.sessions import Sessions
from peer.core import clock, work
from peer.policy.roles import Actor, Role
from tests.cast import Cast

LookUp = Callable[[], dict[str, Actor]]


@pytest.fixture
def zed(app: Flask, cast: Cast) -> tuple[str, LookUp]:
    """Zed's session, and how the sockets see who is behind it, again and again."""
    with work.begin():
        token = service.start_session(cast.account("zed"))
    sessions = app.session_interface
    assert isinstance(sessions, Sessions)
    with work.begin(writes=False):
        (session_id,) = sessions.callers.sessions_of([{"HTTP_COOKIE": f"s={token}"}])
    assert session_id is not None

    def look() -> dict[str, Actor]:
        with work.begin(writes=False):
            return sessions.callers.actors_of([session_id])

    assert look()[session_id].name == "Zed"
    return session_id, look


def test_one_who_is_suspended_is_nobody_at_once_and_comes_back(
    zed: tuple[str, LookUp], cast: Cast
) -> None:
    _, look = zed
    with work.begin():
        service.suspend(cast.zed.id, by=cast.mo, days=None)
    assert look() == {}


def test_a_role_that_was_just_given_or_taken_counts(zed: tuple[str, LookUp], cast: Cast) -> None:
    session_id, look = zed
    with work.begin() as session:
        session.add(
            RoleGrant(account_id=cast.zed.id, role=Role.FACILITATOR, granted_at=clock.now())
        )
    assert look()[session_id].roles == {Role.MEMBER, Role.FACILITATOR}
    with work.begin() as session:
        session.delete(session.get(RoleGrant, (cast.zed.id, Role.FACILITATOR)))
    assert look()[session_id].roles == {Role.MEMBER}


def test_a_session_ends_when_its_time_is_over_though_nothing_changes(
    zed: tuple[str, LookUp],
) -> None:
    session_id, look = zed
    with clock.stopped_at(clock.now() + timedelta(minutes=29)):
        assert session_id in look()
    with clock.stopped_at(clock.now() + timedelta(minutes=31)):
        assert look() == {}


def test_use_is_noted_so_that_talking_keeps_a_session_alive(
    zed: tuple[str, LookUp], app: Flask
) -> None:
    session_id, look = zed
    later = clock.now() + timedelta(minutes=20)
    with clock.stopped_at(later):
        look()
        app.session_interface.callers.note_uses()
    with work.begin(writes=False):
        assert queries.session_with(session_id).seen_at == later
    with clock.stopped_at(later + timedelta(minutes=20)):
        assert session_id in look()


def test_unknown_cookies_are_nobodys(app: Flask) -> None:
    sessions = app.session_interface
    environs = [{}, {"HTTP_COOKIE": "s=made-up"}, {"HTTP_COOKIE": "s=a.signed-out"}]
    with work.begin(writes=False):
        assert sessions.callers.sessions_of(environs) == [None, None, None]
        assert sessions.callers.actors_of([]) == {}

"""Words to sockets are rows: written with their cause, handed on by every process."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from peer.core import clock, realtime, work
from peer.core.errors import Refused
from peer.core.realtime import Outgoing
from peer.core.words import N_
from peer.notifications.service import notify
from tests.cast import Cast
from tests.plugins.sockets import Socket


def test_notice_written_by_another_process_reaches_the_open_page(
    open_socket: Callable[..., Socket], cast: Cast
) -> None:
    guest = cast.newcomer()
    page, other = open_socket(guest), open_socket(cast.newcomer())
    with work.begin():
        notify(guest.id, N_("Welcome"))
    assert page.wait_for("inbox:changed") == {"unread": 1}
    assert other.heard == []


def test_words_of_a_unit_that_fails_are_never_said(
    open_socket: Callable[..., Socket], cast: Cast
) -> None:
    guest = cast.newcomer()
    page = open_socket(guest)

    @work.unit_of_work
    def fails() -> None:
        realtime.tell(f"account:{guest.id}", "inbox:changed", {"unread": 7})
        raise Refused()

    with pytest.raises(Refused):
        fails()
    with work.begin():
        realtime.tell(f"account:{guest.id}", "inbox:changed", {"unread": 8})
    assert page.wait_for("inbox:changed") == {"unread": 8}


def test_each_word_is_said_once_and_in_order(
    open_socket: Callable[..., Socket], cast: Cast
) -> None:
    guest = cast.newcomer()
    page = open_socket(guest)
    for number in range(20):
        with work.begin():
            realtime.tell(f"account:{guest.id}", "inbox:changed", {"unread": number})
    page.wait_for("inbox:changed", where=lambda said: said["unread"] == 19)
    page.client.sleep(1.2)  # two more beats
    assert [said["unread"] for _, said in page.heard] == list(range(20))


def test_why_a_session_ended_is_known_for_a_day_and_forgotten_then(core: object) -> None:
    with work.begin():
        realtime.cut_session("some", "suspended", hashed_token="of-some")
    began = clock.now()
    for hours, known in ((0.1, "suspended"), (23, "suspended"), (25, "ended")):
        with clock.stopped_at(began + timedelta(hours=hours)), work.begin() as session:
            realtime.forget_old()
            assert realtime.reason_of_end(hashed_token="of-some") == known
            assert realtime.reason_of_end(hashed_token="of-another") == "ended"
    with work.begin(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Outgoing)) == 0


def test_old_words_are_forgotten(core: object) -> None:
    with work.begin():
        realtime.tell("role:member", "inbox:changed", {"unread": 1})
    with clock.stopped_at(clock.now() + timedelta(hours=1)), work.begin() as session:
        realtime.tell("role:member", "inbox:changed", {"unread": 2})
        realtime.forget_old()
        assert session.scalar(select(func.count()).select_from(Outgoing)) == 1

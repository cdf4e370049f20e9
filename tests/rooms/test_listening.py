"""Who hears a room: nobody whose time in it is over, and nobody whose page has gone."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from peer.core import clock, work
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.broadcast import following as pumps
from peer.rooms.broadcast.pump import LAPSES, Pump
from peer.rooms.broadcast.telling import Listener
from peer.rooms.models import Admission, Membership, Room
from tests.cast import Cast
from tests.rooms.place import a_room, said
from tests.rooms.test_admission import come, let_in, with_a_door


class Page:
    """A page that polls: the texts it was sent."""

    closed, queue = False, None

    def __init__(self) -> None:
        self.got = ""

    def send(self, packet: Any) -> None:
        self.got += packet.encode()


def followed(room: Room, *people: Actor) -> tuple[Pump, list[Page]]:
    """What a process has that sends this room to a page of each of these people."""
    with work.begin(writes=False):
        found = queries.room_with(room.id)
        pump = Pump(room.id, sent=found.last_seq, roster=found.roster)
    pages = [Page() for _ in people]
    for person, page in zip(people, pages, strict=True):
        pump.listeners[f"page-of-{person.id}"] = Listener(person.id, page)
    return pump, pages


@pytest.mark.parametrize("known", ["handed over", "read"])
def test_a_process_that_has_not_heard_of_it_tells_nothing_to_whom_was_taken_out(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, known: str
) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    pump, (noor, zed) = followed(room, cast.noor, cast.zed)
    with work.begin():
        service.remove_person(cast.cora, room.id, cast.zed.id)
    if known == "handed over":
        monkeypatch.setitem(pumps._pumps, room.id, pump)
    said(cast.noor, room, "among us")
    pump.look()
    assert "among us" in noor.got
    assert zed.got == ""
    assert pump.people() == {cast.noor.id}


def lapse(person: Actor) -> None:
    """Time alone ends what a person has agreed to; no roster changes with it."""
    with work.begin() as session:
        agreed = update(Membership).where(Membership.account_id == person.id)
        session.execute(agreed.values(agreed_at=clock.now() - timedelta(hours=19)))


def test_nobody_is_asked_about_anew_for_each_message(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_room(cast, cast.noor, cast.zed, ask_again=True)
    pump, (_, zed) = followed(room, cast.noor, cast.zed)
    monkeypatch.setitem(pumps._pumps, room.id, pump)
    lapse(cast.zed)
    said(cast.noor, room, "one")
    pump.look()
    assert "one" in zed.got, "until the next look, within a minute"


def let_go_of(pump: Pump, quiet: float) -> bool:
    """Whether the process lets go of a room to which nobody has listened for some seconds."""
    pump.followed = time.monotonic() - quiet
    pumps.beat()
    return pump.room_id not in pumps._pumps


def a_minute_later(pump: Pump, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next look at a room that is a minute after the last."""
    pump.checked = time.monotonic() - LAPSES - 1
    monkeypatch.setitem(pumps._pumps, pump.room_id, pump)
    pumps.rung_for_facts(pump.room_id)


def test_whose_yes_has_lapsed_hears_nothing_more_within_a_minute(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_room(cast, cast.noor, cast.zed, ask_again=True)
    pump, _ = followed(room, cast.noor, cast.zed)
    a_minute_later(pump, monkeypatch)
    assert pump.people() == {cast.noor.id, cast.zed.id}
    lapse(cast.zed)
    a_minute_later(pump, monkeypatch)
    assert pump.people() == {cast.noor.id}


def test_whose_being_let_in_has_lapsed_hears_nothing_more_within_a_minute(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = with_a_door(cast)
    come(room, cast.noor, cast.zed)
    let_in(room, cast.fay, cast.noor, cast.zed)
    pump, _ = followed(room, cast.noor, cast.zed, cast.fay)
    a_minute_later(pump, monkeypatch)
    assert pump.people() == {cast.noor.id, cast.zed.id, cast.fay.id}
    with work.begin() as session:
        admitted = update(Admission).where(Admission.account_id == cast.zed.id)
        session.execute(admitted.values(answered_at=clock.now() - timedelta(days=2)))
    a_minute_later(pump, monkeypatch)
    assert pump.people() == {cast.noor.id, cast.fay.id}


def test_a_page_that_went_while_it_came_in_is_nobody(app: Flask, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    pump, _ = followed(room, cast.zed)
    with pytest.raises((KeyError, ValueError)):
        pump.let_in("gone", cast.noor, None)
    assert pump.people() == {cast.zed.id}


def test_a_page_that_went_without_a_word_is_not_counted_for_ever(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_room(cast, cast.noor)
    pump, _ = followed(room, cast.noor)
    monkeypatch.setitem(pumps._pumps, room.id, pump)
    pumps.beat()
    assert pump.people() == set()


def test_a_room_that_nobody_follows_is_let_go_of_after_a_while(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_room(cast, cast.noor)
    pump, _ = followed(room)
    monkeypatch.setitem(pumps._pumps, room.id, pump)
    assert not let_go_of(pump, quiet=pumps.KEPT - 5)
    assert let_go_of(pump, quiet=pumps.KEPT + 1)
    said(cast.noor, room, "nobody listens")


def test_a_room_that_somebody_has_just_followed_is_kept(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_room(cast, cast.noor)
    pump, _ = followed(room, cast.noor)
    monkeypatch.setitem(pumps._pumps, room.id, pump)
    assert not let_go_of(pump, quiet=pumps.KEPT + 1), "her page has gone in this moment"
    assert let_go_of(pump, quiet=pumps.KEPT + 1)


def test_who_comes_in_as_a_room_is_let_go_of_follows_what_the_process_sends_from(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_room(cast, cast.noor)
    pump, _ = followed(room)
    monkeypatch.setitem(pumps._pumps, room.id, pump)
    said(cast.noor, room, "said before")
    told: list[BaseException] = []

    def comes_in() -> None:
        try:
            pumps.come_in("a-page", cast.noor, room.id, None)
        except (KeyError, ValueError) as error:  # it is no page of this process
            told.append(error)

    with pump.lock:
        noor = threading.Thread(target=comes_in)
        noor.start()
        noor.join(0.5)
        assert noor.is_alive(), "she waits"
        assert let_go_of(pump, quiet=pumps.KEPT + 1)
    noor.join(10)
    assert told
    assert pumps._pumps[room.id] is not pump
    assert (pump.sent, pumps._pumps[room.id].sent) == (0, 1)
    del pumps._pumps[room.id]


def test_a_room_is_not_let_go_of_while_somebody_comes_in(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = a_room(cast, cast.noor)
    pump, _ = followed(room)
    monkeypatch.setitem(pumps._pumps, room.id, pump)
    pump.followed = time.monotonic() - pumps.KEPT - 1
    beat = threading.Thread(target=pumps.beat)
    with pump.lock:
        beat.start()
        beat.join(10)
        assert not beat.is_alive(), "and nobody else waits for it"
    assert pumps._pumps[room.id] is pump

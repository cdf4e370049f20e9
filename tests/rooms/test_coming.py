"""Coming in, agreeing, and who may."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from peer.accounts import service as accounts
from peer.accounts.queries import actor_from
from peer.core import clock, work
from peer.core.errors import Invalid, NotFound, Nudge, PeerError, Refused, RoomClosed
from peer.policy.rooms import AGREED_FOR
from peer.rooms import queries, service
from peer.rooms.models import Message
from peer.rooms.service.screening import GOOD_FOR
from tests.cast import ROLES, Cast
from tests.rooms.place import a_private_room, a_room, said

EVENING = datetime(2026, 10, 24, 19, 0, tzinfo=UTC)  # the clocks go back in this night


@pytest.fixture(autouse=True)
def _people(core: object, cast: Cast) -> None:
    """Services on a database, without pages, and everybody there."""
    for name in ROLES:
        cast.account(name)


def test_yes_counts_through_the_night_and_is_asked_again_the_next_evening(cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        room = a_room(cast, cast.noor)
    with clock.stopped_at(EVENING + AGREED_FOR - timedelta(seconds=1)):
        said(cast.noor, room, "still here")
    with clock.stopped_at(EVENING + timedelta(days=1)):
        with pytest.raises(Refused):
            said(cast.noor, room, "too early")
        with work.begin():
            service.agree(cast.noor, room.id)
        said(cast.noor, room, "back again")


def test_room_that_asks_once_remembers(cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        room = a_room(cast, cast.noor, ask_again=False)
    with clock.stopped_at(EVENING + timedelta(days=400)):
        said(cast.noor, room, "long ago")


def test_changed_agreement_is_asked_anew(cast: Cast) -> None:
    room = a_room(cast, cast.noor, ask_again=False)
    words = {"name": "Commons", "about": "", "question": "", "entry": "everyone"}
    with work.begin():
        service.edit_room(cast.cora, room.id, agreement=room.agreement, ask_again=False, **words)
    said(cast.noor, room, "the same words need no new yes")
    with work.begin():
        service.edit_room(cast.cora, room.id, agreement=["New"], ask_again=False, **words)
    with pytest.raises(Refused):
        said(cast.noor, room, "not yet")


def test_mentors_come_into_group_rooms_by_invitation_only(cast: Cast) -> None:
    room = a_room(cast, cast.noor)
    with work.begin(writes=False):
        assert queries.rooms_open_to(cast.tess) == []
        with pytest.raises(NotFound):
            queries.room_for(cast.tess, room.id)
    with work.begin():
        service.add_person(cast.cora, room.id, "tess")
        service.agree(cast.tess, room.id)
    said(cast.tess, room, "hello")


def test_moderators_come_into_any_group_room_as_everyone_does(cast: Cast) -> None:
    circle = a_room(cast, cast.noor, entry="invited")
    with work.begin(writes=False), pytest.raises(NotFound):
        queries.room_to_read(cast.mo, circle.id)
    with work.begin():
        service.agree(cast.mo, circle.id)
        assert "Mo" in [person.name for person in queries.people_in(circle.id)]
    with work.begin(), pytest.raises(NotFound):
        service.agree(cast.cora, circle.id)


def test_private_room_is_one_for_each_mentorship(cast: Cast) -> None:
    room = a_private_room(cast)
    said(cast.tess, room, "hello")
    with work.begin():
        service.close_private_room("mentorship")
    with pytest.raises(RoomClosed):
        said(cast.noor, room, "hello")
    assert a_private_room(cast).id == room.id
    said(cast.noor, room, "open again")
    for other in (cast.zed, cast.uma, cast.mo, cast.cora, cast.ada):
        with work.begin(), pytest.raises(NotFound):
            service.agree(other, room.id)
    with work.begin(), pytest.raises(NotFound):
        service.leave_room(cast.noor, room.id)
    with work.begin(), pytest.raises(NotFound):
        service.close_room(cast.mo, room.id)


def test_nobody_who_does_not_keep_a_room_changes_it(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.fay)
    for actor in (cast.noor, cast.tess, cast.fay, cast.mo):
        with work.begin(), pytest.raises(NotFound):
            service.create_room(actor, name="Mine")
        with work.begin(), pytest.raises(NotFound):
            service.add_person(actor, room.id, "zed")
        with work.begin(), pytest.raises(NotFound):
            service.set_facilitators(actor, room.id, [actor.id])
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id, cast.noor.id])
        assert [p.name for p in queries.facilitators_of(room.id)] == ["Fay"]
        service.add_person(cast.fay, room.id, "zed")
    assert said(cast.fay, room, "Welcome").author_role == "facilitator"


def test_fay_whose_pause_has_run_out_can_be_given_a_room_again(cast: Cast) -> None:
    room, fay = a_room(cast, cast.noor), cast.fay
    with work.begin():
        accounts.suspend(fay.id, by=cast.mo, days=1)
        service.set_facilitators(cast.cora, room.id, [fay.id])
        assert not queries.facilitators_of(room.id)
    with clock.stopped_at(clock.now() + timedelta(days=2)), work.begin():
        service.set_facilitators(cast.cora, room.id, [fay.id])
        assert [person.id for person in queries.facilitators_of(room.id)] == [fay.id]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"name": "x" * 81},
        {"about": "x" * 601},
        {"agreement": ["x" * 161]},
        {"agreement": ["x"] * 13},
        {"entry": "mentorship"},
        {"kind": "one_to_one"},
    ],
)
def test_room_that_cannot_be_is_refused(cast: Cast, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        a_room(cast, **wrong)


def test_slip_for_a_nudge_fits_one_person_one_text_and_ten_minutes(cast: Cast) -> None:
    room, other = a_room(cast, cast.noor, cast.zed), a_room(cast, cast.noor)
    text = "call 07700 900123"
    with pytest.raises(Nudge) as nudge:
        said(cast.noor, room, text)
    token = nudge.value.token
    for who, where, words in [
        (cast.zed, room, text),
        (cast.noor, other, text),
        (cast.noor, room, text + " now"),
    ]:
        with pytest.raises(Nudge):
            said(who, where, words, token=token)
    with pytest.raises(Nudge):
        said(cast.noor, room, text, token=token[:-2] + "xx")
    with clock.stopped_at(clock.now() + GOOD_FOR + timedelta(seconds=2)), pytest.raises(Nudge):
        said(cast.noor, room, text, token=token)
    assert said(cast.noor, room, text, token=token).state == "visible"


def test_reply_and_reaction_stay_within_the_room(cast: Cast) -> None:
    room, circle = a_room(cast, cast.noor), a_room(cast, cast.zed, entry="invited")
    hidden = said(cast.zed, circle, "ours")
    with pytest.raises(NotFound):
        said(cast.noor, room, "what", reply_to=hidden.id)
    for attempt in (
        lambda: service.react(cast.noor, hidden.id, "glad"),
        lambda: service.edit_message(cast.noor, hidden.id, text="mine"),
        lambda: service.remove_message(cast.noor, hidden.id),
    ):
        with pytest.raises(NotFound), work.begin():
            attempt()


def test_of_two_at_once_with_one_nonce_one_is_stored(cast: Cast) -> None:
    room = a_room(cast, cast.noor)
    found: list[str] = []

    def send() -> None:
        found.append(said(cast.noor, room, "once", nonce="same").id)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    with work.begin(writes=False) as session:
        assert session.query(Message).count() == 1


def test_suspended_names_and_strangers_are_not_let_in(cast: Cast) -> None:
    room = a_room(cast)
    with pytest.raises(PeerError), work.begin():
        service.add_person(cast.cora, room.id, "Nobody Known")
    guest = actor_from(cast.newcomer())
    with work.begin():
        service.add_person(cast.cora, room.id, guest.name)
    with pytest.raises(PeerError), work.begin():
        service.add_person(cast.cora, room.id, guest.name)

"""What reaches open pages in other processes: the queue's count, and the end of a session."""

from collections.abc import Callable

from peer.accounts.queries import actor_from
from peer.core import work
from peer.moderation import service
from peer.moderation.service import Wanted
from peer.policy.moderation import Outcome, SanctionKind
from peer.policy.roles import Role
from peer.rooms.service import post_message
from tests.cast import Cast
from tests.moderation.making import Board, claimed, flagged, reported
from tests.plugins.sockets import Socket
from tests.rooms.place import a_room

Open = Callable[..., Socket]


def test_moderators_hear_how_many_wait_and_nobody_else_does(
    open_socket: Open, cast: Cast, board: Board
) -> None:
    mo, noor = open_socket("mo"), open_socket("noor")
    reported(board, cast.noor, cast.zed)
    first = mo.wait_for("queue:changed")
    assert set(first) == {"waiting", "urgent"}
    flagged(board, cast.zed, "I know where you live")
    second = mo.wait_for("queue:changed", where=lambda told: told["waiting"] > first["waiting"])
    assert second["urgent"] == first["urgent"] + 1
    assert not [event for event, _ in noor.heard if event == "queue:changed"]


def test_item_that_is_not_committed_is_announced_to_nobody(
    open_socket: Open, cast: Cast, board: Board
) -> None:
    mo = open_socket("mo")
    note = board.pin(cast.zed, "Hello")
    with work.begin():
        service.file_report(cast.noor, "note", note, "other")
        work.give_up()
    reported(board, cast.noor, cast.zed)
    mo.wait_for("queue:changed")
    assert len([event for event, _ in mo.heard if event == "queue:changed"]) == 1


def test_suspended_person_is_cut_at_once_and_refused_from_then_on(
    open_socket: Open, cast: Cast, board: Board
) -> None:
    guest = cast.newcomer()
    pages, noor = [open_socket(guest), open_socket(guest)], open_socket("noor")
    item = claimed(reported(board, cast.noor, actor_from(guest)), cast.mo)
    with work.begin():
        service.decide(
            cast.mo,
            item.id,
            version=item.version,
            outcome=Outcome.HIDE,
            rule="kindness",
            wanted=Wanted(SanctionKind.SUSPEND, 7),
        )
    for page in pages:
        assert page.wait_for("session:ended") == {"reason": "suspended"}
        page.wait_until_cut()
    assert noor.client.connected


def test_muted_person_stays_and_reads_but_cannot_write(
    open_socket: Open, cast: Cast, board: Board
) -> None:
    guest = cast.newcomer(Role.MEMBER)
    actor = actor_from(guest)
    room = a_room(cast, actor, cast.noor)
    page = open_socket(guest)
    item = claimed(reported(board, cast.noor, actor), cast.mo)
    with work.begin():
        service.decide(
            cast.mo,
            item.id,
            version=item.version,
            outcome=Outcome.STAND,
            rule="kindness",
            wanted=Wanted(SanctionKind.MUTE, 1),
        )
    with work.begin():
        post_message(cast.noor, room.id, text="Good evening.", nonce="evening")
    assert page.send("room:join", room=room.id, since=0)["messages"][-1]["text"] == "Good evening."
    refused = page.send("message:post", room=room.id, nonce="a", text="Hello", note="")
    assert refused["error"]["code"] == "muted"
    with work.begin():
        service.lift_mute(cast.mia, guest.id)
    assert page.send("message:post", room=room.id, nonce="b", text="Hello", note="")["ok"]

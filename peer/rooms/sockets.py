"""Rooms over sockets: events in, acknowledgements back; what goes out is broadcast's."""

from peer.core import realtime, work
from peer.core.errors import PeerError
from peer.core.realtime import Answer, Asked, Caller
from peer.rooms import broadcast, queries, service
from peer.rooms.models import Message
from peer.rooms.schemas import (
    Away,
    Earlier,
    Edit,
    InRoom,
    Join,
    OfMessage,
    Post,
    React,
    Report,
    Seen,
)


@realtime.on("room:join", Join)
def join(caller: Caller, data: Join) -> Answer:
    """Follow a room; what was missed comes with the answer.

    No unit of work around it: between joining and answering nothing may wait.
    """
    entered = broadcast.come_in(caller.sid, caller.actor, data.room, data.since)
    broadcast.tell_floor_again(data.room)
    return {"seq": entered.seq, "messages": entered.messages, "more": entered.more}


@realtime.on("room:leave", InRoom)
def leave(caller: Caller, data: InRoom) -> Answer:
    """Follow the room no longer."""
    broadcast.go_out(caller.sid, data.room)
    return {}


@realtime.on("room:earlier", Earlier)
@work.reading
def earlier(caller: Caller, data: Earlier) -> Answer:
    """A page of what was said before."""
    queries.room_to_read(caller.actor, data.room)
    lines, more = queries.page_of(data.room, caller.actor.id, before=data.before)
    told = [broadcast.message_json(line, viewer_id=caller.actor.id) for line in lines]
    return {"messages": told, "more": more}


@realtime.on_many("message:post", Post)
@work.unit_of_work
def post(asked: list[Asked]) -> list[Answer | PeerError]:
    """Say something; answered once it is stored for good. What comes at once is stored at once."""
    drafts = [_draft(one.caller, one.data) for one in asked]
    return [
        outcome if isinstance(outcome, PeerError) else _told(one.caller, outcome.line)
        for one, outcome in zip(asked, service.post_messages(drafts), strict=True)
    ]


def _draft(caller: Caller, data: Post) -> service.Draft:
    return service.Draft(
        caller.actor,
        data.room,
        text=data.text,
        nonce=data.nonce,
        note=data.note or "",
        topic=data.topic or "",
        reply_to=data.reply_to,
        token=data.token,
    )


@realtime.on("message:edit", Edit)
@work.unit_of_work
def edit(caller: Caller, data: Edit) -> Answer:
    """Change one's own words."""
    message, seq = service.edit_message(
        caller.actor, data.id, text=data.text, note=data.note, topic=data.topic, token=data.token
    )
    return _answer(caller, message, seq)


@realtime.on("message:remove", OfMessage)
@work.unit_of_work
def remove(caller: Caller, data: OfMessage) -> Answer:
    """Take one's own words back."""
    message, seq = service.remove_message(caller.actor, data.id)
    return {"id": message.id, "room": message.room_id, "seq": seq, "state": message.state}


@realtime.on("message:react", React)
@work.unit_of_work
def react(caller: Caller, data: React) -> Answer:
    """Give a reaction, or take it back."""
    message, seq = service.react(caller.actor, data.id, data.kind, on=data.on)
    return _answer(caller, message, seq)


@realtime.on("message:report", Report, rate="20/10 minute")
@work.unit_of_work
def report(caller: Caller, data: Report) -> Answer:
    """Tell a moderator."""
    service.report_message(caller.actor, data.id, data.category, data.note)
    return {}


@realtime.on("room:typing", InRoom)
def typing(caller: Caller, data: InRoom) -> Answer:
    """Let the others know that somebody is writing."""
    with work.begin(writes=False):
        service.writing(caller.actor, data.room)
    broadcast.someone_writes(data.room, caller.sid)
    return {}


@realtime.on("room:seen", Seen)
@work.unit_of_work
def seen(caller: Caller, data: Seen) -> Answer:
    """Remember how far the person has read."""
    return {"seq": service.mark_seen(caller.actor, data.room, data.seq)}


@realtime.on("room:away", Away)
def away(caller: Caller, data: Away) -> Answer:
    """One of the team has stepped away, or is back: covered, a page looks after nobody.

    Pages of everybody else do not tell it, and it would change nothing.
    """
    with work.begin(writes=False):
        queries.room_to_read(caller.actor, data.room)
    if caller.actor.is_staff and broadcast.steps_away(caller.sid, data.room, away=data.away):
        with work.begin():
            service.note_away(caller.actor, data.room)
    return {}


@realtime.hub.on_beat
def look_who_is_here() -> None:
    """Write down who is here where it decides something, and tell pages what it decided."""
    if not broadcast.is_time_to_look():
        broadcast.tell_floors_that_moved()
        return
    due = broadcast.company_to_note()
    if due:
        with work.begin():
            service.note_company(due)
    for room_id in broadcast.rooms_to_tend():
        with work.begin():
            service.tend(room_id)
    broadcast.tell_floors()


def _answer(caller: Caller, message: Message, seq: int | None) -> Answer:
    return _told(caller, queries.line_of(message, caller.actor.id), seq)


def _told(caller: Caller, line: queries.Line, seq: int | None = None) -> Answer:
    told = broadcast.message_json(line, seq=seq, viewer_id=caller.actor.id)
    if line.offers_help and line.author_id == caller.actor.id:
        return {"message": told, "help": True}
    return {"message": told}

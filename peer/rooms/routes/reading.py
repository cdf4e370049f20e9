"""Pages of finding rooms, coming in, reading and leaving."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import pages, work
from peer.core.errors import NotFound, PeerError, SlowDown
from peer.core.i18n import said
from peer.policy import names
from peer.policy import rooms as policy
from peer.policy.moderation import FLAG_WORDS
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Room
from peer.rooms.routes.blueprint import Page, bp
from peer.rooms.routes.door import at_the_door
from peer.rooms.routes.names import name_page, wanted_name
from peer.rooms.routes.now import now_page
from peer.rooms.routes.page import Draft, kind_word, room_page
from peer.rooms.routes.times import when_words


@bp.app_template_global()
def room_line(card: queries.RoomCard) -> str:
    """The line under a room's name in a list."""
    if card.next is not None:
        return when_words(card.next.starts_at, current_actor().timezone)
    return kind_word(card.room)


@bp.get("/rooms")
@work.reading
def index() -> str:
    """Every room that the person is in or may join."""
    actor = current_actor()
    return render_template(
        "rooms/index.html",
        cards=queries.rooms_open_to(actor),
        kept=queries.rooms_to_keep(actor),
        may_make=bool(policy.can_make_rooms(actor)),
        may_name=bool(names.can_set_naming(actor)),
    )


@bp.get("/rooms/<room_id>")
def room(room_id: str) -> Page:
    """The room; for somebody who has not agreed, what to know before coming in."""
    actor = current_actor()
    with work.begin(writes=False):
        found = queries.room_for(actor, room_id)
        if not queries.standing_in(found, actor.id).agreed:
            return _door(actor, found)
        waits = not queries.is_let_in(found, actor.id) and not actor.is_staff
        to_be_noted = not waits and service.is_to_be_noted(actor, room_id)
    if waits:
        return at_the_door(actor, found)
    if to_be_noted:
        with work.begin():
            service.note_here(actor, room_id)
    with work.begin(writes=False):
        found = queries.room_to_read(actor, room_id)
        page = show_room(actor, found, before=pages.number("before", most=policy.LAST_NUMBER))
        behind = queries.is_behind(actor, found)
    if behind:
        with work.begin():
            service.mark_seen(actor, room_id)
    return page


@bp.get("/rooms/<room_id>/now")
@work.reading
def now(room_id: str) -> str:
    """How it stands with talking in the room: the part of its page that scripts fetch again."""
    actor = current_actor()
    found = queries.room_to_read(actor, room_id)
    return render_template("rooms/now.html", now=now_page(actor, found))


@bp.get("/rooms/<room_id>/away")
@work.reading
def away(room_id: str) -> str:
    """Something calm in place of the conversation. Nothing is kept of it, and nobody is told."""
    return render_template("rooms/away.html", room=queries.room_to_read(current_actor(), room_id))


def _door(
    actor: Actor,
    room: Room,
    problem: str = "",
    *,
    status: int = 422,
    wanted: str = "",
    named: str = "",
) -> Page:
    """What to know before coming in."""
    before = queries.membership_in(room.id, actor.id)
    page = render_template(
        "rooms/door.html",
        room=room,
        kind=kind_word(room),
        known=before is not None and before.agreed_at is not None,
        facilitators=queries.facilitators_of(room.id),
        problem=problem,
        naming=name_page(actor, room, written=wanted, problem=named),
    )
    return page, status if problem or named else 200


def show_room(
    actor: Actor, room: Room, *, before: int | None = None, draft: Draft | None = None
) -> str:
    """The room's page as HTML; needs a unit of work."""
    if draft is None:
        draft = Draft(reply=_answered(actor, room, request.args.get("reply", "")))
    return render_template(
        "rooms/room.html",
        page=room_page(actor, room, before=before, draft=draft),
        flag_words=FLAG_WORDS,
    )


def _answered(actor: Actor, room: Room, message_id: str) -> queries.Line | None:
    """The message that the person wants to answer, if it is there to be answered."""
    try:
        message = queries.message_for(actor, message_id)
    except NotFound:
        return None
    line = queries.line_of(message, actor.id)
    there = line.shown and line.room_id == room.id
    return line if there and not queries.has_blocked(actor, line.author_id, room.id) else None


@bp.post("/rooms/<room_id>/agree")
@work.unit_of_work
def agree(room_id: str) -> Page:
    """Come in, having said yes to how people are together here."""
    actor = current_actor()
    room = queries.room_for(actor, room_id)
    if room.agreement and request.form.get("agree") != "yes":
        problem = _("To come in, please say that you go along with this. You can also stay out.")
        return _door(actor, room, problem)
    try:
        if wanted := wanted_name():
            service.take_name(actor, room_id, wanted)
    except (NotFound, SlowDown):
        raise
    except PeerError as error:
        return _door(actor, room, status=error.status, wanted=wanted, named=said(error))
    service.agree(actor, room_id)
    return redirect(url_for("rooms.room", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/leave")
@work.unit_of_work
def leave(room_id: str) -> Response:
    """Leave the room for good."""
    service.leave_room(current_actor(), room_id)
    flash(_("You have left the room. You can come back while it is open to you."), "ok")
    return redirect(url_for("rooms.index"), 303)

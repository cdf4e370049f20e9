"""Pages for those who look after rooms: make, change, close, and who is in them."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from peer.accounts import queries as accounts
from peer.accounts.sessions import current_actor
from peer.core import work
from peer.core.errors import Invalid, NotFound, PeerError
from peer.core.i18n import said
from peer.policy import rooms as policy
from peer.policy.roles import Actor, Role, require
from peer.rooms import queries, service
from peer.rooms.forms import RoomForm
from peer.rooms.models import Room
from peer.rooms.routes.blueprint import Page, bp

TAKEN_OUT = _l("They are no longer in this room.")


@bp.get("/rooms/new")
def new() -> str:
    """The form of a new room."""
    require(policy.can_make_rooms(current_actor()))
    return render_template("rooms/form.html", form=RoomForm(), room=None)


@bp.post("/rooms/new")
@work.unit_of_work
def make() -> Page:
    """Make a room."""
    actor = current_actor()
    require(policy.can_make_rooms(actor))
    form = RoomForm()
    if form.validate_on_submit():
        try:
            room = service.create_room(actor, **form.made())
        except Invalid as error:
            form.blame(error)
        else:
            flash(_("The room is made. You can give it a facilitator now."), "ok")
            return redirect(url_for("rooms.people", room_id=room.id), 303)
    return render_template("rooms/form.html", form=form, room=None), 422


def _manageable(actor: Actor, room_id: str) -> Room:
    """The room, if the person may change it, or at least close it."""
    room = queries.room_with(room_id)
    require(policy.can_close(actor, room, queries.standing_in(room, actor.id)))
    return room


def _managed(actor: Actor, room_id: str) -> Room:
    room = queries.room_with(room_id)
    require(policy.can_manage(actor, room, queries.standing_in(room, actor.id)))
    return room


@bp.get("/rooms/<room_id>/edit")
@work.reading
def settings(room_id: str) -> str:
    """The form with the room as it is."""
    room = _managed(current_actor(), room_id)
    return render_template("rooms/form.html", form=RoomForm.of(room), room=room)


@bp.post("/rooms/<room_id>/edit")
@work.unit_of_work
def change_settings(room_id: str) -> Page:
    """Change a room."""
    actor = current_actor()
    room = _managed(actor, room_id)
    form = RoomForm()
    form.kind.data = room.kind
    if form.validate_on_submit():
        try:
            service.edit_room(actor, room_id, **form.values())
        except Invalid as error:
            form.blame(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for("rooms.people", room_id=room_id), 303)
    return render_template("rooms/form.html", form=form, room=room), 422


@bp.get("/rooms/<room_id>/people")
@work.reading
def people(room_id: str) -> str:
    """Who is in a room, who looks after it, and whether it is open."""
    return _people_page(_manageable(current_actor(), room_id))


def _people_page(room: Room, name: str = "", problem: str = "") -> str:
    actor = current_actor()
    standing = queries.standing_in(room, actor.id)
    manages = bool(policy.can_manage(actor, room, standing))
    takes_out = bool(policy.can_take_out(actor, room, standing))
    return render_template(
        "rooms/people.html",
        room=room,
        manages=manages,
        takes_out=takes_out,
        people=queries.people_in(room.id) if takes_out else [],
        left=queries.people_who_left(room.id) if takes_out else [],
        out=accounts.names_of(queries.taken_out_of(room.id)) if takes_out else {},
        facilitators=accounts.accounts_with_role(Role.FACILITATOR) if manages else [],
        name=name,
        problem=problem,
    )


@bp.post("/rooms/<room_id>/people")
def add_person(room_id: str) -> Page:
    """Let somebody in by the name they use here."""
    name = request.form.get("name", "")
    try:
        with work.begin():
            service.add_person(current_actor(), room_id, name)
    except (Invalid, PeerError) as error:
        if error.status == 404:
            raise
        with work.begin(writes=False):
            room = _manageable(current_actor(), room_id)
            return _people_page(room, name, said(error)), error.status
    flash(_("They can come in now, and have been told."), "ok")
    return redirect(url_for("rooms.people", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/people/<account_id>/remove")
@work.unit_of_work
def remove_person(room_id: str, account_id: str) -> Response:
    """Take somebody out of a room."""
    service.remove_person(current_actor(), room_id, account_id)
    flash(str(TAKEN_OUT), "ok")
    return redirect(url_for("rooms.people", room_id=room_id), 303)


@bp.get("/rooms/<room_id>/messages/<message_id>/take-out")
@work.reading
def taking_out(room_id: str, message_id: str) -> str:
    """Ask once more before whoever wrote a message is taken out, or kept out if they have left."""
    line = _of_somebody(current_actor(), room_id, message_id)
    return render_template(
        "rooms/take_out.html",
        line=line,
        inside=queries.membership_in(room_id, line.author_id) is not None,
        out=queries.is_taken_out(room_id, line.author_id),
        moderates=Role.MODERATOR in accounts.account_with(line.author_id).roles,
        done=TAKEN_OUT,
    )


@bp.post("/rooms/<room_id>/messages/<message_id>/take-out")
@work.unit_of_work
def take_out(room_id: str, message_id: str) -> Response:
    """Take whoever wrote a message out of its room."""
    line = _of_somebody(current_actor(), room_id, message_id)
    service.remove_person(current_actor(), room_id, line.author_id)
    if request.form.get("aside"):
        return Response(status=204)  # a script asked, beside the conversation: it says so itself
    flash(str(TAKEN_OUT), "ok")
    return redirect(url_for("rooms.room", room_id=room_id), 303)


def _of_somebody(actor: Actor, room_id: str, message_id: str) -> queries.Line:
    """The message of somebody else in a room that the person may take people out of."""
    message, room = queries.message_for(actor, message_id), queries.room_with(room_id)
    if message.room_id != room.id or message.author_id == actor.id:
        raise NotFound()
    mine = queries.standing_in(room, actor.id)
    leads = queries.leads_room(room.id, message.author_id)
    require(policy.can_take_out(actor, room, mine, facilitator=leads))
    return queries.line_of(message, actor.id)


@bp.post("/rooms/<room_id>/facilitators")
@work.unit_of_work
def facilitators(room_id: str) -> Response:
    """Say who facilitates a room."""
    service.set_facilitators(current_actor(), room_id, request.form.getlist("facilitator"))
    flash(_("Saved."), "ok")
    return redirect(url_for("rooms.people", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/close")
@work.unit_of_work
def close(room_id: str) -> Response:
    """Close a room for now."""
    service.close_room(current_actor(), room_id)
    flash(_("The room is closed. What was said can still be read."), "ok")
    return redirect(url_for("rooms.people", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/open")
@work.unit_of_work
def reopen(room_id: str) -> Response:
    """Open a closed room."""
    service.open_room(current_actor(), room_id)
    flash(_("The room is open."), "ok")
    return redirect(url_for("rooms.people", room_id=room_id), 303)

"""Pages of a name for one room: taking one, giving it up, and whether the organisation has it so."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts.service import offered_names
from peer.accounts.sessions import current_actor
from peer.core import work
from peer.core.errors import NotFound, PeerError, SlowDown
from peer.core.i18n import said
from peer.policy import names as policy
from peer.policy.roles import Actor, require
from peer.rooms import queries, service
from peer.rooms.models import Room
from peer.rooms.routes.blueprint import Page, bp, pressed


@dataclass(frozen=True)
class NamePage:
    """What somebody is called in a room, and what they can do about it."""

    everywhere: str
    called: str  # in this room alone; empty: as everywhere
    may_take: bool
    spoke: bool = False  # others may have read them under another name here
    offered: tuple[str, ...] = ()
    written: str = ""
    problem: str = ""


def name_page(
    actor: Actor, room: Room, *, offer: bool = True, written: str = "", problem: str = ""
) -> NamePage:
    """How it stands with somebody's name in a room that they may enter."""
    standing, found = queries.standing_in(room, actor.id), queries.own_name_in(room.id, actor.id)
    may_take = policy.can_take_name(actor, room, standing, allowed=queries.are_names_allowed())
    return NamePage(
        everywhere=actor.name,
        called=found.name if found else "",
        may_take=bool(may_take),
        spoke=offer and bool(queries.messages_seen_of(room.id, actor.id)),
        offered=tuple(offered_names()) if offer and may_take else (),
        written=written,
        problem=problem,
    )


def wanted_name() -> str:
    """The name that a form asks for: what was written counts before what was picked; or none."""
    form = request.form
    return form.get("name", "").strip() or form.get("suggestion", "")


@bp.get("/rooms/<room_id>/name")
@work.reading
def name(room_id: str) -> str:
    """What one is called in a room."""
    actor = current_actor()
    room = queries.room_for(actor, room_id)
    return _shown(room, name_page(actor, room))


def _shown(room: Room, page: NamePage) -> str:
    if not page.called and not page.may_take:
        raise NotFound()
    return render_template("rooms/name.html", room=room, naming=page)


@bp.post("/rooms/<room_id>/name")
def choose_name(room_id: str) -> Page:
    """Be called otherwise in a room."""
    actor, wanted = current_actor(), wanted_name()
    try:
        with work.begin():
            service.take_name(actor, room_id, wanted)
    except (NotFound, SlowDown):
        raise
    except PeerError as error:
        with work.begin(writes=False):
            room = queries.room_for(actor, room_id)
            page = name_page(actor, room, written=wanted, problem=said(error))
            return _shown(room, page), error.status
    flash(_("In this room you are called %(name)s now.", name=wanted), "ok")
    return redirect(url_for("rooms.room", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/name/give-up")
@work.unit_of_work
def give_up_name(room_id: str) -> Response:
    """Be called in a room as everywhere else."""
    service.give_up_name(current_actor(), room_id)
    flash(_("In this room you are called as everywhere else now."), "ok")
    return redirect(url_for("rooms.room", room_id=room_id), 303)


@bp.get("/rooms/names")
@work.reading
def naming() -> str:
    """Whether people may have another name in one room."""
    require(policy.can_set_naming(current_actor()))
    return render_template("rooms/naming.html", allowed=queries.are_names_allowed())


@bp.post("/rooms/names")
@work.unit_of_work
def allow_names() -> Response:
    """Allow it, or no longer."""
    service.allow_names(current_actor(), on=pressed("own_names", "yes", "no") == "yes")
    flash(_("Saved."), "ok")
    return redirect(url_for("rooms.naming"), 303)

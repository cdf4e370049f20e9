"""Pages of muting and blocking somebody, and of whom one has."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import work
from peer.core.errors import NotFound
from peer.policy import distance as policy
from peer.policy.distance import How
from peer.policy.roles import Actor, require
from peer.rooms import queries, service
from peer.rooms.queries import Line
from peer.rooms.routes.blueprint import bp

DONE = {
    How.MUTE: _l("What they write is folded for you from now on. Nobody is told."),
    How.BLOCK: _l("What they write is not shown to you any more. Nobody is told."),
}


@bp.get("/rooms/distance")
@work.reading
def distances() -> str:
    """Whom the person has muted and blocked."""
    return render_template("rooms/distances.html", kept=queries.kept_by(current_actor().id))


@bp.post("/rooms/distance/<key>")
@work.unit_of_work
def change_distance(key: str) -> Response:
    """Mute instead of block, block instead of mute, or hear somebody again."""
    how = request.form.get("how", "")
    if how == "end":
        service.end_distance(current_actor(), key)
        flash(_("You hear them again, as before."), "ok")
    else:
        service.change_distance(current_actor(), key, how)
        flash(str(DONE[How(how)]), "ok")
    return redirect(url_for("rooms.distances"), 303)


@bp.get("/rooms/<room_id>/messages/<message_id>/distance")
@work.reading
def distance(room_id: str, message_id: str) -> str:
    """What muting and blocking are, for whoever wrote a message."""
    actor = current_actor()
    line = _of_somebody(actor, room_id, message_id)
    of_team = bool(queries.staff_among([line.author_id]))
    may_block = policy.can_keep_distance(actor, line.author_id, How.BLOCK, other_is_staff=of_team)
    kept = queries.distances_of(actor.id, room_id)
    return render_template(
        "rooms/distance.html",
        line=line,
        may_block=may_block,
        names=queries.are_names_there(),
        is_kept=line.author_id in kept.muted | kept.blocked,
        done=DONE,
    )


@bp.post("/rooms/<room_id>/messages/<message_id>/distance")
@work.unit_of_work
def keep_distance(room_id: str, message_id: str) -> Response:
    """Mute or block whoever wrote a message."""
    actor, how = current_actor(), request.form.get("how", "")
    _of_somebody(actor, room_id, message_id)
    service.keep_distance(actor, message_id, how)
    if request.form.get("aside"):
        return Response(status=204)  # a script asked, beside the conversation: it says so itself
    flash(str(DONE[How(how)]), "ok")
    return redirect(url_for("rooms.room", room_id=room_id), 303)


def _of_somebody(actor: Actor, room_id: str, message_id: str) -> Line:
    """The message of somebody else in this room, or NotFound."""
    message = queries.message_for(actor, message_id)
    if message.room_id != room_id:
        raise NotFound()
    require(policy.can_keep_distance(actor, message.author_id, How.MUTE, other_is_staff=False))
    return queries.line_of(message, actor.id)

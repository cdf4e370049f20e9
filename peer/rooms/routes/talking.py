"""Pages of saying, changing and taking back, reacting, and telling a moderator.

A script that asks beside the conversation sends `aside` and is answered without a page: it says so itself.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import clock, work
from peer.core.errors import NotFound, Nudge, PeerError, SlowDown
from peer.core.i18n import said
from peer.policy import rooms as policy
from peer.policy.moderation import REPORT_WORDS
from peer.policy.roles import Actor, require
from peer.policy.topics import TOPICS
from peer.rooms import queries, service
from peer.rooms.queries import Line
from peer.rooms.routes.blueprint import Page, bp
from peer.rooms.routes.page import Draft, about_of, snippets
from peer.rooms.routes.reading import show_room

TAKEN_BACK = _l("Your words have been taken back.")
TOLD = _l("Thank you for telling us. A moderator will look at it.")


@bp.post("/rooms/<room_id>/messages")
def post(room_id: str) -> Page:
    """Say something; whatever stands in the way, the words come back with it."""
    actor, form = current_actor(), request.form
    try:
        with work.begin():
            message = service.post_message(
                actor,
                room_id,
                text=form.get("text", ""),
                nonce=form.get("nonce", ""),
                note=form.get("note", ""),
                topic=form.get("topic", ""),
                reply_to=form.get("reply_to") or None,
                token=form.get("token") or None,
            )
    except Nudge as nudge:
        return _nudged(nudge, url_for("rooms.change", room_id=room_id))
    except PeerError as error:
        return _not_sent(actor, room_id, error)
    return _back_to(room_id, message.id)


def _back_to(room_id: str, message_id: str) -> Response:
    return redirect(url_for("rooms.room", room_id=room_id) + f"#m-{message_id}", 303)


def _nudged(nudge: Nudge, change: str) -> Page:
    """Ask the author to look again, with everything they wrote."""
    page = render_template(
        "rooms/nudge.html",
        action=request.path,
        change=change,
        form=request.form,
        sentence=said(nudge),
        token=nudge.token,
        marked=snippets(request.form.get("text", ""), request.form.get("note", ""), nudge.spans),
    )
    return page, nudge.status


def _not_sent(actor: Actor, room_id: str, error: PeerError) -> Page:
    """The room again with the words still in the writing box, and what stood in the way."""
    form = request.form
    with work.begin(writes=False):
        room = queries.room_to_read(actor, room_id)
        draft = Draft(
            text=form.get("text", ""),
            note=form.get("note", ""),
            topic=form.get("topic", ""),
            problem=said(error),
            reply=_still_there(actor, form.get("reply_to", "")),
        )
        answer = Response(
            show_room(actor, room, draft=draft), error.status, content_type="text/html"
        )
    if isinstance(error, SlowDown):
        answer.headers["Retry-After"] = str(-(-error.retry_ms // 1000))
    return answer


def _still_there(actor: Actor, message_id: str) -> Line | None:
    try:
        return queries.line_of(queries.message_for(actor, message_id), actor.id)
    except NotFound:
        return None


@bp.post("/rooms/<room_id>/change")
def change(room_id: str) -> Page:
    """Take a nudged message back into the writing box to change it."""
    form, actor = request.form, current_actor()
    with work.begin(writes=False):
        room = queries.room_to_read(actor, room_id)
        draft = Draft(
            text=form.get("text", ""),
            note=form.get("note", ""),
            topic=form.get("topic", ""),
            reply=_still_there(actor, form.get("reply_to", "")),
        )
        return show_room(actor, room, draft=draft)


def _line(actor: Actor, room_id: str, message_id: str) -> Line:
    """A message of this room that the person can see, or NotFound."""
    message = queries.message_for(actor, message_id)
    if message.room_id != room_id:
        raise NotFound()
    return queries.line_of(message, actor.id)


@bp.get("/rooms/<room_id>/messages/<message_id>/edit")
@work.reading
def edit(room_id: str, message_id: str) -> str:
    """The form with one's own words in it."""
    actor = current_actor()
    line = _line(actor, room_id, message_id)
    require(policy.can_edit(actor, line, clock.now()))
    return _edit_page(line, line.text, line.note, line.topic)


def _edit_page(line: Line, text: str, note: str, topic: str, problem: str = "") -> str:
    return render_template(
        "rooms/edit.html",
        line=line,
        text=text,
        note=note,
        topic=topic,
        topics=TOPICS,
        problem=problem,
    )


@bp.post("/rooms/<room_id>/messages/<message_id>/edit")
def change_message(room_id: str, message_id: str) -> Page:
    """Change one's own words."""
    actor, form = current_actor(), request.form
    text, note, topic = form.get("text", ""), form.get("note", ""), form.get("topic", "")
    with work.begin(writes=False):
        line = _line(actor, room_id, message_id)
    if form.get("again"):  # back from a nudge, to change it
        return _edit_page(line, text, note, topic)
    try:
        with work.begin():
            message, _seq = service.edit_message(
                actor,
                message_id,
                text=text,
                note=note,
                topic=topic,
                token=form.get("token") or None,
            )
    except Nudge as nudge:
        return _nudged(nudge, request.path)
    except NotFound:
        raise
    except PeerError as error:
        return _edit_page(line, text, note, topic, said(error)), error.status
    if not form.get("aside"):
        return _back_to(room_id, message_id)
    if message.offers_help:
        return render_template("rooms/_help.html", page={"offers_help": True})
    return Response(status=204)


@bp.get("/rooms/<room_id>/messages/<message_id>/remove")
@work.reading
def remove(room_id: str, message_id: str) -> str:
    """Ask once more before words are taken back."""
    actor = current_actor()
    line = _line(actor, room_id, message_id)
    require(policy.can_remove(actor, line))
    return render_template("rooms/remove.html", line=line, done=TAKEN_BACK)


@bp.post("/rooms/<room_id>/messages/<message_id>/remove")
@work.unit_of_work
def do_remove(room_id: str, message_id: str) -> Response:
    """Take one's own words back."""
    actor = current_actor()
    _line(actor, room_id, message_id)
    service.remove_message(actor, message_id)
    if request.form.get("aside"):
        return Response(status=204)
    flash(str(TAKEN_BACK), "ok")
    return redirect(url_for("rooms.room", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/messages/<message_id>/react")
@work.unit_of_work
def react(room_id: str, message_id: str) -> Response:
    """Give a reaction, or take it back."""
    actor = current_actor()
    _line(actor, room_id, message_id)
    service.react(actor, message_id, request.form.get("kind", ""))
    return _back_to(room_id, message_id)


@bp.get("/rooms/<room_id>/messages/<message_id>/report")
@work.reading
def report(room_id: str, message_id: str) -> str:
    """What to tell a moderator: one press on what fits."""
    line = _line(current_actor(), room_id, message_id)
    return _report_page(line)


def _report_page(line: Line, note: str = "") -> str:
    categories = [(value, _(words)) for value, words in REPORT_WORDS.items()]
    return render_template(
        "rooms/report.html",
        line=line,
        about=about_of(line),
        categories=categories,
        note=note,
        thanks=TOLD,
    )


@bp.post("/rooms/<room_id>/messages/<message_id>/report")
@work.unit_of_work
def do_report(room_id: str, message_id: str) -> Response:
    """Tell a moderator."""
    form = request.form
    service.report_message(
        current_actor(), message_id, form.get("category", ""), form.get("note", "")
    )
    if form.get("aside"):
        return Response(status=204)
    flash(str(TOLD), "ok")
    return redirect(url_for("rooms.room", room_id=room_id), 303)

"""The page on which people say which topics they would rather not meet unprepared."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import work
from peer.policy.topics import TOPICS
from peer.rooms import queries, service
from peer.rooms.routes.blueprint import bp


@bp.get("/rooms/topics")
@work.reading
def topics() -> str:
    """The topics, and which of them the person has chosen."""
    chosen = queries.unwanted_by(current_actor().id)
    return render_template("rooms/topics.html", topics=TOPICS, chosen=chosen)


@bp.post("/rooms/topics")
@work.unit_of_work
def choose_topics() -> Response:
    """Have messages about some topics folded from now on."""
    service.choose_unwanted(current_actor(), request.form.getlist("topic"))
    flash(_("Saved. It holds in every room, at once."), "ok")
    return redirect(url_for("rooms.topics"), 303)

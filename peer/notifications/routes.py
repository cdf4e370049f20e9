"""The inbox page."""

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import work
from peer.notifications import queries, service
from peer.notifications.models import Notice

bp = Blueprint("notifications", __name__)


@bp.get("/inbox")
@work.reading
def inbox() -> str:
    """A person's notices, in their language."""
    notices = [(notice, _worded(notice)) for notice in queries.notices_of(current_actor().id)]
    return render_template("notifications/inbox.html", notices=notices)


def _worded(notice: Notice) -> str:
    return str(gettext(notice.message, **notice.params))


@bp.post("/inbox/seen")
@work.unit_of_work
def seen() -> Response:
    """Mark everything as looked at."""
    service.mark_seen(current_actor())
    return redirect(url_for("notifications.inbox"), 303)

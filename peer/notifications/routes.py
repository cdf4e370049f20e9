"""The inbox page."""

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import pages, work
from peer.notifications import queries, service
from peer.notifications.models import Notice

bp = Blueprint("notifications", __name__)


@bp.get("/inbox")
@work.reading
def inbox() -> str:
    """A person's notices, in their language, a page at a time."""
    page = pages.number("page") or 1
    skip = (page - 1) * queries.PAGE
    found = queries.notices_of(current_actor().id, skip=skip, count=queries.PAGE + 1)
    return render_template(
        "notifications/inbox.html",
        notices=[(notice, _worded(notice)) for notice in found[: queries.PAGE]],
        page=page,
        more=len(found) > queries.PAGE,
    )


def _worded(notice: Notice) -> str:
    params = {
        name: gettext(value) if name.endswith("_words") else value
        for name, value in notice.params.items()
    }
    return str(gettext(notice.message, **params))


@bp.post("/inbox/<notice_id>/open")
@work.unit_of_work
def open_notice(notice_id: str) -> Response:
    """Mark one notice as looked at and go where it leads."""
    notice = service.open_notice(current_actor(), notice_id)
    return redirect(notice.href or url_for("notifications.inbox"), 303)


@bp.post("/inbox/seen")
@work.unit_of_work
def seen() -> Response:
    """Mark everything as looked at."""
    service.mark_seen(current_actor())
    return redirect(url_for("notifications.inbox"), 303)

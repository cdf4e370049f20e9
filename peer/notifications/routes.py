"""The inbox page, and the hours in which it makes no sign."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import i18n, pages, work, zones
from peer.core.errors import Refused
from peer.core.i18n import said
from peer.notifications import queries, service
from peer.notifications.forms import QuietForm
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
        unread=queries.unread(current_actor().id),
        is_quiet=queries.is_quiet(current_actor().id),
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


@bp.get("/inbox/quiet")
@work.reading
def quiet_hours() -> str:
    """The hours in which nothing new shows itself."""
    return _quiet_page(QuietForm.of(queries.quiet_hours_of(current_actor().id)))


def _quiet_page(form: QuietForm) -> str:
    place = zones.city_of(current_actor().timezone, i18n.current_code())
    return render_template("notifications/quiet.html", form=form, place=place)


@bp.post("/inbox/quiet")
@work.unit_of_work
def set_quiet_hours() -> Response | tuple[str, int]:
    """Change those hours, or have none."""
    form = QuietForm()
    if not form.validate_on_submit():
        return _quiet_page(form), 422
    try:
        service.set_quiet_hours(current_actor(), form.hours())
    except Refused as error:
        form.ends.errors = [*form.ends.errors, said(error)]
        return _quiet_page(form), 422
    flash(gettext("Saved. It holds from now on."), "ok")
    return redirect(url_for("notifications.quiet_hours"), 303)

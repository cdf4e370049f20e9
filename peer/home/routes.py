"""The front door: home page, first steps, help, and whether the house stands."""

from flask import Blueprint, current_app, jsonify, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import work
from peer.home import queries
from peer.policy import retention

bp = Blueprint("home", __name__)


@bp.get("/")
@work.reading
def front() -> str | Response:
    """What is waiting for the person; a short welcome for everybody else."""
    if not current_user.is_authenticated:
        return render_template("home/welcome.html")
    return render_template("home/front.html", cards=queries.cards_for(current_actor()))


@bp.get("/welcome")
@work.reading
def first_steps() -> str:
    """The first page after joining: what one can do, and that nothing has to be done."""
    return render_template("home/first_steps.html", steps=queries.first_steps(current_actor()))


@bp.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The database answers, and Redis where there is one."""
    ready = queries.services_answer(current_app.config["PEER"].redis_url)
    return jsonify(status="ok" if ready else "waiting"), 200 if ready else 503


@bp.get("/privacy")
@work.reading
def privacy() -> str:
    """What is held about people, why, how long, and what then; for everyone to read."""
    return render_template(
        "home/privacy.html",
        themes=retention.THEMES,
        lives=retention.by_theme(),
        elsewhere=retention.ELSEWHERE,
    )


@bp.get("/help")
@work.reading
def help_page() -> str:
    """Where to turn, and how things work here."""
    return render_template("home/help.html")

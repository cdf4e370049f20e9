"""The first private page, who can read it, and taking all of it away."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from peer.accounts.sessions import current_actor, current_private_key
from peer.core import limits, work
from peer.core.keys import PrivateKey
from peer.wellbeing import queries, service
from peer.wellbeing.forms import CheckInForm
from peer.wellbeing.routes.blueprint import Page, bp, opened

_FEW = 3  # notes that the first page shows


@bp.get("/own")
@opened
@work.reading
def index(key: PrivateKey) -> Page:
    """Today, the next step, the last few notes."""
    actor = current_actor()
    today = queries.check_in_on(actor, key, service.today(actor))
    return render_template(
        "wellbeing/index.html",
        today=today,
        form=CheckInForm.of(today),
        plan=queries.plan_of(actor, key),
        notes=queries.notes(actor, key, most=_FEW),
    )


@bp.get("/own/about")
def about() -> Page:
    """Who can read these pages, in plain words. Needs no key."""
    return render_template("wellbeing/about.html")


@bp.get("/own/clear")
@work.reading
def clear() -> Page:
    """Asks before everything here is taken away. Needs no key: it also helps who has lost it."""
    return render_template("wellbeing/clear.html", pages=queries.count(current_actor().id))


@bp.post("/own/clear")
@work.unit_of_work
def do_clear() -> Page:
    """Take every private page away."""
    actor = current_actor()
    limits.spend("60/minute", "own", actor.id)
    if request.form.get("sure") != "y":
        pages = queries.count(actor.id)
        return render_template("wellbeing/clear.html", pages=pages, unsure=True), 422
    service.remove_all(actor.id)
    flash(_("Everything here is gone."), "ok")
    opens = current_private_key() is not None
    return redirect(url_for("wellbeing.index" if opens else "wellbeing.about"), 303)

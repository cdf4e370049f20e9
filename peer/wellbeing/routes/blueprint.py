"""The blueprint that the private pages hang on, and the key that opens them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor, current_private_key, unlock_address
from peer.core import limits, work
from peer.policy import wellbeing as policy
from peer.wellbeing import queries

bp = Blueprint("wellbeing", __name__)

Page = str | Response | tuple[str, int]


def opened(page: Callable[..., Page]) -> Callable[..., Page]:
    """Give `page` the person's private key; a session that has not opened it asks for it first.

    Whether an id is the person's own is looked at before, so that somebody else's is as missing.
    """

    @wraps(page)
    def wrapped(**given: Any) -> Page:
        actor = current_actor()
        if "page_id" in given:
            with work.begin(writes=False):
                queries.row_with(actor, given["page_id"])
        if request.method == "POST":
            limits.spend("60/minute", "own", actor.id)
        key = current_private_key()
        return page(key, **given) if key is not None else _shut()

    return wrapped


def _shut() -> Page:
    """The way to the passphrase; what was written meanwhile is given back, not lost."""
    if request.method == "GET":
        return redirect(unlock_address(), 303)
    tapped = [
        f"{_(asked)} {_(policy.ANSWERS[question][request.form[question]])}"
        for question, asked in policy.QUESTIONS.items()
        if request.form.get(question) in policy.ANSWERS[question]
    ]
    kept = "\n".join([*tapped, request.form.get("words", "")]).strip("\n")
    unlock = url_for("accounts.unlock", next=request.path)
    return render_template("wellbeing/shut.html", kept=kept, unlock=unlock), 403

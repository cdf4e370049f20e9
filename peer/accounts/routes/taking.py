"""Taking it back: a file with everything that is held, erasing, and the receipt."""

from collections.abc import Callable

from flask import current_app, render_template, request
from flask_babel import gettext as _
from flask_login import logout_user
from werkzeug.wrappers import Response

from peer.accounts import service
from peer.accounts.forms import DataForm, EraseForm, ReceiptForm
from peer.accounts.routes.blueprint import Page, bp
from peer.accounts.routes.files import data_file
from peer.accounts.routes.unlocking import proven_again
from peer.accounts.sessions import current_actor, current_private_key, current_session
from peer.core import i18n, limits, watch, work
from peer.core.errors import Conflict, NotFound, PeerError
from peer.policy import retention
from peer.policy.roles import Actor

FORMAT = "commonroom.my-data/1"


# --- my data ----------------------------------------------------------------------------------


@bp.get("/account/data")
def data() -> Page:
    """What the file holds, and where it stays once it is downloaded."""
    limits.spend("10/minute", "data", current_actor().id)  # counting opens everything
    return _data_page(DataForm())


@work.reading
def _data_page(form: DataForm) -> str:
    found = service.held(current_actor().id, current_private_key())
    return render_template(
        "accounts/data.html",
        form=form,
        sections=[(section.title, len(section.rows)) for section in found],
        private=current_private_key() is not None,
    )


@bp.post("/account/data")
def take_data() -> Page:
    """The file, once the passphrase was given. Its name tells nothing."""
    actor, form = current_actor(), DataForm()
    if form.validate_on_submit() and proven_again(form.passphrase):
        watch.noticed("data_taken", who=actor.id)
        return _file(actor, form.kind.data)
    return _data_page(form), 422


@work.reading
def _file(actor: Actor, kind: str) -> Response:
    sections = service.held(actor.id, current_private_key())
    return data_file(kind, sections, form=FORMAT, page="accounts/data_file.html", lead={})


# --- erasing ----------------------------------------------------------------------------------


@bp.get("/account/erase")
def erase() -> Page:
    """What goes, when, what stays and why."""
    return _erase_page(EraseForm())


@work.reading
def _erase_page(form: EraseForm) -> str:
    actor = current_actor()
    decision = service.may_erase(actor)
    return render_template(
        "accounts/erase.html",
        form=form,
        refusal="" if decision else _(decision.reason),
        keeps=service.would_keep(actor.id),
        appeal_days=retention.APPEAL_DAYS,
    )


@bp.post("/account/erase")
def do_erase() -> Page:
    """Erase, once the passphrase was given and the tick set; the receipt is shown this once."""
    actor, form = current_actor(), EraseForm()
    if not form.validate_on_submit():
        return _erase_page(form), 422
    limits.spend("10/minute", "passphrase", actor.id)
    stored = service.proven(actor.id, form.passphrase.data or "")
    if not stored:
        form.passphrase.errors = [_("That is not the passphrase you use now.")]
        return _erase_page(form), 422

    def still() -> None:
        service.unchanged(actor.id, stored)
        current_actor()

    try:
        return erased(actor, still)
    except Conflict as error:
        form.passphrase.errors = [i18n.said(error)]
        return _erase_page(form), error.status
    except PeerError as error:
        return _erase_page(form), error.status


def erased(actor: Actor, still: Callable[[], None] | None = None) -> Response:
    """Erase, and sign out; the receipt is shown this once.

    `still()` may refuse it in the unit of work in which it happens.
    """
    with work.begin(writes=False):
        found = service.what_there_is(actor)
    with work.begin():
        done = service.erase_account(actor, found, still)
    watch.noticed("account_erased", who=actor.id)
    logout_user()  # the receipt is nobody's page
    current_session().sign_out()
    answer = Response(render_template("accounts/erased.html", erased=done), mimetype="text/html")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


# --- the receipt ------------------------------------------------------------------------------


@bp.get("/receipt")
def receipt() -> Page:
    """Where the code of a receipt is asked for."""
    return render_template("accounts/receipt.html", form=ReceiptForm(), found=None)


@bp.post("/receipt")
@work.reading
def show_receipt() -> Page:
    """How far an erasure has come: what was destroyed, what stays until when, and the check."""
    form = ReceiptForm()
    if not form.validate_on_submit():
        return render_template("accounts/receipt.html", form=form, found=None), 422
    limits.spend("20/minute", "receipt-from", limits.place_of(request.remote_addr))
    try:
        found = service.receipt(form.code.data or "")
    except NotFound:
        form.code.errors = [_("No receipt has that code.")]
        return render_template("accounts/receipt.html", form=form, found=None), 422
    return render_template(
        "accounts/receipt.html",
        form=form,
        found=found,
        counts=[(retention.called(table), count) for table, count in sorted(found.counts.items())],
        kept=service.kept_of(found),
        site_name=current_app.config["PEER"].site_name,
    )

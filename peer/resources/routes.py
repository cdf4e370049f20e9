"""Pages of the library: open to all for reading, coordinators look after it."""

from itertools import groupby

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import limits, work
from peer.core.errors import Conflict, Invalid
from peer.core.i18n import said
from peer.core.languages import folded, name_of
from peer.policy import resources as policy
from peer.resources import queries, service
from peer.resources.forms import CATEGORIES, ResourceForm
from peer.resources.models import Category, Resource

bp = Blueprint("resources", __name__)

Page = str | Response | tuple[str, int]


@bp.app_template_global()
def language_names(codes: list[str]) -> list[str]:
    """Names of languages in the language of the page."""
    return [name_of(code, str(get_locale())) for code in codes]


@bp.app_template_global()
def checked_on(entry: Resource) -> str:
    """The day an entry was last checked, in words; empty when never."""
    return format_date(entry.verified_at, "long") if entry.verified_at else ""


@bp.get("/resources")
@work.reading
def index() -> str:
    """The library, searched by `?q=` and narrowed by `?category=`."""
    query = request.args.get("q", "").strip()[: queries.LONGEST_QUERY]
    category = _category(request.args.get("category", ""))
    if query:
        limits.spend("60/minute", "resources", limits.place_of(request.remote_addr))
    found = queries.search(query, category, named=_named(query), page=_page_number())
    groups = groupby(found.entries, lambda entry: entry.category)
    return render_template(
        "resources/index.html",
        query=query,
        category=category,
        categories=CATEGORIES,
        counts=queries.counts(),
        found=found,
        groups=[(key, list(entries)) for key, entries in groups],
        may_edit=_may_edit(),
        due=queries.count_to_check() if _may_edit() else 0,
    )


def _may_edit() -> bool:
    return current_user.is_authenticated and bool(policy.can_look_after(current_user.actor))


def _category(word: str) -> Category | None:
    return Category(word) if word in set(Category) else None


def _named(query: str) -> dict[str, list[str]]:
    """For each word searched, the categories that carry it in their name on this page."""
    names = {key: folded(str(name)) for key, name in CATEGORIES.items()}
    return {
        word: [key for key, name in names.items() if word in name]
        for word in queries.words_of(query)
        if len(word) > 2
    }


def _page_number() -> int:
    return request.args.get("page", 1, type=int)


@bp.get("/resources/care")
@work.reading
def care() -> str:
    """Entries that wait for a check, or are retired."""
    retired = request.args.get("show") == "retired"
    found = queries.retired(_page_number()) if retired else queries.to_check(_page_number())
    return render_template(
        "resources/care.html",
        found=found,
        retired=retired,
        due=queries.count_to_check(),
        categories=CATEGORIES,
    )


@bp.get("/resources/new")
@work.reading
def new() -> str:
    """The form of a new entry."""
    return _form_page(ResourceForm(), None)


@bp.post("/resources/new")
@work.unit_of_work
def add() -> Page:
    """Add an entry."""
    form = ResourceForm()
    if not form.validate_on_submit():
        return _form_page(form, None), 422
    try:
        entry = service.add(current_actor(), form.details(), checked=bool(form.checked.data))
    except Invalid as error:
        return _form_page(form, None, error), 422
    flash(_("“%(title)s” is in the library now.", title=entry.title), "ok")
    return _to(entry)


@bp.get("/resources/<resource_id>/edit")
@work.reading
def edit(resource_id: str) -> str:
    """The form of an entry."""
    entry = queries.resource_with(resource_id)
    return _form_page(ResourceForm.of(entry), entry)


@bp.post("/resources/<resource_id>/edit")
@work.unit_of_work
def change(resource_id: str) -> Page:
    """Change an entry; when somebody else did meanwhile, what was written stays in the form."""
    entry = queries.resource_with(resource_id)
    form = ResourceForm()
    if not form.validate_on_submit():
        return _form_page(form, entry), 422
    try:
        service.change(
            current_actor(),
            resource_id,
            form.details(),
            version=_number(form.version.data),
            checked=bool(form.checked.data),
        )
    except Conflict:
        form.version.data = str(entry.version)
        return _form_page(form, entry, changed_meanwhile=True), 409
    except Invalid as error:
        return _form_page(form, entry, error), 422
    flash(_("Saved."), "ok")
    return _to(entry)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _form_page(
    form: ResourceForm,
    entry: Resource | None,
    error: Invalid | None = None,
    *,
    changed_meanwhile: bool = False,
) -> str:
    if error is not None and error.field in form:
        form[error.field].errors = [said(error)]
    return render_template(
        "resources/edit.html",
        form=form,
        entry=entry,
        ask_address=bool(form.public_address.errors or form.public_address.data),
        changed_meanwhile=changed_meanwhile,
    )


@bp.post("/resources/<resource_id>/<act>")
@work.unit_of_work
def act(resource_id: str, act: str) -> Response:
    """Say that an entry is right, take it out of the library, or put it back."""
    verbs = {
        "verify": (service.verify, _("Thank you. “%(title)s” counts as checked today.")),
        "retire": (service.retire, _("“%(title)s” is no longer shown. It can be put back.")),
        "restore": (service.restore, _("“%(title)s” is in the library again.")),
    }
    if act not in verbs:
        abort(404)
    verb, words = verbs[act]
    entry = verb(current_actor(), resource_id)
    flash(words % {"title": entry.title}, "ok")
    if request.form.get("back") == "care":
        return redirect(url_for("resources.care"), 303)
    return _to(entry)


def _to(entry: Resource) -> Response:
    if entry.retired_at is not None:
        return redirect(url_for("resources.care", show="retired"), 303)
    return redirect(
        url_for("resources.index", category=entry.category, _anchor=f"r-{entry.id}"), 303
    )

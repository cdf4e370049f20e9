"""The journal: write, read, change, take away."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from peer.accounts.sessions import current_actor
from peer.core import pages, work
from peer.core.errors import Conflict, Invalid
from peer.core.keys import PrivateKey
from peer.wellbeing import queries, service
from peer.wellbeing.forms import NoteForm, refuse
from peer.wellbeing.queries import Note
from peer.wellbeing.routes.blueprint import Page, bp, opened


@bp.get("/own/notes")
@opened
@work.reading
def notes(key: PrivateKey) -> Page:
    """The journal, the newest first."""
    found = queries.notes(current_actor(), key, pages.number("page") or 1)
    return render_template("wellbeing/notes.html", found=found)


@bp.get("/own/notes/new")
@opened
def new_note(_key: PrivateKey) -> Page:
    """An empty page."""
    return _form_page(NoteForm())


@bp.post("/own/notes/new")
@opened
@work.unit_of_work
def write_note(key: PrivateKey) -> Page:
    """Keep a new note."""
    form = NoteForm()
    if form.validate_on_submit():
        try:
            words, page_id = form.words.data or "", form.page_id.data or ""
            kept = service.write_note(current_actor(), key, words, page_id=page_id)
            flash(_("Kept. Only you can open it."), "ok")
            return redirect(url_for("wellbeing.note", page_id=kept), 303)
        except Invalid as error:
            refuse(form, error)
    return _form_page(form), 422


@bp.get("/own/notes/<page_id>")
@opened
@work.reading
def note(key: PrivateKey, page_id: str) -> Page:
    """One note, to read."""
    return render_template(
        "wellbeing/note.html", note=queries.note_with(current_actor(), key, page_id)
    )


@bp.get("/own/notes/<page_id>/edit")
@opened
@work.reading
def edit_note(key: PrivateKey, page_id: str) -> Page:
    """One note, to write on."""
    found = queries.note_with(current_actor(), key, page_id)
    return _form_page(NoteForm(data={"words": found.text, "version": found.version}), found)


@bp.post("/own/notes/<page_id>/edit")
@opened
@work.unit_of_work
def change_note(key: PrivateKey, page_id: str) -> Page:
    """Keep the changed words; when they were changed elsewhere meanwhile, show both."""
    actor, form = current_actor(), NoteForm()
    found = queries.note_with(actor, key, page_id)
    if not form.validate_on_submit():
        return _form_page(form, found), 422
    try:
        words, version = form.words.data or "", form.version.data or ""
        service.change_note(actor, key, page_id, words, version=version)
    except Conflict:
        form.version.data = found.version
        return _form_page(form, found, changed_meanwhile=True), 409
    except Invalid as error:
        refuse(form, error)
        return _form_page(form, found), 422
    flash(_("Kept. Only you can open it."), "ok")
    return redirect(url_for("wellbeing.note", page_id=page_id), 303)


@bp.get("/own/notes/<page_id>/remove")
@opened
@work.reading
def remove_note(key: PrivateKey, page_id: str) -> Page:
    """Asks before a note is taken away."""
    found = queries.note_with(current_actor(), key, page_id)
    return render_template("wellbeing/remove.html", note=found)


@bp.post("/own/notes/<page_id>/remove")
@opened
@work.unit_of_work
def do_remove_note(key: PrivateKey, page_id: str) -> Page:
    """Take a note away, when it is the one that the page showed."""
    actor, form = current_actor(), NoteForm()
    found = queries.note_with(actor, key, page_id)
    try:
        service.remove_note(actor, key, page_id, version=form.version.data or "")
    except Conflict:
        return render_template("wellbeing/remove.html", note=found, changed_meanwhile=True), 409
    flash(_("It is gone."), "ok")
    return redirect(url_for("wellbeing.notes"), 303)


def _form_page(form: NoteForm, note: Note | None = None, *, changed_meanwhile: bool = False) -> str:
    return render_template(
        "wellbeing/write.html", form=form, note=note, changed_meanwhile=changed_meanwhile
    )

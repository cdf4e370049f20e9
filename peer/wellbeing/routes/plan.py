"""The plan: lists in a person's own words, and the step that comes next."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from peer.accounts.sessions import current_actor
from peer.core import work
from peer.core.errors import Conflict, Invalid
from peer.core.keys import PrivateKey
from peer.policy import wellbeing as policy
from peer.wellbeing import queries, service
from peer.wellbeing.forms import ListForm, StepForm, refuse
from peer.wellbeing.queries import Plan
from peer.wellbeing.routes.blueprint import Page, bp, opened

# Lists whose lines can be the next step.
_STEPS = ("alone", "company", "people", "lines", "safer", "towards")


@bp.get("/own/plan")
@opened
@work.reading
def plan(key: PrivateKey) -> Page:
    """The whole plan, to read."""
    found = queries.plan_of(current_actor(), key)
    return render_template("wellbeing/plan.html", plan=found, sections=policy.SECTIONS)


@bp.get("/own/plan/<section>")
@opened
@work.reading
def plan_list(key: PrivateKey, section: str) -> Page:
    """One list of it, to write on; or the next step."""
    found = queries.plan_of(current_actor(), key)
    given: dict[str, Any] = {"version": found.version(section), "words": _words(found, section)}
    return _form_page(_form(section, data=given), found, section)


@bp.post("/own/plan/<section>")
@opened
@work.unit_of_work
def save_list(key: PrivateKey, section: str) -> Page:
    """Keep one list; when it was changed elsewhere meanwhile, show both."""
    form, found = _form(section), queries.plan_of(current_actor(), key)
    if not form.validate_on_submit():
        return _form_page(form, found, section), 422
    try:
        _save(key, section, form)
    except Conflict:
        form.version.data = found.version(section)
        return _form_page(form, found, section, changed_meanwhile=True), 409
    except Invalid as error:
        refuse(form, error)
        return _form_page(form, found, section), 422
    flash(_("Kept. Only you can open it."), "ok")
    return redirect(url_for("wellbeing.plan"), 303)


def _form(section: str, **given: Any) -> ListForm | StepForm:
    if section == policy.NEXT:
        return StepForm(**given)
    return ListForm(**given) if section in policy.SECTIONS else abort(404)


def _words(plan: Plan, section: str) -> str:
    return plan.next_step if section == policy.NEXT else "\n".join(plan.items(section))


def _save(key: PrivateKey, section: str, form: ListForm | StepForm) -> None:
    actor, words, version = current_actor(), form.words.data or "", form.version.data or ""
    if section == policy.NEXT:
        service.save_next_step(actor, key, words, version=version)
    else:
        service.save_list(actor, key, section, words.splitlines(), version=version)


def _form_page(
    form: ListForm | StepForm, plan: Plan, section: str, *, changed_meanwhile: bool = False
) -> str:
    return render_template(
        "wellbeing/list.html",
        form=form,
        section=section,
        title=_("My next step") if section == policy.NEXT else _(policy.SECTIONS[section]),
        now=_words(plan, section),
        lines=[line for name in _STEPS for line in plan.items(name)],
        changed_meanwhile=changed_meanwhile,
    )

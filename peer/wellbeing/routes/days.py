"""Check-ins: a few taps today, and a calm look back."""

from datetime import date, timedelta

from babel.dates import format_skeleton
from flask import flash, redirect, render_template, url_for
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _

from peer.accounts.sessions import current_actor
from peer.core import pages, work
from peer.core.errors import Conflict, Invalid
from peer.core.keys import PrivateKey
from peer.policy import wellbeing as policy
from peer.wellbeing import queries, service
from peer.wellbeing.forms import CheckInForm, refuse
from peer.wellbeing.queries import CheckIn, Weeks
from peer.wellbeing.routes.blueprint import Page, bp, opened

Point = tuple[str, int | None, str]


@bp.app_template_global()
def word_for(question: str, answer: str) -> str:
    """An answer in the language of the page; empty when it was passed over."""
    word = policy.ANSWERS[question].get(answer)
    return str(_(word)) if word else ""


@bp.app_template_filter()
def calendar_day(day: date) -> str:
    """A day of somebody's own calendar, as their language writes it."""
    return str(format_date(day, "full"))


@bp.get("/own/today")
@opened
@work.reading
def today(key: PrivateKey) -> Page:
    """The few questions, as they were answered today if they were."""
    actor = current_actor()
    earlier = queries.check_in_on(actor, key, service.today(actor))
    return _form_page(CheckInForm.of(earlier), earlier)


@bp.post("/own/today")
@opened
@work.unit_of_work
def check_in(key: PrivateKey) -> Page:
    """Keep today's answers; when they were changed elsewhere meanwhile, show both."""
    actor, form = current_actor(), CheckInForm()
    earlier = queries.check_in_on(actor, key, service.today(actor))
    if not form.validate_on_submit():
        return _form_page(form, earlier), 422
    said, mark = form.words.data or "", form.version.data or ""
    try:
        service.check_in(actor, key, form.answers, said, version=mark)
    except Conflict:
        form.version.data = earlier.version if earlier else ""
        return _form_page(form, earlier, changed_meanwhile=True), 409
    except Invalid as error:
        refuse(form, error)
        return _form_page(form, earlier), 422
    flash(_("Kept. Only you can open it."), "ok")
    return redirect(url_for("wellbeing.days"), 303)


def _form_page(
    form: CheckInForm, earlier: CheckIn | None, *, changed_meanwhile: bool = False
) -> str:
    return render_template(
        "wellbeing/today.html", form=form, earlier=earlier, changed_meanwhile=changed_meanwhile
    )


@bp.get("/own/days")
@opened
@work.reading
def days(key: PrivateKey) -> Page:
    """Four weeks as a line and in words; `?back=` goes further back."""
    actor, back = current_actor(), pages.number("back", most=520) or 0
    now = service.today(actor)
    weeks = queries.weeks(actor, key, now - timedelta(days=back * queries.DAYS))
    return render_template(
        "wellbeing/days.html",
        weeks=weeks,
        back=back,
        points=[_point(day, found) for day, found in weeks.days],
        picture=_picture(weeks),
        levels=[_(word) for word in policy.TODAY.values()],
        now=queries.check_in_on(actor, key, now),
        plan=queries.plan_of(actor, key),
    )


def _point(day: date, found: CheckIn | None) -> Point:
    """One day of the picture: its value, or a gap."""
    answer = found.answers.get("today", "") if found else ""
    value = list(policy.TODAY).index(answer) if answer else None
    short = format_skeleton("MMMd", day, locale=get_locale())
    return short, value, word_for("today", answer) or "–"


def _picture(weeks: Weeks) -> str:
    """What the picture shows, in a sentence or two."""
    said = [each.answers["today"] for each in weeks.check_ins if "today" in each.answers]
    if not said:
        return str(_("No day of these four weeks has a word."))
    words = ngettext(
        "%(num)d day of these four weeks has a word.",
        "%(num)d days of these four weeks have a word.",
        len(said),
    )
    return f"{words} {_('The last one: %(word)s.', word=word_for('today', said[0]))}"


@bp.get("/own/days/<page_id>")
@opened
@work.reading
def day(key: PrivateKey, page_id: str) -> Page:
    """One check-in, and the way to take it away."""
    found = queries.check_in_with(current_actor(), key, page_id)
    return render_template("wellbeing/day.html", found=found)


@bp.post("/own/days/<page_id>")
@opened
@work.unit_of_work
def remove_day(key: PrivateKey, page_id: str) -> Page:
    """Take a check-in away."""
    service.remove_check_in(current_actor(), key, page_id)
    flash(_("It is gone."), "ok")
    return redirect(url_for("wellbeing.days"), 303)

"""Pages of moderation: the queue, one item, and decisions about one person."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries as accounts
from peer.accounts.queries import oversight
from peer.accounts.service import may_ask
from peer.accounts.sessions import current_actor
from peer.core import clock, work
from peer.core.errors import Conflict, Invalid
from peer.core.i18n import said
from peer.moderation import queries, service
from peer.moderation.forms import DecideForm
from peer.moderation.models import ReviewItem
from peer.moderation.routes import page
from peer.policy import moderation as policy
from peer.policy.moderation import HOUSE_RULES, OUTCOME_WORDS, SANCTION_WORDS, Outcome
from peer.policy.oversight import ActKind
from peer.policy.roles import require

bp = Blueprint("moderation", __name__)

Answer = str | Response | tuple[str, int]


# --- the queue ---------------------------------------------------------------------------------


@bp.get("/moderation/queue")
@work.reading
def queue() -> str:
    """What waits, the most urgent first; `?tab=` narrows it."""
    wanted = request.args.get("tab", "all")
    tab = wanted if wanted in queries.TABS else "all"
    held_back = queries.held_back(current_actor())
    return render_template(
        "moderation/queue.html",
        tab=tab,
        first_looks=page.first_looks(),
        held_back=held_back,
        held_names=accounts.names_of(each.account_id for each in held_back),
        kinds=SANCTION_WORDS,
        **_queue(tab),
    )


def _queue(tab: str) -> dict[str, object]:
    actor = current_actor()
    counts = queries.tab_counts(actor)
    tabs = [
        (words, url_for("moderation.queue", tab=None if key == "all" else key), key == tab, number)
        for key, words in page.TAB_WORDS.items()
        for number in [counts[key] if key != "done" else None]
    ]
    return {
        "tabs": tabs,
        "rows": page.rows(actor, tab),
        "waiting": counts["all"],
        "urgent": counts["urgent"],
    }


# --- one item ----------------------------------------------------------------------------------


@bp.get("/moderation/items/<item_id>")
@work.reading
def item(item_id: str) -> str:
    """One item, its text covered until it is opened."""
    found = queries.item_for(current_actor(), item_id)
    return _item_page(found)


def _item_page(
    found: ReviewItem,
    form: DecideForm | None = None,
    *,
    conflict: str = "",
    asking: str = "",
    error: str = "",
) -> str:
    """`form`: what the moderator had filled in; `conflict`: why it was not taken.

    `asking`, `error`: which question they gave too little of a reason for, and the words for it.
    """
    actor = current_actor()
    require(policy.can_open(actor, found))
    form = form or DecideForm(formdata=None)
    form.version.data = str(found.version)
    mine = bool(policy.can_read(actor, found))
    return render_template(
        "moderation/item.html",
        detail=page.detail(actor, found),
        record=queries.record_of(found.author_id),
        mine=mine,
        form=form,
        kept=_kept(form) if conflict and not mine else [],
        conflict=conflict,
        asking=asking,
        error=error,
        sent=request.form.get("reason", ""),
        opening=queries.opening_of(found.id, actor.id),
        now=clock.now(),
        rules=HOUSE_RULES,
        outcomes=OUTCOME_WORDS,
        **_queue("all"),
    )


def _kept(form: DecideForm) -> list[tuple[str, str]]:
    """What had been filled in, in words, where the form itself is no longer shown."""
    chosen = [(form.outcome.label.text, _chosen(form.outcome))]
    chosen += [(form.rule.label.text, _chosen(form.rule))] if form.rule.data else []
    chosen += [(form.note.label.text, form.note.data or "")]
    return [(label, words) for label, words in chosen if words]


def _chosen(field: object) -> str:
    choices = field.iter_choices()  # type: ignore[attr-defined]
    return next((str(each.label) for each in choices if each.selected), "")


@bp.post("/moderation/items/<item_id>/claim")
@work.unit_of_work
def claim(item_id: str) -> Answer:
    """Take an item."""
    try:
        service.claim(current_actor(), item_id)
    except Conflict as error:
        return _as_it_stands(item_id, error)
    return redirect(url_for("moderation.item", item_id=item_id), 303)


@bp.post("/moderation/items/<item_id>/pass")
@work.unit_of_work
def pass_on(item_id: str) -> Answer:
    """Give an item back, without a reason."""
    try:
        service.pass_on(current_actor(), item_id)
    except Conflict as error:
        return _as_it_stands(item_id, error)
    flash(_("Somebody else will look at it. Take a moment if you need one."), "ok")
    return redirect(url_for("moderation.queue"), 303)


@bp.post("/moderation/items/<item_id>/decide")
@work.unit_of_work
def decide(item_id: str) -> Answer:
    """Decide about an item; whatever stands in the way, nothing that was filled in is lost."""
    actor, form = current_actor(), DecideForm()
    found = queries.item_for(actor, item_id)
    if not form.validate_on_submit():
        return _item_page(found, form), 422
    try:
        service.decide(
            actor,
            item_id,
            version=form.version_seen,
            outcome=Outcome(form.outcome.data),
            rule=form.rule_meant,
            note=form.note.data or "",
            wanted=form.wanted,
        )
    except Conflict as error:
        return _as_it_stands(item_id, error, form)
    except Invalid as error:
        field = error.field if error.field in form else "follow"
        form[field].errors = [said(error)]
        return _item_page(found, form), 422
    flash(_("Decided. The people it concerns have been told."), "ok")
    return redirect(_after_deciding(item_id), 303)


def _after_deciding(item_id: str) -> str:
    if request.form.get("then") != "next":
        return url_for("moderation.item", item_id=item_id)
    following = queries.next_item(current_actor())
    if following is None:
        return url_for("moderation.queue")
    return url_for("moderation.item", item_id=following.id)


def _as_it_stands(item_id: str, error: Conflict, form: DecideForm | None = None) -> tuple[str, int]:
    """The item as somebody else has left it, and why what was asked did not happen."""
    found = queries.item_for(current_actor(), item_id, lock=True)
    return _item_page(found, form, conflict=said(error)), 409


@bp.post("/moderation/items/<item_id>/reopen")
@work.unit_of_work
def reopen(item_id: str) -> Answer:
    """Look again at something decided."""
    version = request.form.get("version", 0, int)
    try:
        service.reopen(current_actor(), item_id, version=version)
    except Conflict as error:
        return _as_it_stands(item_id, error)
    flash(_("It waits in the queue again, as it stands now."), "ok")
    return redirect(url_for("moderation.item", item_id=item_id), 303)


# --- more than was reported ----------------------------------------------------------------------


@bp.post("/moderation/items/<item_id>/more")
@work.unit_of_work
def open_more(item_id: str) -> Answer:
    """Open more of a conversation for an hour, with a reason that its people can read."""
    try:
        service.open_more(current_actor(), item_id, request.form.get("reason", ""))
    except Invalid as error:
        found = queries.item_for(current_actor(), item_id)
        return _item_page(found, asking="more", error=said(error)), 422
    return redirect(url_for("moderation.more", item_id=item_id), 303)


@bp.get("/moderation/items/<item_id>/more")
@work.reading
def more(item_id: str) -> str:
    """What one opened of a conversation, while its hour lasts."""
    actor = current_actor()
    found = queries.item_for(actor, item_id)
    lines = service.opened_lines(actor, found)
    return render_template(
        "moderation/more.html",
        item=found,
        said_lines=page.said_of(lines),
        opening=queries.opening_of(found.id, actor.id),
    )


@bp.post("/moderation/items/<item_id>/reporter")
@work.unit_of_work
def ask_reporter(item_id: str) -> Answer:
    """Ask to look, with another person, at who reported this."""
    sent, actor = request.form, current_actor()
    try:
        act = service.ask_reporter(actor, item_id, sent.get("report", ""), sent.get("reason", ""))
    except Invalid as error:
        found = queries.item_for(actor, item_id)
        return _item_page(found, asking="reporter", error=said(error)), 422
    except Conflict as error:
        return _as_it_stands(item_id, error)
    flash(_("Somebody else has to say yes to this. They have been told."), "info")
    return redirect(url_for("accounts.decision", act_id=act.id), 303)


# --- one person --------------------------------------------------------------------------------


@bp.get("/moderation/people/<account_id>")
@work.reading
def person(account_id: str) -> str:
    """Decisions and sanctions about one person; none of their messages."""
    return _person_page(account_id)


def _person_page(account_id: str, *, error: str = "", field: str = "") -> str:
    actor = current_actor()
    about = queries.person_for(actor, account_id)
    banned = queries.ban_of(account_id) is not None
    kind = ActKind.UNBAN if banned else ActKind.BAN
    sanctions, rulings = queries.sanctions_of(account_id), queries.rulings_about(account_id)
    by = {each.by_id for each in sanctions} | {ruling.by_id for ruling, _item in rulings}
    return render_template(
        "moderation/person.html",
        person=about,
        sanctions=sanctions,
        rulings=rulings,
        names=accounts.names_of(each for each in by if each),
        muted_until=queries.muted_until(account_id),
        suspended=queries.is_suspended(account_id),
        banned=banned,
        asked=oversight.waiting_act(kind, account_id),
        part_of_it=_(may_ask(actor, kind, account_id).reason or " ").strip(),
        sent=request.form,
        error=error,
        field=field,
        staff=_(policy.can_sanction(actor, about).reason or " ").strip(),
        kinds=SANCTION_WORDS,
        rules=HOUSE_RULES,
        outcomes=OUTCOME_WORDS,
    )


@bp.post("/moderation/people/<account_id>/ban")
@work.unit_of_work
def ask_ban(account_id: str) -> Answer:
    """Ask that somebody loses access for good; another person confirms it."""
    sent = request.form
    try:
        act = service.ask_ban(
            current_actor(), account_id, sent.get("rule", ""), sent.get("reason", "")
        )
    except (Invalid, Conflict) as error:
        page_again = _person_page(account_id, error=said(error), field=error.field or "rule")
        return page_again, error.status
    flash(_("Somebody else has to say yes to this. They have been told."), "info")
    return redirect(url_for("accounts.decision", act_id=act.id), 303)


@bp.post("/moderation/people/<account_id>/unban")
@work.unit_of_work
def ask_unban(account_id: str) -> Answer:
    """Ask that somebody who was shut out for good is let in again; another person confirms it."""
    try:
        act = service.ask_unban(current_actor(), account_id, request.form.get("reason", ""))
    except (Invalid, Conflict) as error:
        page_again = _person_page(account_id, error=said(error), field=error.field or "")
        return page_again, error.status
    flash(_("Somebody else has to say yes to this. They have been told."), "info")
    return redirect(url_for("accounts.decision", act_id=act.id), 303)


@bp.post("/moderation/people/<account_id>/unmute")
@work.unit_of_work
def lift_mute(account_id: str) -> Response:
    """Let a muted person write again."""
    service.lift_mute(current_actor(), account_id)
    flash(_("They can write again, and have been told."), "ok")
    return redirect(url_for("moderation.person", account_id=account_id), 303)


@bp.post("/moderation/people/<account_id>/reinstate")
@work.unit_of_work
def reinstate(account_id: str) -> Response:
    """Let a suspended person back in."""
    service.reinstate(current_actor(), account_id)
    flash(_("Their account is open again."), "ok")
    return redirect(url_for("moderation.person", account_id=account_id), 303)

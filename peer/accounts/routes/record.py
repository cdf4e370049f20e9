"""The record of what staff did, to read: for admins."""

from flask import render_template, request
from flask_babel import gettext as _

from peer.accounts import queries
from peer.accounts.routes.blueprint import bp
from peer.accounts.sessions import current_actor
from peer.core import audit, keys, pages, work
from peer.core.audit import AuditEntry
from peer.core.errors import NotFound
from peer.policy.accounts import ACT_WORDS
from peer.policy.oversight import can_see_record
from peer.policy.roles import require

_PAGE = 50
_SIGN = 8  # characters of what a subject goes by on this page

#: Lines that would tell alone what two people look at together: who invited somebody, also by
#: entries of long ago, and who had reported something.
_FOR_TWO = frozenset({"account.create", "disclosure.note"})


@bp.get("/record")
@work.reading
def record() -> str:
    """What was done, when and by whom; never what people wrote."""
    require(can_see_record(current_actor()))
    number, act = pages.number("page") or 1, request.args.get("act", "")
    known = audit.acts()
    if act and act not in known:
        raise NotFound()
    found = audit.page(act, (number - 1) * _PAGE, _PAGE + 1)
    return render_template(
        "accounts/record.html",
        entries=found[:_PAGE],
        names=queries.names_of(entry.actor_id for entry in found if entry.actor_id),
        words={known_act: said(known_act) for known_act in known},
        subject=_subject,
        for_two=_FOR_TWO,
        act=act,
        page=number,
        more=len(found) > _PAGE,
    )


def said(act: str) -> str:
    """An act in words; a rare one by its code."""
    return _(ACT_WORDS[act]) if act in ACT_WORDS else act


def _subject(entry: AuditEntry) -> str:
    """What it was done to: its kind and a sign of its own here, to tell two apart.

    The sign is not the number in addresses, so that no line leads to a person's page.
    """
    if entry.act in _FOR_TWO:
        return ""
    kind, _sign, which = entry.subject.partition(":")
    return f"{kind} {keys.fingerprint('record.sign', which)[:_SIGN]}"

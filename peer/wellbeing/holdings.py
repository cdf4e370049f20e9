"""What the private pages hold of a person, and how they are taken away.

Their words are in the person's own file only when their key is at hand; nobody else's file has
them, and taking them away needs no key.
"""

from peer.accounts.service import Holding, Row, Section, Value, said
from peer.core.keys import PrivateKey
from peer.core.words import N_
from peer.policy import wellbeing as policy
from peer.policy.roles import Actor
from peer.wellbeing import queries, service

_ABOUT = N_(
    "These pages are closed. Open your notes with the passphrase first, and they are in the file."
)


def held(account_id: str) -> list[Section]:
    """That there are closed pages, and from which days."""
    labels = {"created_on": N_("Made on")}
    rows: list[Row] = [
        {"created_on": row.created_on.isoformat()} for row in queries.rows_of(account_id)
    ]
    return [Section("private_pages", N_("Your closed pages"), labels, rows, _ABOUT)]


def opened(account_id: str, key: PrivateKey) -> list[Section]:
    """The same pages, opened with the person's own key."""
    actor = Actor(account_id, "")
    return [_notes(actor, key), _days(actor, key), _plan(actor, key)]


def _notes(actor: Actor, key: PrivateKey) -> Section:
    labels = {"at": N_("When"), "text": N_("Your words")}
    rows: list[Row] = [
        {"at": note.at, "text": note.text}
        for note in queries.notes(actor, key, most=policy.MOST_PAGES).entries
    ]
    return Section("notes", N_("Your notes"), labels, rows)


def _days(actor: Actor, key: PrivateKey) -> Section:
    labels = {"day": N_("Day"), **policy.QUESTIONS, "sentence": N_("A sentence, if you like")}
    rows: list[Row] = []
    for found in queries.check_ins(actor, key):
        answers = found.answers.items()
        words: dict[str, Value] = {name: said(policy.ANSWERS[name], one) for name, one in answers}
        rows.append({"day": found.day.isoformat(), **words, "sentence": found.sentence or None})
    return Section("days", N_("Your days"), labels, rows)


def _plan(actor: Actor, key: PrivateKey) -> Section:
    plan = queries.plan_of(actor, key)
    labels = {"next": N_("My next step"), **policy.SECTIONS}
    row: Row = {"next": plan.next_step or None} | {
        name: "\n".join(plan.items(name)) or None for name in policy.SECTIONS
    }
    return Section("plan", N_("My plan"), labels, [row] if plan else [])


def erase(account_id: str) -> dict[str, int]:
    """Every private page of a person."""
    return {"private_pages": service.remove_all(account_id)}


def leave(account_id: str) -> None:
    """They go at once: nobody else has a reason to keep them."""
    service.remove_all(account_id)


HOLDING = Holding("wellbeing", held, erase, leave=leave, opened=opened)

"""Rules about what a person keeps for themself, and the fixed words that it is made of."""

from collections.abc import Mapping
from types import MappingProxyType

from peer.core.words import N_
from peer.policy.roles import HIDDEN, YES, Actor, Decision

Words = Mapping[str, str]

LONGEST_NOTE = 20_000
LONGEST_SENTENCE = 300
LONGEST_ITEM, MOST_ITEMS = 200, 20
MOST_PAGES = 5_000  # of one person, of every kind

# How a day is, from the heaviest word to the lightest.
TODAY: Words = MappingProxyType(
    {
        "heavy": N_("Heavy"),
        "shaky": N_("Shaky"),
        "between": N_("In between"),
        "steady": N_("Steady"),
        "light": N_("Light"),
    }
)
SLEEP: Words = MappingProxyType(
    {"hardly": N_("Hardly"), "broken": N_("On and off"), "enough": N_("Enough")}
)
BODY: Words = MappingProxyType(
    {"hurting": N_("Hurting"), "tired": N_("Tired"), "at_ease": N_("At ease")}
)
COMPANY: Words = MappingProxyType(
    {"lonely": N_("Lonely"), "alone": N_("Alone, and fine"), "together": N_("With good people")}
)
SAFETY: Words = MappingProxyType(
    {"unsafe": N_("Not safe"), "unsure": N_("Not sure"), "safe": N_("Safe enough")}
)
ANSWERS: Mapping[str, Words] = MappingProxyType(
    {"today": TODAY, "sleep": SLEEP, "body": BODY, "company": COMPANY, "safety": SAFETY}
)
QUESTIONS: Words = MappingProxyType(
    {
        "today": N_("How is today?"),
        "sleep": N_("Sleep"),
        "body": N_("Body"),
        "company": N_("Company"),
        "safety": N_("Feeling safe"),
    }
)

# The lists of a plan, in the order in which they help.
SECTIONS: Words = MappingProxyType(
    {
        "signs": N_("My early signs"),
        "alone": N_("Things I can do by myself"),
        "company": N_("Places and company that help"),
        "people": N_("People I can ask"),
        "lines": N_("Professionals and lines"),
        "safer": N_("What makes my place safer"),
        "towards": N_("What I am building towards"),
    }
)
NEXT = "next"  # the one step that stands above the lists

_LOW = MappingProxyType(
    {
        "today": frozenset({"heavy", "shaky"}),
        "sleep": frozenset({"hardly"}),
        "body": frozenset({"hurting"}),
        "company": frozenset({"lonely"}),
        "safety": frozenset({"unsafe"}),
    }
)
_MANY = 3


def can_open(actor: Actor, owner_id: str) -> Decision:
    """Only the person themself: no role opens what somebody else keeps here."""
    return YES if actor.id == owner_id else HIDDEN


def is_heavy(answers: Words) -> bool:
    """Whether a day sounds as if the person's own steps and a helpline should be at hand."""
    if answers.get("today") == "heavy" or answers.get("safety") == "unsafe":
        return True
    return sum(answers.get(question) in low for question, low in _LOW.items()) >= _MANY

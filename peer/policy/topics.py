"""Topics that are hard for some: what a message can be marked with, and what people may want folded.

Notes are written in words of one's own, so a few beginnings of words in each language of the site
say which topics a note is about. Too much folded costs a press; too little costs more.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

from peer.core.words import N_

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "court": N_("Courts and police"),
        "immigration": N_("Papers and the right to stay"),
        "children": N_("Children and custody"),
        "family": N_("Family and where one comes from"),
        "trafficking": N_("Being trafficked or exploited"),
        "violence": N_("Violence at home"),
        "sexual_violence": N_("Sexual violence"),
        "substances": N_("Alcohol and drugs"),
        "self_harm": N_("Self-harm and dark thoughts"),
        "grief": N_("Losing someone"),
        "debt": N_("Debt"),
        "faith_harm": N_("Being hurt in the name of a faith"),
    }
)

#: How words begin in notes about a topic, in English, Spanish and Arabic.
_BEGINNINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "court": (
            "court",
            "judge",
            "trial",
            "police",
            "lawyer",
            "juzgado",
            "juez",
            "juicio",
            "tribunal",
            "polic",
            "abogad",
            "محكمة",
            "قاضي",
            "شرطة",
            "محام",
        ),
        "immigration": (
            "immigra",
            "visa",
            "asylum",
            "deport",
            "inmigra",
            "asilo",
            "هجرة",
            "تأشيرة",
            "لجوء",
            "ترحيل",
        ),
        "children": (
            "child",
            "kids",
            "custody",
            "daughter",
            "hijo",
            "hija",
            "niñ",
            "custodia",
            "طفل",
            "أطفال",
            "حضانة",
        ),
        "family": (
            "famil",
            "mother",
            "father",
            "parent",
            "sister",
            "brother",
            "madre",
            "padre",
            "herman",
            "أسرة",
            "عائلة",
        ),
        "trafficking": ("traffick", "exploit", "trata", "explota", "اتجار", "استغلال"),
        "violence": ("violen", "beaten", "abus", "golpe", "maltrat", "عنف", "ضرب"),
        "sexual_violence": ("rape", "sexual", "violaci", "اغتصاب", "جنسي"),
        "substances": (
            "alcohol",
            "drink",
            "drunk",
            "drug",
            "relapse",
            "drog",
            "bebida",
            "recaída",
            "كحول",
            "مخدر",
        ),
        "self_harm": ("self-harm", "self harm", "suicid", "autoles", "انتحار", "إيذاء النفس"),
        "grief": (
            "grief",
            "death",
            "died",
            "dying",
            "funeral",
            "duelo",
            "muert",
            "muri",
            "fallec",
            "موت",
            "وفاة",
            "جنازة",
        ),
        "debt": ("debt", "loan", "deuda", "préstamo", "ديون", "قرض"),
        "faith_harm": ("faith", "church", "religio", "cult", "iglesia", "secta", "طائفة", "كنيسة"),
    }
)
# In Arabic "and", "with" and the article stand before the word without a space.
_FOUND = {
    topic: re.compile(rf"(?<!\w)(?:[وفبكل]?ال|[وفبكل])?(?:{'|'.join(map(re.escape, words))})")
    for topic, words in _BEGINNINGS.items()
}


def topics_in(note: str) -> frozenset[str]:
    """The topics that a note is about, as far as its words tell."""
    words = note.casefold()
    return frozenset(topic for topic, found in _FOUND.items() if found.search(words))


def topics_of(topic: str, note: str) -> frozenset[str]:
    """The topics of a message: the one it was marked with, and those its note tells of."""
    found = topics_in(note) if note else frozenset()
    return found | {topic} if topic else found


def is_folded(topic: str, note: str, unwanted: Collection[str]) -> bool:
    """Whether somebody who would rather not meet some topics finds the message folded."""
    return bool(unwanted) and not topics_of(topic, note).isdisjoint(unwanted)

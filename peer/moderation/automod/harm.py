"""What may be aimed at somebody: lures, buyers, threats, hate. First rules, on the cautious side.

A match waits for a moderator; it is never proof. Words about one's own past are not aimed at
anybody, so patterns look for an offer or an address, not for a topic.
"""

import re
from collections.abc import Iterator

from peer.moderation.automod.cues import FIGURES, Hints
from peer.moderation.automod.reading import Found, Reading

HELD = frozenset({"lure", "buyer", "threat", "hate", "age_ask", "location"})
ASKED = frozenset({"age_ask", "location"})  # what staff may have to ask

_PERK = (
    r"\b(?:cash|room|housing|travel|flight|hotel|included|no papers|documents?|visa|"
    r"(?:per|a) (?:day|night))\b"
)
_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "lure",
        "harm.offer",
        r"\b(?:i know|i have|we (?:have|need|are)|my (?:boss|friend|cousin|uncle|aunt))\b"
        r"[^\n]{0,60}\b(?:hiring|has (?:work|a job|a room)|"
        r"(?:job|work|place|room) for (?:you|girls|women)|"
        r"(?:needs?|looking for|want) (?:girls|women|models|workers|dancers))\b[^\n]{0,80}" + _PERK,
    ),
    (
        "lure",
        "harm.pay",
        r"\b(?:you|u|girls|ladies|anyone|women) (?:can|could|will|would) (?:make|earn|get)\b"
        r"[^.!?\n]{0,30}\d{3,}|(?<!\bi )(?<!\bto )(?<!\bwe )\b(?:earn|make|pay you) (?:up to )?"
        r"[$€£]? ?\d{3,}[^.!?\n]{0,20}\b(?:a|per|every) (?:day|night|week)\b",
    ),
    (
        "lure",
        "harm.secret",
        r"\b(?:don'?t|do not) tell (?:the |any )?(?:staff|moderators?|coordinators?|mentors?)\b|"
        r"\bour (?:little )?secret\b|\bnuestro secreto\b|"
        r"\bno (?:le )?digas (?:nada )?a (?:l[oa]s )?moderador",
    ),
    (
        "lure",
        "harm.trabajo",
        r"\b(?:conozco|tengo|tenemos|hay)\b[^\n]{0,60}\b(?:trabajo|empleo|cuarto)\b[^\n]{0,60}"
        r"\b(?:efectivo|incluid[oa]|viaje pagado|sin papeles|al d[ií]a|d[oó]lares)\b",
    ),
    (
        "buyer",
        "harm.buyer",
        r"\b(?:how much (?:for|per) (?:an? )?(?:hour|night|hh|qv)|"
        r"(?:do you do |offer )(?:in|out) ?calls?|full service)\b",
    ),
    (
        "threat",
        "harm.threat",
        r"\bi(?:'ll| will| am going to|'m going to|'m gonna) (?:(?:hurt|kill) (?:you|u)\b|"
        r"(?:find|beat|come for) (?:you|u)\b(?! (?:an?|some\w*|the|there|at|with|help|in|on|to|"
        r"later|after|tomorrow)\b))|\bi know where (?:you|u) (?:live|are staying|stay|work)\b|"
        r"\b(?:watch your back|you(?:'ll| will) (?:pay for|regret) (?:this|it|that))\b|"
        r"\b(?:kill yourself|kys)\b|"
        r"\b(?:te voy a (?:encontrar|matar|pegar)|s[eé] d[oó]nde (?:vives|est[aá]s))\b",
    ),
    (
        "hate",
        "harm.insult",
        r"\b(?:you(?:'re| are| r)?|u r|eres|sois)\s+(?:all |just |nothing but |such )?"
        r"(?:a |an |una? )?(?:(?:worthless|disgusting|dirty|stupid) )?"
        r"(?:whores?|sluts?|bitch(?:es)?|worthless|disgusting|trash|garbage|filth|puta|zorra|"
        r"basura)\b|\bput[ao] de mierda\b|\bhij[ao] de puta\b",
    ),
    (
        "hate",
        "harm.deserve",
        r"\byou (?:all )?(?:asked for (?:it|this)|brought (?:it|this) on yourself|"
        r"deserved? (?:what (?:you got|happened)|to (?:die|suffer)))\b|\bte lo mereces\b|"
        r"\b(?:nobody|no one) (?:wants|believes|will ever (?:love|believe)) (?:you|u)\b",
    ),
    (
        "age_ask",
        "harm.age",
        r"\bhow old (?:are|r) (?:you|u)\b|^\s*asl\W*$|\ba/s/l\b|\bcu[aá]ntos a[ñn]os tienes\b",
    ),
    (
        "location",
        "harm.where",
        r"\b(?:where (?:do|are|r) (?:you|u) (?:live|staying|stay)(?! strong)|"
        r"what(?:'s| is) your (?:address|shelter)|d[oó]nde vives)\b",
    ),
)
# Each match holds one of these at least: what has none is let go by a look instead of a search.
# tests/moderation/test_cues.py takes every way through every pattern and looks for them.
CUES: dict[str, tuple[str, ...]] = {
    "harm.offer": (
        *("hiring", "has work", "has a job", "has a room", "job for", "work for", "place for"),
        *("room for", "girls", "women", "models", "workers", "dancers"),
    ),
    "harm.pay": FIGURES,
    "harm.secret": ("tell ", "secret", "digas "),
    "harm.trabajo": ("trabajo", "empleo", "cuarto"),
    "harm.buyer": ("how much", "call", "full service"),
    "harm.threat": (
        *("hurt", "kill", "find", "beat", "come for", "know where", "your back", "pay for"),
        *("regret", "kys", "te voy a", "nde vives", "nde est"),
    ),
    "harm.insult": (
        *("whore", "slut", "bitch", "worthless", "disgusting", "trash", "garbage", "filth"),
        *("puta", "zorra", "basura", "mierda"),
    ),
    "harm.deserve": ("asked for", "brought", "deserve", "mereces", "nobody", "no one"),
    "harm.age": ("how old", "asl", "a/s/l", "os tienes"),
    "harm.where": ("where", "your address", "your shelter", "nde vives"),
}
# Whoever tells what somebody said to them threatens nobody.
_TOLD = re.compile(
    r"\b(?:said|says?|saying|tells?|told|telling|called|texted|wrote|heard|hear|thought|"
    r"feels? like|dijo|dec[ií]a|dicen)\b[^.!?\n]{0,40}$"
)
_PATTERNS = tuple((category, rule, re.compile(words)) for category, rule, words in _RULES)


def find(reading: Reading, hints: Hints) -> Iterator[Found]:
    """Everything in a text that may be aimed at somebody."""
    for category, rule, pattern in _PATTERNS:
        if rule not in hints:
            continue
        for match in pattern.finditer(reading.text):
            if not _TOLD.search(reading.text[max(0, match.start() - 60) : match.start()]):
                yield Found(*reading.places(*match.span()), category, rule)

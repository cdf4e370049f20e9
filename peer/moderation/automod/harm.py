"""What may be aimed at somebody: lures, buyers, threats, hate. First rules, on the cautious side.

A match waits for a moderator; it is never proof. Words about one's own past are not aimed at
anybody, so patterns look for an offer or an address, not for a topic.
"""

import re
from collections.abc import Iterator

from peer.moderation.automod.reading import Found, Reading

HELD = frozenset({"lure", "buyer", "threat", "hate"})

_YOU = r"(?:you|u|ya|girls?|ladies|anyone|somebody|someone)"
_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "lure",
        "harm.offer",
        r"\b(?:i (?:know|have|can get)|we (?:have|need|are)|my (?:boss|friend|cousin))\b[^\n]{0,60}"
        r"\b(?:hiring|job|work|place|room|model(?:l?ing)?)\b[^\n]{0,80}"
        r"\b(?:cash|room|housing|travel|flight|included|paid|no papers|documents?|\$ ?\d|per day|a day)\b",
    ),
    (
        "lure",
        "harm.pay",
        rf"\b(?:{_YOU} can (?:make|earn)|make|earn|pay {_YOU})\b[^.!?]{{0,30}}(?:\$|€|£)? ?\d{{3,}}[^.!?]{{0,20}}\b(?:a|per|every) (?:day|night|week)\b",
    ),
    (
        "lure",
        "harm.secret",
        r"\b(?:don'?t|do not) tell (?:anyone|anybody|the (?:staff|moderators?)|them)\b|\bno le digas a nadie\b|\bour (?:little )?secret\b",
    ),
    (
        "lure",
        "harm.trabajo",
        r"\b(?:conozco|tengo|tenemos|hay)\b[^\n]{0,60}\b(?:trabajo|empleo|cuarto)\b[^\n]{0,60}\b(?:efectivo|incluid[oa]|viaje|sin papeles|al d[ií]a|d[oó]lares)\b",
    ),
    (
        "buyer",
        "harm.buyer",
        r"\b(?:how much (?:for|per) (?:an? )?(?:hour|night|hh|qv)|in ?call|out ?call|full service)\b",
    ),
    (
        "threat",
        "harm.threat",
        r"\bi(?:'ll| will| am going to|'m going to|'m gonna) (?:find|hurt|kill|get|beat|come for) (?:you|u|ya)\b|"
        r"\bi know where (?:you|u) (?:live|are|stay|work)\b|\b(?:watch your back|you(?:'ll| will) (?:pay|regret|be sorry))\b|"
        r"\b(?:te voy a (?:encontrar|matar|pegar)|s[eé] d[oó]nde (?:vives|est[aá]s))\b",
    ),
    (
        "hate",
        "harm.insult",
        r"\b(?:you(?:'re| are| r)?|u r|eres|sois)\s+(?:all |just |nothing but |such )?(?:a |an |una? )?"
        r"(?:whores?|sluts?|bitch(?:es)?|worthless|disgusting|trash|garbage|filth|puta|zorra|basura)\b",
    ),
    (
        "hate",
        "harm.deserve",
        r"\byou (?:all )?(?:deserve|deserved|asked for|brought) (?:it|this|what (?:you|they))\b|\b(?:nobody|no one) (?:wants|believes|will ever (?:love|believe)) you\b|\bte lo mereces\b",
    ),
    (
        "age_ask",
        "harm.age",
        r"\b(?:how old (?:are|r) (?:you|u)|asl\b|a/s/l|cu[aá]ntos a[ñn]os tienes)",
    ),
    (
        "location",
        "harm.where",
        r"\b(?:where (?:do|are|r) (?:you|u) (?:live|staying|stay at)|what(?:'s| is) your (?:address|shelter)|d[oó]nde vives)\b",
    ),
)
_PATTERNS = tuple((category, rule, re.compile(words)) for category, rule, words in _RULES)


def find(reading: Reading) -> Iterator[Found]:
    """Everything in a text that may be aimed at somebody."""
    for category, rule, pattern in _PATTERNS:
        yield from reading.search(pattern, category, rule)

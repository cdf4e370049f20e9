"""Words of distress, in English and Spanish. They bring help; they never hold a message back.

Tiers follow the questions of the Columbia scale (C-SSRS): 4 an act or danger now, 3 intent or a
plan, 2 thoughts of dying or self-harm, 1 a mark worth a look: past, negated or about somebody
else. No list of words finds everybody, so a low tier says nothing about how a person is.
"""

import re
from collections.abc import Iterator

from peer.moderation.automod.cues import Hints
from peer.moderation.automod.reading import Found, Reading

_WANT = r"(?:want to|wanna|rather)"
_WILL = r"(?:(?:am |'m )?(?:going to|gonna|planning to|about to)|want to|wanna|will|'ll|decided to)"
_BACK = (
    r"(?:i'?m|i am|i might be|i(?:'ll| will| might| have to| want to) go|thinking (?:of|about)) "
    r"(?:going )?back to (?:him|them|her|my (?:ex|husband|boyfriend|pimp))\b"
)
_TIERS: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (
        4,
        "crisis.now",
        (
            r"i(?:'ve| have)? (?:just )?(?:took|taken|swallowed) (?:all |too many |a lot of |"
            r"(?:a|the) (?:whole )?(?:bottle|box|pack) of )(?:my |the |of )*(?:pills|tablets|meds)",
            r"i(?:'ve| have)? (?:just )?overdosed",
            r"(?:he|she|they)(?:'s| is| are|'re) (?:outside|at (?:the|my) door|here now)\b"
            r".{0,60}(?:scared|afraid|hide|hiding|help)",
            r"locked (?:me )?in\b(?! my (?:phone|account))|won'?t let me (?:out|leave)|"
            r"can(?:'t|not) get out of (?:here|the (?:house|room|flat))",
            r"i(?: a|')m (?:bleeding|cutting) (?:now|right now)",
            r"me (?:acabo de tomar|tom[eé]) (?:todas )?(?:las )?pastillas",
            r"est[aá] (?:afuera|en la puerta)\b.{0,60}(?:miedo|ayuda)",
            r"me (?:tiene|tienen) encerrad[ao]|no me dejan? salir",
        ),
    ),
    (
        3,
        "crisis.intent",
        (
            rf"{_WILL} (?:kill myself|end (?:it all|my life|everything)|take my (?:own )?life|kms)",
            r"(?:tonight|today|tomorrow) i(?:'ll| will| am going to|'m gonna) "
            r"(?:end it|be gone|die)",
            r"i (?:wrote|have written) (?:my |a )?(?:goodbye|note for (?:them|when))",
            rf"{_BACK}(?! \w+(?:'s)? (?:place|house|home|office))(?! (?:basket|for (?:lunch|tea)))",
            r"(?:me (?:quiero|voy a) matar|(?:quiero|voy a) (?:matarme|suicidarme|"
            r"quitarme la vida|acabar con (?:todo|mi vida)))",
            r"voy a volver con [eé]l",
        ),
    ),
    (
        2,
        "crisis.thoughts",
        (
            rf"(?:{_WANT}|wish(?:ed)? i (?:was|were|could)) (?:be )?"
            r"(?:die|dead|not wake up|never wake|disappear(?! (?:into|for an? )))",
            rf"(?:don'?t|do not) {_WANT} (?:live|be here any ?more|be alive|wake up|exist)",
            r"(?:don'?t|do not) see (?:the|a|any) (?:point|reason) "
            r"(?:in|of|to) (?:life|live|living|anything|going on|go on|being here)",
            r"(?:don'?t|do not) see (?:the|a|any) point(?: any ?more)?\s*(?:$|[.!?\n])",
            r"no (?:reason|point) (?:to|in) (?:live|living|go on|going on)",
            r"(?:kill|hurt|harm|cut|cutting|hurting|harming|unalive|unaliving) myself|"
            r"suicid(?:e|al)\b|self[- ]harm|kms\b",
            r"better off (?:without me|dead|if i)",
            r"can(?:'?t|not) (?:go on(?! (?:the|a|holiday))|do this any ?more|take it any ?more)",
            r"(?:me )?(?:quiero|quisiera) (?:morir(?:me)?|desaparecer|no despertar)\b",
            r"no quiero (?:vivir|seguir viviendo|despertar)\b|no le veo sentido",
            r"(?:hacerme|me hago|me hice) da[ñn]o|cortarme|"
            r"me (?:corto|cort[eé]) (?:los|las|otra|de nuevo)|suicid(?:io|arme|arse)",
            r"no (?:puedo|aguanto) m[aá]s",
        ),
    ),
    (
        1,
        "crisis.other",
        (
            r"kill(?:ed|ing|s)? (?:herself|himself|themsel(?:f|ves))|"
            r"took (?:her|his|their) own li(?:fe|ves)",
            r"se (?:quiso|quiere|intent[oó]) (?:matar|suicidar)|se (?:mat[oó]|suicid[oó])",
        ),
    ),
)
_PATTERNS = tuple(
    (tier, rule, re.compile(rf"\b(?:{'|'.join(words)})", re.DOTALL)) for tier, rule, words in _TIERS
)
# Each match holds one of these at least, as in harm.py.
CUES: dict[str, tuple[str, ...]] = {
    "crisis.now": (
        *("pills", "tablets", "meds", "overdosed", "outside", "door", "here now", "locked"),
        *("let me", "get out", "bleeding", "cutting", "pastillas", "afuera", "puerta"),
        *("encerrad", "salir"),
    ),
    "crisis.intent": (
        *("myself", "end it", "end my", "end every", "life", "kms", "be gone", "die", "wrote"),
        *("written", "back to", "matar", "suicidar", "quitarme", "acabar con", "a volver"),
    ),
    "crisis.thoughts": (
        *("die", "dead", "wake", "disappear", "live", "living", "alive", "exist", "point"),
        *(
            "reason",
            "be here",
            "myself",
            "suicid",
            "self-harm",
            "self harm",
            "kms",
            "better off",
            "go on",
        ),
        *(
            "do this",
            "take it",
            "morir",
            "desaparecer",
            "despertar",
            "vivir",
            "viviendo",
            "sentido",
        ),
        *("hacerme", "me hago", "me hice", "cort", "puedo m", "aguanto m"),
    ),
    "crisis.other": ("kill", "own li", "matar", "mató", "mato", "suicid"),
}
# What turns a match into something past, not so, or about another person: still worth a look.
_SOFTER_BEFORE = re.compile(
    r"\b(?:not|never|no|[a-z]+n't|dont) (?:(?:ever )?(?:want|going|gonna|planning|trying|feeling|"
    r"be|been)(?: to)? ?)?$|"
    r"\b(?:used to|years? ago|back then|when i was|last (?:year|month)|no longer|not anymore|"
    r"(?:my|a) (?:friend|sister|brother|mother|cousin|neighbou?r)|she|he|they|someone|people|"
    r"hace (?:a[ñn]os|tiempo)|antes|mi (?:amiga|amigo|hermana|hermano|madre|prima)) (?:\w+ ){0,4}$"
)
_SOFTER_AFTER = re.compile(
    r"^.{0,40}(?:years? ago|back then|not any ?more|hace (?:a[ñn]os|tiempo)|ya no\b)"
)


def find(reading: Reading, hints: Hints) -> Iterator[Found]:
    """Every mark of distress; of overlapping ones the most urgent."""
    taken: list[tuple[int, int]] = []
    for tier, rule, pattern in _PATTERNS:
        if rule not in hints:
            continue
        for match in pattern.finditer(reading.text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            softer = tier < 4 and _is_softer(reading.text, match)
            start, end = reading.places(*match.span())
            yield Found(
                start, end, "crisis", "crisis.past" if softer else rule, 1 if softer else tier
            )


def _is_softer(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 60) : match.start()].rsplit(".", 1)[-1]
    return bool(_SOFTER_BEFORE.search(before) or _SOFTER_AFTER.match(text[match.end() :]))

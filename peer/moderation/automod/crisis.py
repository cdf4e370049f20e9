"""Words of distress, in English and Spanish. They bring help; they never hold a message back.

Tiers follow the questions of the Columbia scale (C-SSRS): 4 an act or danger now, 3 intent or a
plan, 2 thoughts of dying or self-harm, 1 a mark worth a look: past, negated or about somebody
else. No list of words finds everybody, so a low tier says nothing about how a person is.
"""

import re
from collections.abc import Iterator

from peer.moderation.automod.reading import Found, Reading

_TIERS: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (
        4,
        "crisis.now",
        (
            r"i(?:'ve| have)? (?:just )?(?:took|taken|swallowed) (?:all |too many |a lot of )?(?:my |the )?pills",
            r"(?:he|she|they)(?:'s| is| are|'re) (?:outside|at (?:the|my) door|here now)\b.{0,60}(?:scared|afraid|hide|hiding|help)",
            r"(?:locked (?:me )?in|can(?:'t|not) get out|won'?t let me (?:out|leave|go))",
            r"i am (?:bleeding|cutting) (?:now|right now)|i'm (?:bleeding|cutting) (?:now|right now)",
            r"me tom[eé] (?:todas )?(?:las )?pastillas",
            r"est[aá] (?:afuera|en la puerta)\b.{0,60}(?:miedo|ayuda)",
            r"me (?:tiene|tienen) encerrad[ao]|no me dejan? salir",
        ),
    ),
    (
        3,
        "crisis.intent",
        (
            r"(?:going|want|plan(?:ning)?|decided) to (?:kill myself|end (?:it|my life|everything)|take my (?:own )?life)",
            r"(?:tonight|today|tomorrow) i(?:'ll| will) (?:end it|be gone|die)",
            r"i (?:wrote|have written) (?:my |a )?(?:goodbye|note for (?:them|when))",
            r"(?:going|thinking of going) back to (?:him|her|them)",
            r"(?:quiero|voy a) (?:matarme|quitarme la vida|acabar con (?:todo|mi vida))",
            r"voy a volver con [eé]l",
        ),
    ),
    (
        2,
        "crisis.thoughts",
        (
            r"(?:want|wish(?:ed)?|rather) (?:to |i (?:was|were) |i could )?(?:die|dead|not wake up|disappear|never wake)",
            r"(?:don'?t|do not) (?:want|wanna) to (?:live|be here|be alive|wake up|exist)",
            r"(?:don'?t|do not) see (?:the|a|any) (?:point|reason)(?: (?:in|of|to))?",
            r"no (?:reason|point) (?:to|in) (?:live|living|go on|going on)",
            r"(?:kill|hurt|harm|cut|cutting|hurting|harming) myself|suicid(?:e|al)|self[- ]harm",
            r"better off (?:without me|dead|if i)",
            r"can(?:'t|not) (?:go on|do this any ?more|take it any ?more)",
            r"(?:quiero|quisiera) (?:morir(?:me)?|desaparecer|no despertar)",
            r"no quiero (?:vivir|seguir|despertar)|no le veo sentido",
            r"(?:hacerme|me hago|me hice) da[ñn]o|cortarme|suicid(?:io|arme|arse)",
            r"no (?:puedo|aguanto) m[aá]s",
        ),
    ),
)
_PATTERNS = tuple(
    (tier, rule, re.compile(rf"\b(?:{'|'.join(words)})", re.DOTALL)) for tier, rule, words in _TIERS
)
# What turns a match into something past, not so, or about another person: still worth a look.
_SOFTER_BEFORE = re.compile(
    r"(?:used to|years? ago|back then|when i was|last (?:year|month)|no longer|not anymore|"
    r"(?:do not|don't|never|didn't|wasn't) (?:ever )?(?:want|feel|think|going)(?: of| about)?(?: to)?|never|"
    r"(?:my|a) (?:friend|sister|brother|mother|cousin|neighbou?r)|(?:she|he|they|someone|people) |"
    r"hace (?:a[ñn]os|tiempo)|antes|ya no|mi (?:amiga|amigo|hermana|hermano|madre|prima)) ?(?:\w+ ){0,4}$"
)
_SOFTER_AFTER = re.compile(
    r"^.{0,40}(?:years? ago|back then|not any ?more|hace (?:a[ñn]os|tiempo)|ya no\b)"
)


def find(reading: Reading) -> Iterator[Found]:
    """Every mark of distress; of overlapping ones the most urgent."""
    taken: list[tuple[int, int]] = []
    for tier, rule, pattern in _PATTERNS:
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

"""No text that a rule would notice is let go by the look for cues that comes first."""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

import pytest

from peer.moderation.automod import crisis, harm
from peer.moderation.automod.reading import Reading

CUED = [
    *((rule, words, harm._CUES[rule]) for _, rule, words in harm._RULES if rule != "harm.pay"),
    *((rule, "|".join(words), crisis._CUES[rule]) for _, rule, words in crisis._TIERS),
]
ANY_OTHER = "\0"  # a letter that is in no cue


def shapes(parts: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    """Every text that a pattern matches, what may be repeated taken as seldom as can be and once more.

    More of it puts no more than that between two others: a cue that all of these hold, all do.
    """
    for chosen in product(*(list(one_shape(str(kind), what)) for kind, what in parts)):
        yield "".join(chosen)


def one_shape(kind: str, what: Any) -> Iterator[str]:
    """The texts of one part of a pattern."""
    match kind:
        case "LITERAL":
            yield chr(what)
        case "IN":
            literals = [chr(it) for name, it in what if str(name) == "LITERAL"]
            ranges = any(str(name) != "LITERAL" for name, _ in what)
            yield from [ANY_OTHER] if ranges else literals
        case "BRANCH":
            for branch in what[1]:
                yield from shapes(branch)
        case "SUBPATTERN":
            yield from shapes(what[-1])
        case "MAX_REPEAT":
            least, most, inner = what
            for times in range(least, min(least + 1, most) + 1):
                for chosen in product(*[list(shapes(inner))] * times):
                    yield "".join(chosen)
        case "AT" | "ASSERT" | "ASSERT_NOT":
            yield ""
        case _:
            yield ANY_OTHER


@pytest.mark.parametrize(("rule", "words", "cues"), CUED, ids=[rule for rule, _, _ in CUED])
def test_whatever_a_rule_matches_holds_one_of_its_cues(
    rule: str, words: str, cues: tuple[str, ...]
) -> None:
    parsed = re._parser.parse(words)  # type: ignore[attr-defined]
    let_go = [text for text in shapes(parsed) if not Reading(text).holds(cues)]
    assert let_go == []


def test_every_rule_has_its_cues() -> None:
    every = {rule for _, rule, _ in (*harm._PATTERNS, *crisis._PATTERNS)}
    assert {rule for rule, _, _ in CUED} | {"harm.pay"} == every

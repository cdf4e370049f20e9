"""No text that a rule would notice is let go by the look for cues that comes first."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peer.moderation import automod
from peer.moderation.automod import contact, crisis, harm
from peer.moderation.automod.cues import FIGURES, Cues
from peer.moderation.automod.reading import Reading

EVERY = automod._CUES
CUED = [
    *((rule, words) for _, rule, words in harm._RULES),
    *((rule, "|".join(words)) for _, rule, words in crisis._TIERS),
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
            if str(what) == "[(CATEGORY, CATEGORY_DIGIT)]":
                literals = list(FIGURES[:1])  # one stands for all: each is a cue of its own
                what = ()
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


@pytest.mark.parametrize(("rule", "words"), CUED, ids=[rule for rule, _ in CUED])
def test_whatever_a_rule_matches_holds_one_of_its_cues(rule: str, words: str) -> None:
    parsed = re._parser.parse(words)  # type: ignore[attr-defined]
    let_go = [text for text in shapes(parsed) if rule not in EVERY.hints(Reading(text).text)]
    assert let_go == []


def test_every_rule_has_its_cues() -> None:
    every = {rule for _, rule, _ in (*harm._PATTERNS, *crisis._PATTERNS)}
    assert {rule for rule, _ in CUED} == every == {*harm.CUES, *crisis.CUES}


PIECES = (
    *("@", "#", ".", "://", "www.", "http://", "t.me/", " at ", " dot ", "(at)", "\u2028at\u1680"),
    *("\u3000arroba\xa0", "mail", "com", "my insta is ", "snap", " ig ", "add me on ", "rose_91"),
    *(
        "five ",
        "oh ",
        "cinco ",
        "uno",
        "+",
        "(",
        ") ",
        "-",
        "0",
        "5",
        "55",
        "\u0663",
        "\uff17",
        "$",
    ),
    *("you can earn ", "a night", "988", "2026-01-05", " ", "\n", "a", "é", "don't tell staff "),
    *("i want to die", "how old are you", "kill myself", "\u200b", "ѕ"),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


class _Always(dict[str, int]):
    """Hints that say of every rule that it may be met."""

    def __contains__(self, _rule: object) -> bool:
        return True

    def get(self, _rule: str, _otherwise: Any = None) -> Any:
        return 99


@given(TEXTS)
@example("call \u0665\u0665\u0665 \u0660\u0661\u0660 \u0669\u0669\u0669\u0669")
@example("anna at mail dot com")
@example("five five five oh one oh nine")
def test_a_look_for_cues_lets_nothing_go_that_a_search_would_find(text: str) -> None:
    reading = Reading(text)
    hints, always = EVERY.hints(reading.text), _Always()
    for find in (contact.find, harm.find, crisis.find):
        assert list(find(reading, hints)) == list(find(reading, always))
    split = [list(contact.find_split(reading, each, ["55501"])) for each in (hints, always)]
    assert split[0] == split[1]


@given(st.lists(st.text("ab1", min_size=1, max_size=3), min_size=1, max_size=6), TEXTS)
def test_cues_are_counted_as_often_as_they_stand_in_a_text(words: list[str], text: str) -> None:
    text += "ab1aab"
    counted = Counter(
        word for word in set(words) for place in range(len(text)) if text.startswith(word, place)
    )
    assert Cues({word: (word,) for word in words}).hints(text) == counted

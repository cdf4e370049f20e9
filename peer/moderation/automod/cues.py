"""Which rules a text may be about: one walk through it finds the cues of all rules together.

A rule's cues are plain words of which each of its matches holds one. Most texts hold hardly any,
and are let go by this look instead of a search for every rule. The walk is Aho and Corasick's
(Communications of the ACM 18, 1975): it takes as long for a thousand words as for one.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from ahocorasick_rs import AhoCorasick

FIGURES = tuple("0123456789")  # a reading has no others
Hints = Mapping[str, int]  # how many cues of a rule stand in a text; nothing of a rule without


class Cues:
    """The cues of several rules, each by its name."""

    def __init__(self, *of_rules: Mapping[str, Sequence[str]]) -> None:
        rules: dict[str, list[str]] = {}
        for rule, words in chain.from_iterable(each.items() for each in of_rules):
            for word in words:
                rules.setdefault(word, []).append(rule)
        self._rules = list(rules.values())
        self._walk = AhoCorasick(list(rules))

    def hints(self, text: str) -> Hints:
        """How often each rule's cues stand in `text`, also inside of one another."""
        found: dict[str, int] = {}
        for word, _, _ in self._walk.find_matches_as_indexes(text, overlapping=True):
            for rule in self._rules[word]:
                found[rule] = found.get(rule, 0) + 1
        return found

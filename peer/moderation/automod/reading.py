"""A text as a reader sees it, with the way back to the characters that were sent."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from re import Pattern

# Letters of other scripts that look like Latin ones, as people use them to slip past a filter.
_ALIKE = str.maketrans(
    "аеорсухіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοα＠’‘ʼ`´",
    "aeopcyxijsdqwABEZHIKMNOPTYXoa@" + 5 * "'",
)
_JOINERS = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\ufeff")


@dataclass(frozen=True)
class Found:
    """One thing a rule noticed, in characters of the text as given."""

    start: int
    end: int
    category: str
    rule: str
    tier: int = 0


class Reading:
    """The text without what cannot be seen, look-alikes and figures made plain, in lower case.

    `text` is what rules search; `found(match, …)` turns a match back into places of the original.
    """

    def __init__(self, original: str) -> None:
        self.original = original
        self._places: list[int] | None = None  # None: each letter stands where it stood
        if original.isascii():
            self.text = original.replace("`", "'").lower()
            return
        letters: list[str] = []
        self._places = []
        for place, letter in enumerate(original):
            for plain in _plain(letter):
                letters.append(plain)
                self._places.append(place)
        self.text = "".join(letters)

    def places(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of `text` stands in the original."""
        if start >= end:
            return 0, 0
        if self._places is None:
            return start, end
        return self._places[start], self._places[end - 1] + 1

    def search(
        self, pattern: Pattern[str], category: str, rule: str, *, tier: int = 0
    ) -> Iterator[Found]:
        """Everything that `pattern` matches."""
        for match in pattern.finditer(self.text):
            start, end = self.places(*match.span())
            yield Found(start, end, category, rule, tier)


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    if letter in _JOINERS or (
        unicodedata.category(letter) in {"Cf", "Mn"} and not _is_script(letter)
    ):
        return ""
    figure = unicodedata.decimal(letter, None)
    if figure is not None:
        return str(figure)  # whichever script writes it
    return unicodedata.normalize("NFKC", letter.translate(_ALIKE)).translate(_ALIKE).lower()


def _is_script(letter: str) -> bool:
    """Marks that scripts such as Devanagari or Arabic need to be read at all."""
    return ord(letter) > 0x0590 and unicodedata.category(letter) == "Mn"

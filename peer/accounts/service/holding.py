"""The port through which features say what they hold of a person, and take it away.

Accounts stands under the other features: each registers a Holding (in `peer/app.py`), from the
bottom of the stack to its top. What is taken away goes in the other order.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from peer.core.keys import PrivateKey

Counts = dict[str, int]


@dataclass(frozen=True)
class Said:
    """A value in words marked with `N_`, whose places `params` fill.

    A param whose name ends in `_words` is itself a marked sentence.
    """

    words: str
    params: Mapping[str, str] = field(default_factory=dict)


Value = str | int | float | bool | date | datetime | Said | Sequence["Value"] | None
Row = Mapping[str, Value]


@dataclass(frozen=True)
class Section:
    """One kind of thing that is held about a person, in words they understand.

    `labels` says what each field of a row is called. Titles and labels are marked with `N_`.
    """

    key: str
    title: str
    labels: Mapping[str, str]
    rows: Sequence[Row]
    about: str = ""


def said(words: Mapping[str, str], value: str | None) -> Value:
    """A stored word as a list of words says it; as it is when the list does not know it."""
    if not value:
        return None
    return Said(words[value]) if value in words else value


def listed(
    key: str,
    title: str,
    labels: Mapping[str, str],
    things: Iterable[object],
    **lists: Mapping[str, str],
) -> Section:
    """A section with a row for each thing: what it says under each label, nothing for no words.

    Where `lists` has one under the same name, a value is said as that list of words says it.
    """
    rows = [
        {name: _told(getattr(thing, name), lists.get(name)) for name in labels} for thing in things
    ]
    return Section(key, title, labels, rows)


def _told(value: Any, words: Mapping[str, str] | None) -> Value:
    if words is None:
        return None if value == "" else value
    return [said(words, each) for each in value] if isinstance(value, list) else said(words, value)


@dataclass(frozen=True)
class Kept:
    """What has to stay of an erased person for a while, and why; None: no day is set yet.

    `loose`: it stays without anything that leads to the person, so nobody can say when it went.
    """

    what: str
    until: datetime | None
    loose: bool = False


def _nothing(_account_id: str) -> None:
    return None


def _none_kept(_account_id: str) -> list[Kept]:
    return []


def _none_expired(_limit: int) -> Counts:
    return {}


@dataclass(frozen=True)
class Holding:
    """What one feature holds.

    held     everything it knows of a person, for their own eyes
    leave    at once, in the transaction in which they erase themself: out of everybody's sight
    erase    afterwards, and perhaps twice: gone from the tables; how many of what
    kept     what has to stay for a while
    expire   delete what has had its time, at most so many of each kind; how many of what
    opened   stands in for `held` when the person's private key is at hand
    """

    feature: str
    held: Callable[[str], list[Section]]
    erase: Callable[[str], Counts]
    leave: Callable[[str], None] = field(default=_nothing)
    kept: Callable[[str], list[Kept]] = field(default=_none_kept)
    expire: Callable[[int], Counts] = field(default=_none_expired)
    opened: Callable[[str, PrivateKey], list[Section]] | None = None


_holdings: dict[str, Holding] = {}


def holds(
    feature: str,
    held: Callable[[str], list[Section]],
    erase: Callable[[str], Counts],
    *,
    leave: Callable[[str], None] = _nothing,
    kept: Callable[[str], list[Kept]] = _none_kept,
    expire: Callable[[int], Counts] = _none_expired,
) -> None:
    """Register what a feature holds; those further up the stack come later."""
    register_holding(Holding(feature, held, erase, leave, kept, expire))


def register_holding(holding: Holding) -> None:
    """Register what a feature holds, ready made."""
    _holdings[holding.feature] = holding


def holdings() -> list[Holding]:
    """Every feature's, from the bottom of the stack to its top."""
    return list(_holdings.values())


PORTION = 500


def expire(feature: str) -> Counts:
    """Delete a portion of what a feature has kept long enough; how many of what."""
    return {what: n for what, n in _holdings[feature].expire(PORTION).items() if n}


def held(account_id: str, key: PrivateKey | None = None) -> list[Section]:
    """Everything that is held about a person, without empty kinds; what `key` opens, opened."""
    sections = [each for holding in holdings() for each in _sections(holding, account_id, key)]
    return [section for section in sections if section.rows]


def _sections(holding: Holding, account_id: str, key: PrivateKey | None) -> list[Section]:
    if key is not None and holding.opened is not None:
        return holding.opened(account_id, key)
    return holding.held(account_id)

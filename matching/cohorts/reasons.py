"""Why somebody is without a group, counted over every session, and what would help."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from matching.cohorts.problem import RULES, Change, Group, Help, Unplaced
from matching.cohorts.rules import Judge
from matching.cohorts.sessions import Table

#: Ways given that would place somebody.
EXAMPLES = 3
#: What is easiest to ask for comes first.
_EASIEST = (
    *("no_time", "theme", "alone_in_language", "alone_in_identity", "size", "spread"),
    *("no_language", "identity"),
)


def unplaced(table: Table, groups: Sequence[Group]) -> tuple[Unplaced, ...]:
    """An entry for everybody without a group, in the order of their ids."""
    placed = {member.person for group in groups for member in group.members}
    waiting = sorted(who.id for who in table.people if who.id not in placed)
    return tuple(_entry(table, who, groups) for who in waiting)


def _entry(table: Table, who: str, groups: Sequence[Group]) -> Unplaced:
    place, rows = table.index[who], len(table.sessions)
    broken = np.array([table.broken[rule][:, place] for rule in RULES]).reshape(len(RULES), rows)
    against = broken.sum(axis=0)
    alone = {
        rule: int((broken[number] & (against == 1)).sum()) for number, rule in enumerate(RULES)
    }
    blockers = {rule: count for rule, count in alone.items() if count}
    short = _short(table, place, np.flatnonzero(against == 0).tolist())
    reason = _reason(table, blockers, short)
    return Unplaced(who, reason, blockers, short or 0, would_help(table.judge, who, groups))


def _short(table: Table, place: int, open_to: list[int]) -> int | None:
    """People missing in the best session that somebody could come to; None without any."""
    if not open_to:
        return None
    beside = ~table.barred[place] & ~table.too_far[place]
    most = int((table.can_come[open_to] & beside).sum(axis=1).max())
    return max(0, table.problem.rules.min_size - most)


def _reason(table: Table, blockers: dict[str, int], short: int | None) -> str:
    if not table.sessions:
        return "no_session"
    if short is not None:
        return "too_few" if short else "contested"
    top = Counter(blockers).most_common(2)
    if not top or (len(top) == 2 and top[0][1] == top[1][1]):
        return "several"
    return top[0][0]


def would_help(judge: Judge, who: str, groups: Sequence[Group]) -> tuple[Help, ...]:
    """The fewest changes that would make room for a person in one of the groups."""
    ways = [
        Help(place, changes)
        for place, group in enumerate(groups)
        if (changes := judge.lacks(who, group)) is not None
    ]
    fewest = min((len(way.changes) for way in ways), default=0)
    few = [way for way in ways if len(way.changes) == fewest]
    return tuple(sorted(few, key=lambda way: (_effort(way.changes), way.group))[:EXAMPLES])


def _effort(changes: tuple[Change, ...]) -> list[int]:
    return sorted((_EASIEST.index(change.rule) for change in changes), reverse=True)

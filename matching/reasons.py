"""Why somebody is without a mentor, counted over every mentor; and pairs that would rather meet."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from matching.problem import RULES, Help, Mentor, Pair, Unmatched
from matching.scoring import BIT, BLOCK, Block, Candidates, Ints, Table

#: Examples given of a change that would help.
EXAMPLES = 3


def unmatched(table: Table, pairs: Sequence[Pair]) -> tuple[Unmatched, ...]:
    """An entry for each mentee without a pair, in the order of the problem."""
    matched = {pair.mentee for pair in pairs}
    rows = [row for who, row in table.mentee_index.items() if who not in matched]
    places = _Places(table, pairs)
    entries: list[Unmatched] = []
    for first in range(0, len(rows), BLOCK):
        some = np.array(rows[first : first + BLOCK], dtype=np.int64)
        block = table.block(some)
        entries += [_entry(places, block, place, row) for place, row in enumerate(some.tolist())]
    return tuple(entries)


class _Places:
    """Who meets whom, and when, in the round that was found."""

    def __init__(self, table: Table, pairs: Sequence[Pair]) -> None:
        self.table = table
        self.mentees_of: dict[str, list[str]] = {who: [] for who in table.mentor_index}
        self.taken: dict[str, set[int]] = {who: set() for who in table.mentor_index}
        for pair in pairs:
            self.mentees_of[pair.mentor].append(pair.mentee)
            if pair.start is not None:
                self.taken[pair.mentor].add(pair.start)

    def lacking(self, row: int, mentor: int) -> str | None:
        """The one thing that keeps a mentee from an eligible mentor in this round, if one does."""
        problem = self.table.problem
        who = problem.mentors[mentor]
        full = len(self.mentees_of[who.id]) >= who.capacity
        busy = not problem.timeless and not (
            set(self.table.starts(row, mentor)) - self.taken[who.id]
        )
        barred = self._barred(row, who)
        lacks = [
            rule
            for rule, lacking in (("no_capacity", full), ("no_time", busy), (barred, bool(barred)))
            if lacking
        ]
        return lacks[0] if len(lacks) == 1 else None

    def _barred(self, row: int, mentor: Mentor) -> str:
        problem = self.table.problem
        mentee, others = problem.mentees[row], set(self.mentees_of[mentor.id])
        if any(mentee.id in couple and others & set(couple) for couple in problem.side.apart):
            return "apart"
        needy = sum(problem.mentees[self.table.mentee_index[who]].high_need for who in others)
        limited = mentor.max_high_need is not None and needy >= mentor.max_high_need
        return "high_need" if mentee.high_need and limited else ""


def _entry(places: _Places, block: Block, place: int, row: int) -> Unmatched:
    broken = block.broken[place]
    mentee = places.table.problem.mentees[row]
    alone = {rule: np.flatnonzero(broken == BIT[rule]) for rule in RULES}
    blockers = {rule: len(mentors) for rule, mentors in alone.items() if len(mentors)}
    eligible = np.flatnonzero(broken == 0).tolist()
    if eligible:
        lacks = Counter(filter(None, (places.lacking(row, mentor) for mentor in eligible)))
        would_help = tuple(Help(rule, count) for rule, count in _ranked(lacks))
        return Unmatched(mentee.id, "contested", blockers, would_help)
    scores = block.parts[place].sum(axis=1)
    would_help = tuple(
        Help(rule, count, _examples(places.table, rule, row, alone[rule], scores))
        for rule, count in _ranked(blockers)
    )
    return Unmatched(mentee.id, _reason(blockers, len(broken)), blockers, would_help)


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    order = (*RULES, "apart", "high_need")
    return sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0])))


def _reason(blockers: Mapping[str, int], mentors: int) -> str:
    """The rule that alone rules out most mentors; ``several`` if none does, or two as many."""
    if not mentors:
        return "no_capacity"
    ranked = _ranked(blockers)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return "several"
    return ranked[0][0]


def _examples(
    table: Table, rule: str, row: int, mentors: Ints, scores: Ints
) -> tuple[str | int, ...]:
    """What exactly would have to change, most useful first. Never who avoids whom."""
    who = [table.problem.mentors[mentor] for mentor in mentors.tolist()]
    mentee = table.problem.mentees[row]
    match rule:
        case "no_language":
            return _common(x for m in who for x, level in m.languages.items() if level >= 2)
        case "no_time":
            return _common(start for m in who for start in m.starts)
        case "identity":
            return _common(m.identity for m in who if m.identity is not None)
        case "topics":
            return _common(x for m in who for x in set(m.declines) & set(mentee.topics))
        case "area":
            return () if mentee.area is None else (mentee.area,)
        case "forbidden" | "no_capacity":
            return tuple(sorted(m.id for m in who)[:EXAMPLES])
        case "floor":
            return (int(scores[mentors].max()),)
    return ()


Example = TypeVar("Example", str, int)


def _common(values: Iterable[Example]) -> tuple[Example, ...]:
    ranked = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return tuple(value for value, _ in ranked[:EXAMPLES])


def blocking_pairs(
    table: Table, candidates: Candidates, pairs: Sequence[Pair], fixed: frozenset[str]
) -> int:
    """How many eligible pairs would both rather have each other than what they have.

    The mentee is free or scores less now; the mentor has a place and a common start left, or
    would have after giving up one mentee who scores less. ``fixed`` mentees stay put. Rules
    between mentees (``side``, high need) are not looked at.
    """
    rounds = _Places(table, pairs)
    mine = {pair.mentee: pair for pair in pairs}
    count = 0
    for place in _tempted(table, candidates, pairs, fixed).tolist():
        row, mentor = int(candidates.mentee[place]), int(candidates.mentor[place])
        score, who = int(candidates.score[place]), table.problem.mentors[mentor]
        others = [mine[mentee] for mentee in rounds.mentees_of[who.id]]
        movable = [pair for pair in others if pair.score < score and pair.mentee not in fixed]
        spare = len(others) < who.capacity
        if table.problem.timeless:
            count += spare or bool(movable)
            continue
        common, taken = set(table.starts(row, mentor)), rounds.taken[who.id]
        count += bool(spare and common - taken) or any(
            common - (taken - {pair.start}) for pair in movable
        )
    return count


def _tempted(
    table: Table, candidates: Candidates, pairs: Sequence[Pair], fixed: frozenset[str]
) -> Ints:
    """The pairs for which, starts apart, both sides might move; by place in the candidates."""
    beyond = np.iinfo(np.int64).max
    has = np.full(len(table.problem.mentees), -1, dtype=np.int64)
    spare = np.array([mentor.capacity for mentor in table.problem.mentors], dtype=np.int64)
    least = np.full(len(spare), beyond, dtype=np.int64)
    for pair in pairs:
        row, mentor = table.mentee_index[pair.mentee], table.mentor_index[pair.mentor]
        has[row] = beyond if pair.mentee in fixed else pair.score
        spare[mentor] -= 1
        if pair.mentee not in fixed:
            least[mentor] = min(int(least[mentor]), pair.score)
    wants = candidates.score > has[candidates.mentee]
    open_to = (spare[candidates.mentor] > 0) | (candidates.score > least[candidates.mentor])
    return np.flatnonzero(wants & open_to)

"""Why somebody is without a mentor, counted over every mentor; and pairs that would rather meet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np

from matching.problem import RULES, Help, Pair, Unmatched
from matching.rules.keeping import Company
from matching.table.arrays import Bools, Ints, Masks, Places, among, in_words
from matching.table.scoring import BIT, BLOCK, Candidates, Table

#: What a mask of broken rules may stand for: nothing is broken, or one rule alone.
_ALONE = ("", *RULES)
_KIND = np.full(1 << len(RULES), len(_ALONE), dtype=np.int64)
_KIND[0] = 0
_KIND[list(BIT.values())] = np.arange(1, len(_ALONE))
#: Examples given of a change that would help.
EXAMPLES = 3


def unmatched(table: Table, pairs: Sequence[Pair]) -> tuple[Unmatched, ...]:
    """An entry for each mentee without a pair, in the order of the problem."""
    matched = {pair.mentee for pair in pairs}
    rows = [row for who, row in table.mentee_index.items() if who not in matched]
    places = Taken(table, pairs)
    entries: list[Unmatched] = []
    for first in range(0, len(rows), BLOCK):
        some = np.array(rows[first : first + BLOCK], dtype=np.intp)
        broken = table.broken(some)
        lacks = places.lacking(some, broken == 0)
        alone = _alone(broken)
        for place, row in enumerate(some.tolist()):
            helped = {rule: int(counts[place]) for rule, counts in lacks.items() if counts[place]}
            counts = dict(zip(_ALONE, alone[place].tolist(), strict=True))
            entries.append(_entry(table, row, broken[place], counts, helped))
    return tuple(entries)


def _alone(broken: Masks) -> Ints:
    """For each mentee (row), how many mentors are eligible, and how many each rule keeps alone."""
    width = len(_ALONE) + 1
    kinds = _KIND[broken] + np.arange(len(broken))[:, None] * width
    counts = np.bincount(kinds.ravel(), minlength=len(broken) * width)
    return counts.reshape(-1, width)[:, :-1]


class Taken:
    """Who meets whom, and when, in the round that was found; what others would lack there."""

    def __init__(self, table: Table, pairs: Sequence[Pair]) -> None:
        self.table = table
        self.mentees_of: dict[str, list[str]] = {who: [] for who in table.mentor_index}
        self.taken: dict[str, set[int]] = {who: set() for who in table.mentor_index}
        free = table.offers.copy()
        for pair in pairs:
            self.mentees_of[pair.mentor].append(pair.mentee)
            if pair.start is not None:
                self.taken[pair.mentor].add(pair.start)
                free[table.mentor_index[pair.mentor], pair.start] = False
        self._meets, self._free = in_words(table.meets), in_words(free)

    def lacking(self, rows: Places, fits: Bools) -> dict[str, Ints]:
        """For each thing, how many eligible mentors it alone keeps from each of some mentees."""
        place, mentor = np.nonzero(fits)
        lacks = self.lacks(rows[place], mentor)
        single = sum(lacking.astype(np.int8) for lacking in lacks.values()) == 1
        return {
            rule: np.bincount(place[single & lacking], minlength=len(rows))
            for rule, lacking in lacks.items()
        }

    def lacks(self, mentee: Places, mentor: Places) -> dict[str, Bools]:
        """What pairs who fit lack in this round: a place, an hour, or what a rule between several
        people asks for. ``high_need`` is named only where ``apart`` is not."""
        busy: Bools = np.zeros(len(mentee), dtype=bool)
        if not self.table.problem.timeless:
            busy = np.count_nonzero(self._meets[mentee] & self._free[mentor], axis=1) == 0
        apart = among(mentee, mentor, self._apart)
        return {
            "no_capacity": self._full[mentor],
            "no_time": busy,
            "apart": apart,
            "high_need": self._high_need[mentee] & self._enough[mentor] & ~apart,
            "group": self._crowded(mentee, mentor),
            "team": self._loaded[mentor],
        }

    def _crowded(self, mentee: Places, mentor: Places) -> Bools:
        """Which mentors have as many of one of the mentee's groups as they may."""
        found: Bools = np.zeros(len(mentee), dtype=bool)
        for members, reached in self._limited:
            found |= members[mentee] & reached[mentor]
        return found

    @cached_property
    def _limited(self) -> list[tuple[Bools, Bools]]:
        """For each group with a limit who is in it, and which mentors have reached it."""
        problem, index = self.table.problem, self.table.mentee_index
        found = []
        for group in problem.side.groups:
            if group.per_mentor is None:
                continue
            members: Bools = np.zeros(len(problem.mentees), dtype=bool)
            members[[index[who] for who in group.mentees]] = True
            reached = [
                sum(bool(members[index[who]]) for who in self.mentees_of[m.id]) >= group.per_mentor
                for m in problem.mentors
            ]
            found.append((members, np.array(reached, dtype=bool)))
        return found

    @cached_property
    def _loaded(self) -> Bools:
        """The mentors whose team has as many pairs as it may."""
        index = self.table.mentor_index
        found: Bools = np.zeros(len(index), dtype=bool)
        for team in self.table.problem.side.teams:
            pairs = sum(len(self.mentees_of[who]) for who in team.mentors)
            found[[index[who] for who in team.mentors if pairs >= team.at_most]] = True
        return found

    @cached_property
    def _full(self) -> Bools:
        """Which mentors have no place left."""
        mentors = self.table.problem.mentors
        return np.array([len(self.mentees_of[m.id]) >= m.capacity for m in mentors], dtype=bool)

    @cached_property
    def _apart(self) -> Mapping[int, list[int]]:
        """The mentors who have somebody whom a mentee must not share a mentor with."""
        table = self.table
        mentor_of = {
            who: table.mentor_index[m] for m, all_ in self.mentees_of.items() for who in all_
        }
        links: dict[int, list[int]] = defaultdict(list)
        for one, other in (*table.problem.side.apart, *(c[::-1] for c in table.problem.side.apart)):
            if other in mentor_of:
                links[table.mentee_index[one]].append(mentor_of[other])
        return links

    @cached_property
    def _high_need(self) -> Bools:
        return np.array([mentee.high_need for mentee in self.table.problem.mentees], dtype=bool)

    @cached_property
    def _enough(self) -> Bools:
        """The mentors whose limit for high need is reached."""
        high, index = self._high_need, self.table.mentee_index
        reached = [
            who.max_high_need is not None
            and sum(bool(high[index[mentee]]) for mentee in self.mentees_of[who.id])
            >= who.max_high_need
            for who in self.table.problem.mentors
        ]
        return np.array(reached, dtype=bool)


def _entry(
    table: Table, row: int, broken: Masks, alone: Mapping[str, int], lacks: Mapping[str, int]
) -> Unmatched:
    mentee = table.problem.mentees[row]
    blockers = {rule: alone[rule] for rule in RULES if alone[rule]}
    if alone[""]:
        would_help = tuple(Help(rule, count) for rule, count in _ranked(lacks))
        return Unmatched(mentee.id, "contested", blockers, would_help)
    would_help = tuple(
        Help(rule, count, _examples(table, rule, row, np.flatnonzero(broken == BIT[rule])))
        for rule, count in _ranked(blockers)
    )
    return Unmatched(mentee.id, _reason(blockers, len(broken)), blockers, would_help)


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    order = (*RULES, "apart", "high_need", "group", "team")
    return sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0])))


def _reason(blockers: Mapping[str, int], mentors: int) -> str:
    """The rule that alone rules out most mentors; ``several`` if none does, or two as many."""
    if not mentors:
        return "no_capacity"
    ranked = _ranked(blockers)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return "several"
    return ranked[0][0]


def _examples(table: Table, rule: str, row: int, mentors: Places) -> tuple[str | int, ...]:
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
            scores = table.block(np.array([row])).parts[0].sum(axis=1)
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
    would have after giving up one mentee who scores less; and every rule between several people
    would hold afterwards. ``fixed`` mentees stay put.
    """
    rounds = Taken(table, pairs)
    company = Company(table.problem, {pair.mentee: pair.mentor for pair in pairs})
    mine = {pair.mentee: pair for pair in pairs}
    count = 0
    for place in _tempted(table, candidates, pairs, fixed).tolist():
        row, mentor = int(candidates.mentee[place]), int(candidates.mentor[place])
        score, who = int(candidates.score[place]), table.problem.mentors[mentor]
        others = [mine[mentee] for mentee in rounds.mentees_of[who.id]]
        movable = [pair for pair in others if pair.score < score and pair.mentee not in fixed]
        spare = len(others) < who.capacity
        mentee = table.problem.mentees[row].id
        if not table.problem.timeless:
            common, taken = set(table.starts(row, mentor)), rounds.taken[who.id]
            spare = spare and bool(common - taken)
            movable = [pair for pair in movable if common - (taken - {pair.start})]
        count += (spare and not company.against(mentee, who.id)) or any(
            not company.against(mentee, who.id, pair.mentee) for pair in movable
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

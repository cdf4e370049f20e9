"""Places that stay free, why nobody can use them, and what of the mentor would have them used."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.explain.change import Change
from matching.explain.standing import Standing
from matching.problem import RULES, Mentee, Mentor
from matching.rules.judge import SPEAKS
from matching.table.reasons import Taken
from matching.table.scoring import BIT, Bools, Masks, Places

#: Changes that are told of one mentor.
TOLD = 3


@dataclass(frozen=True, slots=True)
class Opening:
    """A change on the mentor's side that would have a place used: one person more is placed.

    ``people`` of those without a mentor would fit then. Where it is none, somebody who has a
    mentor would come, and their place would go to one who has none.
    """

    change: Change
    people: int


@dataclass(frozen=True, slots=True)
class Unused:
    """A mentor with free places. ``why`` counts, of the mentees without a mentor, whom one rule
    alone keeps away, and ``several`` whom more than one. Of those who fit: ``hour_taken`` that all
    common hours are somebody's already, ``together`` that a rule between several people stands in
    the way as the round is, ``left_out`` that nothing does: the round does without the pair.

    Who avoids whom and who is ruled out is told of no mentor, where few wait and a number would name
    the pair: ``several`` holds them too. ``unlisted`` are pairs that a file with pairs leaves out.
    """

    mentor: str
    places: int
    why: dict[str, int]
    openings: tuple[Opening, ...]


def unused(standing: Standing, never: frozenset[str] = frozenset()) -> tuple[Unused, ...]:
    """Every mentor with a free place, the most places first.

    ``openings`` are told where walks prove them (``Standing.exact``); ``never`` are rules that
    no change may touch.
    """
    columns = np.flatnonzero(standing.spare > 0)
    if not len(columns) or not standing.waiting:
        return tuple(
            Unused(standing.problem.mentors[c].id, int(standing.spare[c]), {}, ())
            for c in columns.tolist()
        )
    look = _Look(standing, never)
    found = [look.at(column) for column in columns.tolist()]
    return tuple(sorted(found, key=lambda row: (-row.places, row.mentor)))


class _Look:
    """Who of all that matter is kept from each mentor by what."""

    def __init__(self, standing: Standing, never: frozenset[str]) -> None:
        self.standing, self.never = standing, never
        waiting = np.array(standing.waiting, dtype=np.intp)
        seen = standing.arcs.reachable(waiting, ~standing.giving_up)
        # Whoever could make way for somebody without a mentor is as good as they are.
        self.rows: Places = np.flatnonzero(seen[: standing.mentees])
        self.waits: Bools = np.isin(self.rows, waiting)
        self.broken: Masks = standing.table.broken(self.rows)
        self.taken = Taken(standing.table, standing.solution.pairs)
        self.listed: dict[int, list[int]] = defaultdict(list)
        for pair in standing.problem.pairs or ():
            column = standing.table.mentor_index[pair.mentor]
            self.listed[column].append(standing.table.mentee_index[pair.mentee])

    def at(self, column: int) -> Unused:
        """One mentor with a free place."""
        mentor = self.standing.problem.mentors[column]
        return Unused(
            mentor.id,
            int(self.standing.spare[column]),
            self._why(column),
            self._openings(column, mentor) if self.standing.exact else (),
        )

    def _why(self, column: int) -> dict[str, int]:
        broken = self.broken[self.waits, column]
        counts = {rule: int(np.count_nonzero(broken == BIT[rule])) for rule in RULES}
        counts["unlisted"] = self._unlisted(broken, column)
        apart = counts.pop("avoided") + counts.pop("forbidden") - counts["unlisted"]
        counts["several"] = apart + int(np.count_nonzero(np.bitwise_count(broken) > 1))
        counts |= self._why_not_now(self.rows[self.waits][broken == 0], column)
        return {rule: count for rule, count in counts.items() if count}

    def _unlisted(self, broken: Masks, column: int) -> int:
        """How many are kept away only because a file that gives pairs does not list theirs."""
        if self.standing.problem.pairs is None:
            return 0
        alone = self.rows[self.waits][broken == BIT["forbidden"]]
        return int(np.count_nonzero(~np.isin(alone, self.listed[column])))

    def _why_not_now(self, fits: Places, column: int) -> dict[str, int]:
        """Of people who fit a mentor with a free place, what keeps them from it in this round."""
        lacks = self.taken.lacks(fits, np.full(len(fits), column))
        busy = lacks.pop("no_time")
        ruled = np.logical_or.reduce(list(lacks.values()))
        return {
            "hour_taken": int(np.count_nonzero(busy)),
            "together": int(np.count_nonzero(ruled & ~busy)),
            "left_out": int(np.count_nonzero(~ruled & ~busy)),
        }

    def _openings(self, column: int, mentor: Mentor) -> tuple[Opening, ...]:
        people: dict[Change, int] = defaultdict(int)
        for place, row in enumerate(self.rows.tolist()):
            mentee = self.standing.problem.mentees[row]
            for change in self._open(int(self.broken[place, column]), column, mentee, mentor):
                people[change] += bool(self.waits[place])
        ranked = sorted(people.items(), key=lambda item: (-item[1], _order(item[0])))
        return tuple(Opening(change, count) for change, count in ranked[:TOLD])

    def _open(self, broken: int, column: int, mentee: Mentee, mentor: Mentor) -> Iterator[Change]:
        """The single changes of the mentor that would let the two meet, at an hour that is free."""
        rule = next((rule for rule, bit in BIT.items() if broken == bit), None)
        if rule in self.never:
            return
        if rule == "no_time" or (broken == 0 and not self.standing.problem.timeless):
            yield from self._hours(mentee, mentor)
        elif rule == "no_language" and self._has_hour(column, mentee):
            for language, level in sorted(mentee.languages.items()):
                if level >= SPEAKS:
                    yield Change("no_language", "mentor", language)
        elif rule == "topics" and self._has_hour(column, mentee):
            shared = set(mentee.topics) & set(mentor.declines)
            if len(shared) == 1:
                yield Change("topics", "mentor", shared.pop())
        elif rule == "identity" and self._has_hour(column, mentee):
            welcome = mentee.accepts is None or mentor.identity in mentee.accepts
            if welcome:
                yield Change("identity", "mentor", mentee.identity)

    def _has_hour(self, column: int, mentee: Mentee) -> bool:
        """Whether a free place can be had at one of their common hours."""
        standing = self.standing
        if standing.problem.timeless:
            return True
        row = standing.table.mentee_index[mentee.id]
        nodes = [standing.hour_node(column, cell) for cell in standing.table.starts(row, column)]
        return any(standing.free[node] for node in nodes if node >= 0)

    def _hours(self, mentee: Mentee, mentor: Mentor) -> Iterator[Change]:
        """Hours of the mentee's that the mentor could add to theirs."""
        grid = self.standing.problem.grid
        row = self.standing.table.mentee_index[mentee.id]
        for start in np.flatnonzero(self.standing.task.meets[row]).tolist():
            apart = (
                grid.meeting_cells
                <= (start - other) % grid.cells
                <= grid.cells - grid.meeting_cells
                for other in mentor.starts
            )
            if all(apart):
                yield Change("no_time", "mentor", start)


def _order(change: Change) -> tuple[int, str]:
    return RULES.index(change.rule), f"{change.value:>6}" if change.value is not None else ""

"""All there is to say of a mentee without a mentor, for one or for everybody.

The smallest change that would place them; if some mentor fits them, whom placing them would cost
what; and the circle of people with too few places. Explanations are worked out from a problem and
its solution, whoever solved it and when.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.engine import solve
from matching.explain import contest, hall, whatif
from matching.explain.contest import Contest, Move, Weighed
from matching.explain.hall import Circle
from matching.explain.standing import Standing
from matching.explain.whatif import Smallest, WhatIf
from matching.problem import STABLE, Problem, Solution
from matching.rules.judge import Judge
from matching.table.reasons import Taken

Solve = Callable[[Problem, int], Solution]
#: Where rounds have to be solved anew: so many mentees in all of them together, when everybody
#: is asked about. Takes some ten seconds.
EFFORT = 20_000
#: And for one mentee: with so many mentors they are tried.
MENTORS_TRIED = 3
#: Of the mentors who fit: all have no place or no hour left for the mentee (``taken``); some have, but a
#: rule between several people stands in the way as the round is (``together``); or nothing does,
#: and the round does without the pair (``left_out``), and may be the best or not known to be
#: (``unproven``).
NOW = ("taken", "together", "left_out", "unproven")


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one mentee without a mentor. What does not apply is None.

    ``now`` says of somebody whom some mentor fits what keeps them apart in this round (``NOW``).
    ``settled``: every place with such a mentor belongs to pairs that go on or are pinned, so that
    nobody could give way. ``levels`` compares the round with the best one in which the contest goes
    the mentee's way; it takes a solve, and is there when one person is asked about.
    """

    smallest: Smallest
    contest: Contest | None = None
    circle: Circle | None = None
    levels: tuple[Weighed, ...] | None = None
    settled: bool = False
    now: str | None = None


class Why:
    """Answers about one solved round. ``never`` are rules that no change may touch.

    Raises ValueError when the solution is not one of the problem.
    """

    def __init__(
        self,
        problem: Problem,
        solution: Solution,
        never: frozenset[str] = frozenset(),
        again: Solve = solve,
    ) -> None:
        self.standing, self.again = Standing(problem, solution), again
        self.problem, self.solution = self.standing.problem, solution
        self.whatif = WhatIf(self.standing, never, again)

    def everybody(self) -> Iterator[tuple[str, Account]]:
        """Each mentee without a mentor, in the order of their ids.

        Where walks don't tell (``Standing.exact``), rounds are solved as long as ``EFFORT``
        lasts; who comes later hears less.
        """
        rows = list(self.standing.waiting)
        found = self._contests(rows) if self.standing.exact else {}
        self.whatif.left = EFFORT // max(1, len(self.problem.mentees))
        for row in rows:
            who = self.problem.mentees[row].id
            contest_ = found.get(row)
            yield (
                who,
                Account(
                    self.whatif.smallest(who),
                    contest_,
                    self._circle(row),
                    settled=contest_ is None and self._is_settled(row),
                    now=self._now(row),
                ),
            )

    def person(self, mentee_id: str) -> Account:
        """One mentee without a mentor, with the levels of both rounds."""
        row = self.standing.table.mentee_index[mentee_id]
        if self.standing.exact:
            found = self._contests([row]).get(row)
            levels = None if found is None else self._weighed(mentee_id, found.mentor)
        else:
            found, levels = self._tried(mentee_id)
        self.whatif.left = whatif.TRIES
        return Account(
            self.whatif.smallest(mentee_id),
            found,
            self._circle(row),
            levels,
            found is None and self._is_settled(row),
            self._now(row),
        )

    def _now(self, row: int) -> str | None:
        """What keeps a mentee from the mentors who fit; None when nobody fits."""
        fits = np.flatnonzero(self.standing.table.broken(np.array([row]))[0] == 0)
        if not len(fits):
            return None
        lacks = self._taken.lacks(np.full(len(fits), row), fits)
        gone = lacks.pop("no_capacity") | lacks.pop("no_time")
        ruled = np.logical_or.reduce(list(lacks.values()))
        if np.all(gone):
            return "taken"
        if np.all(gone | ruled):
            return "together"
        return "left_out" if self.solution.status == "optimal" else "unproven"

    @cached_property
    def _taken(self) -> Taken:
        return Taken(self.standing.table, self.solution.pairs)

    def _is_settled(self, row: int) -> bool:
        """Whether no walk leads anywhere although some mentor fits."""
        standing = self.standing
        if not standing.exact or self.solution.status != "optimal":
            return False
        return bool(np.any(standing.table.broken(np.array([row])) == 0))

    def _contests(self, rows: list[int]) -> dict[int, Contest]:
        try:
            return contest.contests(self.standing, rows)
        except ArithmeticError:
            return {}  # not the best round: nothing can be said of why it is

    def _circle(self, row: int) -> Circle | None:
        """The circle around a mentee; None when nobody fits, or too few are placed anyway."""
        if self.problem.may_change or self._could_place_more:
            return None
        if not self.standing.open_to_somebody[row]:
            return None
        return hall.around(self.standing, [row])

    @cached_property
    def _could_place_more(self) -> bool:
        return bool(self.standing.free[list(self.standing.waiting)].any())

    def _weighed(self, mentee: str, mentor: str) -> tuple[Weighed, ...] | None:
        return contest.weigh(self.problem, self.solution, mentee, mentor, self.again)

    def _tried(self, mentee_id: str) -> tuple[Contest | None, tuple[Weighed, ...] | None]:
        """The best way to place a mentee, by solving with each of the best mentors for them."""
        if self.problem.objective == (STABLE,):
            return None, None
        judge = Judge(self.problem)
        fits = [m.id for m in self.problem.mentors if not judge.why_not(mentee_id, m.id)]
        fits.sort(key=lambda mentor: (-judge.score(mentee_id, mentor), mentor))
        tried = [(mentor, self._weighed(mentee_id, mentor)) for mentor in fits[:MENTORS_TRIED]]
        losses = [
            (contest.loss_of(self.problem, levels), mentor, levels)
            for mentor, levels in tried
            if levels is not None
        ]
        # Where running pairs may change, a round with somebody held may be another altogether.
        if not losses or any(loss.loss < 0 for loss, _, _ in losses):
            return None, None
        loss, mentor, levels = max(losses, key=lambda row: (row[0].place, -row[0].loss, row[1]))
        moves = (Move(mentee_id, None, mentor),)
        found = Contest(
            mentee_id, mentor, loss.name, loss.threshold, loss.now, loss.then, loss.loss, moves
        )
        return found, levels

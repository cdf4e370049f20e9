"""From a problem to a solution: holds what must be held, chooses the solver, tells the reasons."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import monotonic

import numpy as np

from matching.codec import digest
from matching.judge import Judge, held
from matching.network import Outcome, Progress, Reached, Stage, Task, stages, tie_breaks
from matching.problem import FileFaultsError, Level, Pair, Problem, Solution
from matching.reasons import blocking_pairs, unmatched
from matching.scoring import Bools, Ints, Table
from matching.siderules import SideRules
from matching.timetable import seat
from matching.validity import faults

#: Goes up whenever the same problem and seed may come to another answer.
VERSION = 1


def solve(
    problem: Problem,
    seed: int = 0,
    time_limit: float | None = None,
    progress: Progress | None = None,
    problem_sha256: str | None = None,
) -> Solution:
    """The best round by the problem's objective; the same for the same problem and seed.

    Raises FileFaultsError when the problem is wrong. ``time_limit`` in seconds: when it runs
    out the levels decided by then stand and the status is ``feasible``. ``progress`` is told
    each stage and the fraction done. ``problem_sha256`` names the file the problem came from.
    """
    begun = monotonic()
    wrong = faults(problem)
    if wrong:
        raise FileFaultsError(wrong)
    tell = progress or (lambda _stage, _fraction: None)
    tell("candidates", 0.0)
    deadline = None if time_limit is None else begun + time_limit
    round_ = _Round(problem, seed)
    engine, outcome = round_.decide(deadline, lambda stage, done: tell(stage, 0.1 + 0.8 * done))
    tell("reasons", 0.9)
    pairs = round_.pairs(outcome.chosen)
    levels = tuple(round_.levels(outcome))
    solution = Solution(
        problem_sha256=problem_sha256 or digest(problem),
        seed=seed,
        engine=f"{engine}/{VERSION}",
        status="optimal" if all(level.value == level.bound for level in levels) else "feasible",
        pairs=pairs,
        unmatched=unmatched(round_.table, pairs),
        levels=levels,
        blocking_pairs=blocking_pairs(round_.table, round_.candidates, pairs, round_.fixed),
        seconds=round(monotonic() - begun, 3),
    )
    tell("done", 1.0)
    return solution


class _Round:
    """A problem on its way to a solution, its people in the order of their ids."""

    def __init__(self, problem: Problem, seed: int) -> None:
        # The order of a file must not matter, not even to a solver's choice among equals.
        self.problem = replace(
            problem,
            mentees=tuple(sorted(problem.mentees, key=lambda mentee: mentee.id)),
            mentors=tuple(sorted(problem.mentors, key=lambda mentor: mentor.id)),
        )
        self.table = Table(self.problem)
        self.judge = Judge(self.problem)
        self.held, _ = held(self.judge)
        self.candidates = self.table.candidates()
        self.pins = {pin.mentee: pin.mentor for pin in problem.pins}
        self.fixed = frozenset(self.pins) | {row.mentee for row in self.held}
        self.stages = stages(self.problem)
        self.task, self.side = self._task(seed)

    def _task(self, seed: int) -> tuple[Task, SideRules]:
        """What is left to decide once the held pairs have their places and starts."""
        problem, table = self.problem, self.table
        capacity = np.array([mentor.capacity for mentor in problem.mentors], dtype=np.int64)
        offers = table.offers.copy()
        for row in self.held:
            mentor = table.mentor_index[row.mentor]
            capacity[mentor] -= 1
            if row.start is not None and not problem.timeless:
                offers[mentor, row.start] = False
        side = self._side()
        chosen = np.flatnonzero(self._open(capacity, offers, side))
        mentee, mentor_of = self.candidates.mentee[chosen], self.candidates.mentor[chosen]
        old = table.links((row.mentee, row.mentor) for row in problem.continuing)
        task = Task(
            mentee=mentee,
            mentor=mentor_of,
            score=self.candidates.score[chosen],
            continuing=np.isin(*self._keys(old, mentee, mentor_of)),
            tie=tie_breaks(
                seed,
                [person.id for person in problem.mentees],
                [person.id for person in problem.mentors],
                (mentee, mentor_of),
            ),
            priority=np.array([person.priority for person in problem.mentees], dtype=np.int64),
            must=np.array([person.id in self.pins for person in problem.mentees], dtype=bool),
            capacity=capacity,
            meets=table.meets,
            offers=offers,
            timeless=problem.timeless,
            ceiling=min(
                (self.judge.score(row.mentee, row.mentor) for row in self.held), default=None
            ),
        )
        return task, side

    def _side(self) -> SideRules:
        """The side rules between people who are still open; held pairs use up their limits."""
        mentees, rows = self.problem.mentees, self.table.mentee_index
        unlimited = len(mentees)
        limit = np.array(
            [
                unlimited if m.max_high_need is None else m.max_high_need
                for m in self.problem.mentors
            ],
            dtype=np.int64,
        )
        high_need = np.array([mentee.high_need for mentee in mentees], dtype=bool)
        for row in self.held:
            limit[self.table.mentor_index[row.mentor]] -= high_need[rows[row.mentee]]
        apart = {
            (min(rows[one], rows[other]), max(rows[one], rows[other]))
            for one, other in self.problem.side.apart
        }
        return SideRules(tuple(sorted(apart)), high_need, limit)

    def _open(self, capacity: Ints, offers: Bools, side: SideRules) -> Bools:
        """Which candidates are neither held nor ruled out by what is held."""
        mentee, mentor = self.candidates.mentee, self.candidates.mentor
        rows, columns = self.table.mentee_index, self.table.mentor_index
        pinned = np.full(len(rows), -1, dtype=np.int64)
        for who, to in self.pins.items():
            pinned[rows[who]] = columns[to]
        held_at = {rows[row.mentee]: columns[row.mentor] for row in self.held}
        free = np.ones(len(rows), dtype=bool)
        free[list(held_at)] = False
        keep = free[mentee] & (capacity[mentor] > 0)
        keep &= (pinned[mentee] < 0) | (pinned[mentee] == mentor)
        keep &= ~side.high_need[mentee] | (side.limit[mentor] > 0)
        barred: dict[int, list[int]] = defaultdict(list)
        for one, other in [*side.apart, *((other, one) for one, other in side.apart)]:
            if one in held_at:
                barred[other].append(held_at[one])
        keep &= ~np.isin(*self._keys(barred, mentee, mentor))
        return keep & self._meetable(offers)

    def _meetable(self, offers: Bools) -> Bools:
        """Which candidates still have a common start after the held meetings."""
        mentee, mentor = self.candidates.mentee, self.candidates.mentor
        meetable = np.ones(len(mentee), dtype=bool)
        busy = np.flatnonzero((offers != self.table.offers).any(axis=1))
        for place in busy.tolist():
            pairs = np.flatnonzero(mentor == place)
            meetable[pairs] = (self.table.meets[mentee[pairs]] & offers[place]).any(axis=1)
        return meetable

    def _keys(
        self, links: Mapping[int, list[int]], mentee: Ints, mentor: Ints
    ) -> tuple[Ints, Ints]:
        """Pairs as single numbers: those given as arrays, and those linked."""
        width = len(self.problem.mentors)
        linked = [row * width + column for row, columns in links.items() for column in columns]
        return mentee * width + mentor, np.array(linked, dtype=np.int64)

    def decide(self, deadline: float | None, progress: Progress) -> tuple[str, Outcome]:
        """The name of the solver that decided, and what it decided."""
        # OR-Tools is slow to load; only those who solve should wait for it.
        from matching import flow

        outcome = flow.solve(self.task, self.stages, deadline, progress)
        if not len(self.side.offending(self.task, outcome.chosen)):
            return "flow", outcome
        from matching import cpsat

        return "cpsat", cpsat.solve(
            self.task, self.stages, self.side, outcome.chosen, deadline, progress
        )

    def pairs(self, chosen: Ints) -> tuple[Pair, ...]:
        """The held and the chosen pairs with their starts, in the order of the mentees."""
        of_mentor: dict[str, list[str]] = defaultdict(list)
        for row in self.held:
            of_mentor[row.mentor].append(row.mentee)
        for place in chosen.tolist():
            mentor = self.problem.mentors[int(self.task.mentor[place])].id
            of_mentor[mentor].append(self.problem.mentees[int(self.task.mentee[place])].id)
        pairs = [
            pair for mentor, people in of_mentor.items() for pair in self._seat(mentor, people)
        ]
        return tuple(sorted(pairs, key=lambda pair: pair.mentee))

    def _seat(self, mentor: str, people: list[str]) -> Iterator[Pair]:
        starts: Mapping[str, int | None] = (
            dict.fromkeys(people) if self.problem.timeless else self._starts(mentor, people)
        )
        for who in people:
            parts = self.judge.parts(who, mentor)
            yield Pair(who, mentor, starts[who], sum(parts.values()), parts)

    def _starts(self, mentor: str, people: list[str]) -> dict[str, int]:
        """A start each; pairs that go on keep theirs wherever all can be seated so."""
        wishes: dict[str, tuple[int, ...]] = {who: self.judge.starts(who, mentor) for who in people}
        for row in sorted(
            self.problem.continuing, key=lambda row: (row not in self.held, row.mentee)
        ):
            if row.mentor != mentor or row.start not in wishes.get(row.mentee, ()):
                continue
            tried = {**wishes, row.mentee: (row.start,)}
            if seat(tried) is not None:
                wishes = tried
        seated = seat(wishes)
        assert seated is not None, "the network gives each mentee a start"
        return seated

    def levels(self, outcome: Outcome) -> Iterator[Level]:
        """The levels of the objective by value and bound, held pairs counted in."""
        ends: dict[str, list[Reached]] = defaultdict(list)
        for reached in outcome.reached:
            ends[reached.stage.name].append(reached)
        for name in self.problem.objective:
            values = [self._count(end.stage, end.value) for end in ends[name]]
            bounds = [self._count(end.stage, end.bound) for end in ends[name]]
            if name == "levels":
                yield Level(name, _numbers(values), _numbers(bounds))
            else:
                yield Level(name, values[0], bounds[0])

    def _count(self, stage: Stage, cost: int | None) -> int | None:
        """A stage's cost as the number that is reported: held pairs added, signs turned."""
        if cost is None or stage.name == "worst":
            return cost
        scores = [self.judge.score(row.mentee, row.mentor) for row in self.held]
        match stage.name:
            case "matched":
                return sum(self.judge.mentees[row.mentee].priority for row in self.held) - cost
            case "levels":
                return sum(score < stage.threshold for score in scores) + cost
            case "total":
                return sum(scores) - cost
        return len(self.problem.continuing) - len(self.held) + cost


def _numbers(values: list[int | None]) -> tuple[int, ...]:
    return tuple(value for value in values if value is not None)

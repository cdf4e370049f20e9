"""From a problem to a solution: holds what must be held, chooses the solver, tells the reasons."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from matching.files.codec import digest
from matching.files.validity import faults
from matching.flow import stable
from matching.flow.network import CHUNK, Outcome, Progress, Reached, Stage, Task, stages, tie_breaks
from matching.problem import (
    STABLE,
    Continuing,
    FileFaultsError,
    Level,
    Pair,
    Problem,
    Rung,
    Solution,
)
from matching.rules.judge import held
from matching.rules.timetable import seat
from matching.side.building import Bound, bind
from matching.side.faults import short_faults
from matching.side.rules import SideRules
from matching.table.known import Known
from matching.table.reasons import blocking_pairs, unmatched
from matching.table.scoring import Bools, Candidates, Ints, Places, Small, Table

if TYPE_CHECKING:
    from matching.running.freeing import Free

#: Go up whenever the same problem and seed may come to another answer: without side rules that
#: bind, and with them.
VERSION, SIDE_VERSION = 1, 2


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
    found = _decided(problem, seed, deadline, lambda stage, done: tell(stage, 0.1 + 0.8 * done))
    tell("reasons", 0.9)
    round_, engine, levels = found.round_, found.engine, found.levels()
    pairs = round_.pairs(found.outcome.chosen)
    solution = Solution(
        problem_sha256=problem_sha256 or digest(problem),
        seed=seed,
        engine=f"{engine}/{SIDE_VERSION if engine == 'cpsat' else VERSION}",
        status="optimal"
        if found.proven and all(level.value == level.bound for level in levels)
        else "feasible",
        pairs=pairs,
        unmatched=unmatched(round_.table, pairs),
        levels=levels,
        blocking_pairs=blocking_pairs(round_.table, round_.candidates, pairs, round_.fixed),
        seconds=round(monotonic() - begun, 3),
    )
    tell("done", 1.0)
    return solution


def ladder(
    problem: Problem, seed: int = 0, time_limit: float | None = None
) -> tuple[tuple[Rung, ...], bool]:
    """How many more people are placed when so many running pairs change, and whether that is all.

    See ``price.ladder``.
    """
    deadline = None if time_limit is None else monotonic() + time_limit
    round_ = Round(replace(problem, may_change=0), seed)
    _, outcome = round_.decide(deadline, lambda _stage, _done: None)
    freed = _free(round_, outcome, deadline)
    if freed is None:
        return (Rung(0, 0),), round_.proven(outcome)
    reach = freed.free.frontier()
    return reach.rungs, reach.proven and round_.proven(outcome)


@dataclass(frozen=True, slots=True)
class _Decided:
    """The round, the solver that decided, what it decided, and whether the price is proven.

    ``most``: where it is not, what ``matched`` is sure not to come to more than.
    """

    round_: "Round"
    engine: str
    outcome: Outcome
    proven: bool = True
    most: int | None = None

    def levels(self) -> tuple[Level, ...]:
        """The levels of the objective by value and bound."""
        first, *others = self.round_.levels(self.outcome)
        if self.most is not None:
            first = replace(first, bound=self.most)
        return (first, *others)


def _decided(problem: Problem, seed: int, deadline: float | None, progress: Progress) -> _Decided:
    round_ = Round(problem, seed)
    engine, outcome = round_.decide(deadline, progress)
    freed = _free(round_, outcome, deadline) if problem.may_change else None
    if freed is None:
        return _Decided(round_, engine, outcome)
    reach, stands = freed.free.frontier(), len(round_.held) + len(outcome.chosen)
    more, within = reach.affordable(problem.may_change).more, reach.within(problem.may_change)
    sure = more == within and round_.proven(outcome)
    most = None if sure else _most_of(problem, stands + within)
    if not more:
        return _Decided(round_, engine, outcome, sure, most)
    found = freed.free.solve(more, freed.round_.stages, deadline, progress)
    freed.round_.stay(found.stays)
    return _Decided(freed.round_, freed.engine, found.outcome, found.proven and sure, most)


def _most_of(problem: Problem, people: int) -> int:
    """What ``matched`` comes to if so many have a mentor, those of the highest priority first."""
    return sum(sorted((mentee.priority for mentee in problem.mentees), reverse=True)[:people])


@dataclass(frozen=True, slots=True)
class _Freed:
    """A round whose running pairs are free to change, and the solver for it."""

    round_: "Round"
    engine: str
    free: "Free"


def _free(stands: "Round", outcome: Outcome, deadline: float | None) -> _Freed | None:
    """The round with its running pairs freed, from the one in which all stand; or None.

    Whoever has a mentor when all stand is to have one. Pinned pairs stay as they are.
    """
    running = tuple(row for row in stands.held if row.mentee not in stands.pins)
    if not running:
        return None
    # OR-Tools is slow to load; only those who solve should wait for it.
    from matching.running.freeing import Free, Running

    pairs = stands.links(outcome.chosen)
    freed = Round(stands.problem, stands.seed, running, frozenset(who for who, _ in pairs))
    rows = tuple(
        Running(place, None if stands.problem.timeless else row.start)
        for row, place in zip(
            running, freed.places((r.mentee, r.mentor) for r in running), strict=True
        )
    )
    standing = np.array(freed.places([*pairs, *((r.mentee, r.mentor) for r in running)]))
    if not freed.side.any:
        return _Freed(freed, "flow", Free(freed.task, rows, standing))
    from matching.running.freesides import FreeWithSides

    return _Freed(freed, "cpsat", FreeWithSides(freed.task, rows, standing, freed.side, deadline))


class Round:
    """A problem on its way to a solution, its people in the order of their ids.

    ``task`` and ``side`` are what is left to decide once held pairs have taken their places.
    ``free`` are continuing pairs that would be held and are not; ``placed`` are mentees who
    must have a mentor besides those of ``free`` and of pins.
    """

    def __init__(
        self,
        problem: Problem,
        seed: int,
        free: tuple[Continuing, ...] = (),
        placed: frozenset[str] = frozenset(),
    ) -> None:
        self.seed = seed
        # The order of a file must not matter, not even to a solver's choice among equals.
        self.problem = replace(
            problem,
            mentees=tuple(sorted(problem.mentees, key=lambda mentee: mentee.id)),
            mentors=tuple(sorted(problem.mentors, key=lambda mentor: mentor.id)),
        )
        self.table = Table(self.problem)
        self.judge = Known(self.table)
        self.judge.look_at([(row.mentee, row.mentor) for row in problem.continuing])
        standing, _ = held(self.judge)
        self.free, freed = free, frozenset(free)
        self.held = tuple(row for row in standing if row not in freed)
        self.stays: tuple[Continuing, ...] = ()
        self.candidates = self._candidates()
        self.pins = {pin.mentee: pin.mentor for pin in problem.pins}
        self.fixed = frozenset(self.pins) | {row.mentee for row in standing}
        self.must = placed | self.pins.keys() | {row.mentee for row in free}
        self.stages = stages(self.problem)
        self.task, self.side = self._task(seed)

    def _candidates(self) -> Candidates:
        """The eligible pairs of whoever is not held with whoever has a place left."""
        problem, table = self.problem, self.table
        if not self.held:
            return table.candidates()
        settled, places = {row.mentee for row in self.held}, Counter(r.mentor for r in self.held)
        rows = [i for i, who in enumerate(problem.mentees) if who.id not in settled]
        columns = [i for i, who in enumerate(problem.mentors) if who.capacity > places[who.id]]
        few = replace(
            problem,
            mentees=tuple(problem.mentees[row] for row in rows),
            mentors=tuple(problem.mentors[column] for column in columns),
        )
        found = Table(few).candidates()
        return Candidates(
            np.array(rows, dtype=np.int32)[found.mentee],
            np.array(columns, dtype=np.int32)[found.mentor],
            found.score,
        )

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
        bound = bind(problem, self.held, table.mentee_index, table.mentor_index)
        chosen = np.flatnonzero(self._open(capacity, offers, bound))
        mentee, mentor_of = self.candidates.mentee[chosen], self.candidates.mentor[chosen]
        old = table.links((row.mentee, row.mentor) for row in problem.continuing)
        task = Task(
            mentee=mentee,
            mentor=mentor_of,
            score=self.candidates.score[chosen],
            continuing=self._linked(old, mentee, mentor_of),
            tie=tie_breaks(
                seed,
                [person.id for person in problem.mentees],
                [person.id for person in problem.mentors],
                (mentee, mentor_of),
            ),
            priority=np.array([person.priority for person in problem.mentees], dtype=np.int64),
            must=np.array([person.id in self.must for person in problem.mentees], dtype=bool),
            capacity=capacity,
            meets=table.meets,
            offers=offers,
            timeless=problem.timeless,
            ceiling=min(self._held_scores, default=None),
            minimums=bound.minimums,
            loads=bound.loads,
            limits=bound.limits,
            group=self._groups(bound),
        )
        return task, bound.side

    def _groups(self, bound: Bound) -> Small | None:
        """A number for everybody who is to be kept apart from all others of that number.

        None unless that says it all: of any two kept apart, both are so from the same others.
        """
        if self.free or bound.limits is not None or not self.problem.timeless:
            return None
        held = {self.table.mentee_index[row.mentee] for row in self.held}
        others: dict[int, set[int]] = defaultdict(set)
        for one, other in bound.side.apart:
            if one not in held and other not in held:
                others[one] |= {one, other}
                others[other] |= {one, other}
        # One comparison each is enough, as being apart goes both ways.
        if not others or any(others[min(mine)] != mine for mine in others.values()):
            return None
        group = np.full(len(self.problem.mentees), -1, dtype=np.int32)
        for who, mine in others.items():
            group[who] = min(mine)
        return group

    def _open(self, capacity: Ints, offers: Bools, bound: Bound) -> Bools:
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
        keep &= bound.open(mentee, mentor)
        barred: dict[int, list[int]] = defaultdict(list)
        apart = bound.side.apart
        for one, other in [*apart, *((other, one) for one, other in apart)]:
            if one in held_at:
                barred[other].append(held_at[one])
        keep &= ~self._linked(barred, mentee, mentor)
        return keep & self._meetable(offers)

    def _meetable(self, offers: Bools) -> Bools:
        """Which candidates still have a common start after the held meetings."""
        mentee, mentor = self.candidates.mentee, self.candidates.mentor
        meetable = np.ones(len(mentee), dtype=bool)
        busy = (offers != self.table.offers).any(axis=1)
        asked = np.flatnonzero(busy[mentor])
        for pairs in np.array_split(asked, 1 + len(asked) // CHUNK):
            meetable[pairs] = (self.table.meets[mentee[pairs]] & offers[mentor[pairs]]).any(axis=1)
        return meetable

    def _linked(self, links: Mapping[int, list[int]], mentee: Small, mentor: Small) -> Bools:
        """Which pairs of the arrays, which are in order, are among the links."""
        found, width = np.zeros(len(mentee), dtype=bool), len(self.problem.mentors)
        wanted = [row * width + column for row, columns in links.items() for column in columns]
        keys, some = mentee.astype(np.int64) * width + mentor, np.array(wanted, dtype=np.int64)
        places = np.searchsorted(keys, some)
        places, some = places[places < len(keys)], some[places < len(keys)]
        found[places[keys[places] == some]] = True
        return found

    def decide(self, deadline: float | None, progress: Progress) -> tuple[str, Outcome]:
        """The name of the solver that decided, and what it decided.

        Raises FileFaultsError when no round reaches the minimums of groups.
        """
        if self.problem.objective == (STABLE,):
            return STABLE, stable.solve(self.task, self.stages[0], progress)
        # OR-Tools is slow to load; only those who solve should wait for it.
        from matching.side.deciding import TooFewError, decide

        try:
            return decide(self.task, self.stages, self.side, deadline, progress)
        except TooFewError as error:
            raise FileFaultsError(short_faults(self.problem, error.short)) from None

    def stay(self, rows: tuple[int, ...]) -> None:
        """Says which of the freed pairs keep their hour."""
        self.stays = tuple(self.free[row] for row in rows)

    @cached_property
    def _meetings_of(self) -> Mapping[str, list[Continuing]]:
        """The running pairs of each mentor: those that stay come first."""
        found: dict[str, list[Continuing]] = defaultdict(list)
        stay = {*self.held, *self.stays}
        for row in sorted(self.problem.continuing, key=lambda row: (row not in stay, row.mentee)):
            found[row.mentor].append(row)
        return found

    @cached_property
    def _held_scores(self) -> list[int]:
        return [self.judge.score(row.mentee, row.mentor) for row in self.held]

    def links(self, chosen: Places) -> list[tuple[str, str]]:
        """Mentee and mentor of each chosen pair."""
        mentees, mentors = self.problem.mentees, self.problem.mentors
        return [
            (mentees[int(self.task.mentee[place])].id, mentors[int(self.task.mentor[place])].id)
            for place in chosen.tolist()
        ]

    def places(self, links: Iterable[tuple[str, str]]) -> list[int]:
        """Where pairs are in the task, which lists them by mentee, then mentor."""
        rows, columns = self.table.mentee_index, self.table.mentor_index
        found = []
        for mentee, mentor in links:
            first, end = np.searchsorted(self.task.mentee, (rows[mentee], rows[mentee] + 1))
            found.append(
                int(first) + int(np.searchsorted(self.task.mentor[first:end], columns[mentor]))
            )
        return found

    def pairs(self, chosen: Places) -> tuple[Pair, ...]:
        """The held and the chosen pairs with their starts, in the order of the mentees."""
        of_mentor: dict[str, list[str]] = defaultdict(list)
        for row in self.held:
            of_mentor[row.mentor].append(row.mentee)
        for place in chosen.tolist():
            mentor = self.problem.mentors[int(self.task.mentor[place])].id
            of_mentor[mentor].append(self.problem.mentees[int(self.task.mentee[place])].id)
        self.judge.look_at(
            [(who, mentor) for mentor, people in of_mentor.items() for who in people]
        )
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
        for row in self._meetings_of[mentor]:
            if row.start not in wishes.get(row.mentee, ()):
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

    def proven(self, outcome: Outcome) -> bool:
        """Whether no round in which all that is held stands is better."""
        return all(level.value == level.bound for level in self.levels(outcome))

    def _count(self, stage: Stage, cost: int | None) -> int | None:
        """A stage's cost as the number that is reported: held pairs added, signs turned."""
        if cost is None or stage.name in ("worst", STABLE):
            return cost
        scores = self._held_scores
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

"""The smallest change with which somebody without a mentor would have one.

Looked at are sets of changes between the mentee and one mentor (``_Options``), the smallest
first. A set counts when the best round of the changed problem places the mentee, and more people
than now have a mentor: so nobody is only put in another's stead. Where ``Standing.exact`` holds,
that is read off the walks that the round leaves open; elsewhere the changed problem is solved.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np

from matching.engine import solve
from matching.explain.change import Changes
from matching.explain.changes import (
    PLACE,
    SCORED,
    changed,
    held,
    hours_more,
    score_after,
    starts_after,
    ways_between,
)
from matching.explain.lifting import lifts, needed
from matching.explain.standing import Standing, has_side_rules
from matching.problem import FileFaultsError, LevelValue, Mentor, Problem, Solution
from matching.rules.judge import Judge
from matching.rules.judge import held as continuing
from matching.rules.keeping import Company
from matching.table.scoring import BIT, Bools

Solve = Callable[[Problem, int], Solution]
#: The most changes at once that are looked for.
MOST = 4
#: Ways that are told of one person.
WAYS = 4
#: And of one kind: such as an hour of theirs, and another.
ALIKE = 3
#: What people can change most easily comes first.
EASY = (
    "no_time",
    "no_capacity",
    "topics",
    "identity",
    "area",
    "no_language",
    "high_need",
    "team",
    "group",
    "apart",
    "forbidden",
    "floor",
)
#: Where walks do not tell: so many changed rounds are solved for one person.
TRIES = 8
#: Of these, on the sets of one size that would do if nobody else moved.
FIRST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A set of changes, and the mentors of whom with any one it is enough, the best score first.

    ``held`` says that the pair is to be held too (``changes.held``).
    """

    changes: Changes
    mentors: tuple[str, ...]
    held: bool


@dataclass(frozen=True, slots=True)
class Smallest:
    """The ways of fewest changes; none when no set of up to ``MOST`` changes is enough.

    ``proven`` says that every smaller set of those that are looked at, and every other set if there
    are no ways, was ruled out. Otherwise only some were tried.
    """

    mentee: str
    ways: tuple[Way, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class _Option:
    mentor: str
    changes: Changes


def _good(tried: dict[_Option, bool]) -> list[_Option]:
    """Of those that were tried, those that are; the fewest changes only."""
    enough = [option for option, good in tried.items() if good]
    fewest = min((len(option.changes) for option in enough), default=0)
    return [option for option in enough if len(option.changes) == fewest]


def is_enough(
    problem: Problem,
    solution: Solution,
    mentee: str,
    mentor: str,
    changes: Changes,
    again: Solve = solve,
) -> bool:
    """Whether the changed problem, solved anew, has the mentee placed and more people than now.

    And no less is reached at the first level of the objective; where that is ``matched``, more.
    """
    try:
        then = again(changed(problem, mentee, mentor, changes), solution.seed)
    except FileFaultsError:
        return False
    placed = any(pair.mentee == mentee for pair in then.pairs)
    first, now = then.levels[0], solution.levels[0]
    more = len(then.pairs) > len(solution.pairs)
    return placed and more and not _is_worse(first.name, first.value, now.value)


def _is_worse(name: str, then: LevelValue, now: LevelValue) -> bool:
    if isinstance(then, tuple) and isinstance(now, tuple):
        return then > now
    one, other = (-1 if isinstance(x, tuple) or x is None else x for x in (then, now))
    return (
        one <= other if name == "matched" else one > other if name == "disruption" else one < other
    )


class WhatIf:
    """Answers for the mentees of one solved round. ``never`` are rules no change may touch."""

    def __init__(
        self,
        standing: Standing,
        never: frozenset[str] = frozenset(),
        again: Solve = solve,
    ) -> None:
        self.standing, self.never, self.again = standing, never, again
        #: Where only solving tells: so many rounds may still be solved.
        self.left = TRIES
        self.judge = Judge(standing.problem)
        self._near: dict[int, Bools] = {}
        lapsed = continuing(self.judge)[1]
        self._lapsed = {who for row in lapsed for who in (row.mentee, row.mentor)}

    def smallest(self, mentee_id: str) -> Smallest:
        """The ways of fewest changes to place a mentee who has no mentor."""
        options = _Options(self, mentee_id)
        if not self.standing.exact:
            return self._tried(mentee_id, options)
        for size in range(1, MOST + 1):
            enough = self._enough(mentee_id, list(options.of(size)))
            if enough:
                return Smallest(mentee_id, self._told(mentee_id, enough), True)
        return Smallest(mentee_id, (), True)

    def _enough(self, mentee_id: str, options: list[_Option]) -> list[_Option]:
        """Those that are enough; only where no walk says so of any, all that can be told."""
        told = {option: self._by_walks(mentee_id, option) for option in options}
        enough = [option for option, answer in told.items() if answer]
        unsure = [option for option, answer in told.items() if answer is None]
        return enough or [x for x in unsure if self._with_more_work(mentee_id, x)]

    def _tried(self, mentee_id: str, options: "_Options") -> Smallest:
        """The same by solving, as often as is allowed: what is likely first, then all that is less."""
        tried = dict[_Option, bool]()
        found = next(
            (size for size in range(1, MOST + 1) if self._likely(mentee_id, options, size, tried)),
            MOST,
        )
        for size in range(1, found + 1):
            if any(len(option.changes) == size for option in _good(tried)):
                break
            for option in options.of(size):
                if option not in tried and not self.left:
                    return Smallest(mentee_id, self._told(mentee_id, _good(tried)), False)
                self._try(mentee_id, option, tried)
            if any(len(option.changes) == size for option in _good(tried)):
                break
        return Smallest(mentee_id, self._told(mentee_id, _good(tried)), True)

    def _likely(
        self, mentee_id: str, options: "_Options", size: int, tried: dict["_Option", bool]
    ) -> bool:
        """Tries a few sets of a size that would do if nobody else moved; whether one does."""
        likely = (option for option in options.of(size) if self._would_do(mentee_id, option))
        for option in islice(likely, min(FIRST_TRIES, self.left)):
            self._try(mentee_id, option, tried)
        return any(len(option.changes) == size for option in _good(tried))

    def _try(self, mentee_id: str, option: "_Option", tried: dict["_Option", bool]) -> None:
        if option not in tried:
            self.left -= 1
            tried[option] = self._solved(mentee_id, option)

    def _would_do(self, mentee_id: str, option: "_Option") -> bool:
        """Whether, in the round as it is, a place can be had and no rule stands in the way."""
        standing = self.standing
        mentee, mentor = standing.mentee(mentee_id), standing.mentor(option.mentor)
        lifted = set(needed(self.company, mentee, mentor)) <= set(option.changes)
        return lifted and self._by_walks(mentee_id, option) is True

    @cached_property
    def company(self) -> Company:
        """Who meets whom in the round as it is."""
        pairs = self.standing.solution.pairs
        return Company(self.standing.problem, {pair.mentee: pair.mentor for pair in pairs})

    def _solved(self, mentee_id: str, option: _Option) -> bool:
        standing = self.standing
        return is_enough(
            standing.problem,
            standing.solution,
            mentee_id,
            option.mentor,
            option.changes,
            self.again,
        )

    def _by_walks(self, mentee_id: str, option: _Option) -> bool | None:
        """``is_enough`` as the walks tell; None where they don't."""
        if self._lapsed & {mentee_id, option.mentor}:
            return None  # a pair that went on before might be held again
        nodes, standing = self._would_have(mentee_id, option), self.standing
        if np.any(standing.free[nodes]):
            return True
        if PLACE in option.changes and nodes:
            # With an hour free there is a place now; else others would have to move for it.
            return None if np.all(standing.busy[nodes]) else True
        # Who is open to more people is so to others, too: they might make room.
        wider = any(c.whose != "mentee" and c != PLACE for c in option.changes)
        return None if wider and held(option.changes) else False

    def _with_more_work(self, mentee_id: str, option: _Option) -> bool:
        """The same where others have to move or have new ways, or where only solving tells."""
        lower = any(change.rule == "floor" for change in option.changes)
        if lower or self._lapsed & {mentee_id, option.mentor}:
            return self._solved(mentee_id, option)
        nodes = self._would_have(mentee_id, option)
        if np.any(self._with_room(option)[nodes]):
            return True
        wider = any(c.whose == "mentor" and c != PLACE for c in option.changes)
        return wider and bool(np.any(self._with_others(option)[nodes]))

    def _column(self, mentor_id: str) -> int:
        return self.standing.table.mentor_index[mentor_id]

    @cached_property
    def may_have_room(self) -> Bools:
        """The mentors at any of whose nodes a free place can be had."""
        standing, first = self.standing, self.standing.mentees + self.standing.mentors
        room = standing.free[standing.mentees : first].copy()
        owners = standing.hours // standing.task.offers.shape[1]
        room[owners[standing.free[first : standing.end]]] = True
        return room

    def _would_have(self, mentee_id: str, option: _Option) -> list[int]:
        """The nodes to which the mentee would have a way after the changes."""
        standing, column = self.standing, self._column(option.mentor)
        mentee, mentor = standing.mentee(mentee_id), standing.mentor(option.mentor)
        if standing.problem.timeless:
            return [standing.mentor_node(column)]
        nodes = []
        for start in starts_after(standing.problem, mentee, mentor, option.changes):
            # An hour that the mentor would add is free; one of a pair that goes on is not there.
            new = start not in mentor.starts
            node = standing.mentor_node(column) if new else standing.hour_node(column, start)
            nodes += [node] if node >= 0 else []
        return nodes

    def _with_room(self, option: _Option) -> Bools:
        """The nodes from which a free place can be had, the place more among them."""
        standing, column = self.standing, self._column(option.mentor)
        if PLACE not in option.changes:
            return standing.free
        if column not in self._near:
            there = standing.arcs.reaching(standing.mentor_node(column), ~standing.giving_up)
            self._near[column] = standing.free | there
        return self._near[column]

    def _with_others(self, option: _Option) -> Bools:
        """The same where others, too, have a way to the mentor who is open to more people."""
        standing, room = self.standing, self._with_room(option)
        ways = self._ways_of_others(option)
        while True:
            there = [row for row, nodes in ways.items() if not room[row] and np.any(room[nodes])]
            if not there:
                return room
            room = standing.arcs.reaching_any(
                np.append(np.flatnonzero(room), there), ~standing.giving_up
            )

    def _ways_of_others(self, option: _Option) -> dict[int, list[int]]:
        """Of each mentee with a mentor, the nodes that the changed mentor opens to them."""
        standing = self.standing
        asked = tuple(change for change in option.changes if change.whose == "mentor")
        judge = Judge(changed(standing.problem, "", option.mentor, asked))
        return {
            standing.table.mentee_index[who]: self._would_have(who, _Option(option.mentor, asked))
            for who in standing.pair_of
            if not judge.why_not(who, option.mentor)
        }

    def _told(self, mentee_id: str, options: list[_Option]) -> tuple[Way, ...]:
        """The best few ways: first one of each kind, then those with most mentors."""
        mentors: dict[Changes, list[str]] = {}
        for option in options:
            mentors.setdefault(option.changes, []).append(option.mentor)
        ranked = sorted(
            mentors.items(), key=lambda item: (_hardest(item[0]), -len(item[1]), _values(item[0]))
        )
        alike: Counter[tuple[tuple[str, str], ...]] = Counter()
        told = []
        for changes, others in ranked:
            kind = tuple((change.rule, change.whose) for change in changes)
            alike[kind] += 1
            # One of each kind first; what only repeats what a mentor could do is left out.
            if alike[kind] == 1 or (alike[kind] <= ALIKE and not held(changes)):
                told.append((alike[kind], Way(changes, tuple(others), held(changes))))
        told.sort(key=lambda row: row[0])
        return tuple(
            replace(way, mentors=self._best_first(mentee_id, way)) for _, way in told[:WAYS]
        )

    def _best_first(self, mentee_id: str, way: Way) -> tuple[str, ...]:
        standing, mentee = self.standing, self.standing.mentee(mentee_id)
        scores = {
            who: score_after(standing.problem, mentee, standing.mentor(who), way.changes)
            if any(change.rule in SCORED for change in way.changes)
            else self.judge.score(mentee_id, who)
            for who in way.mentors
        }
        return tuple(sorted(way.mentors, key=lambda who: (-scores[who], who)))


def _hardest(changes: Changes) -> list[int]:
    """What is easiest to ask for comes first; all else being equal, the mentee's side."""
    return sorted((2 * EASY.index(c.rule) + (c.whose != "mentee") for c in changes), reverse=True)


def _values(changes: Changes) -> list[str]:
    return [f"{change.value:>6}" for change in changes if change.value is not None]


class _Options:
    """The sets of changes between one mentee and each mentor, worked out as they are needed.

    With a mentor who does not fit: those that open them (``ways_between``), without and with one
    place more. With one who fits: one place more, one hour more, both; and of rules between several
    people each one lifted, or all that stand in the way now, these too without and with one hour or
    one place more.
    """

    def __init__(self, what: WhatIf, mentee_id: str) -> None:
        self.what, self.standing = what, what.standing
        self.mentee = self.standing.mentee(mentee_id)
        row = self.standing.table.mentee_index[mentee_id]
        broken = self.standing.table.broken(np.array([row]))[0]
        counted = broken & ~np.uint16(BIT["floor"])
        #: At least so many changes are needed; beyond the most where none would do.
        self.least = np.bitwise_count(counted).astype(np.int64)
        self.least[(broken & BIT["avoided"]) > 0] = MOST + 1
        for rule in what.never:
            self.least[(broken & BIT[rule]) > 0] = MOST + 1
        #: Whose change is one place more in any case.
        self.full = (broken & BIT["no_capacity"]) > 0
        self.fits = broken == 0
        self._between: dict[int, list[Changes]] = {}

    def of(self, size: int) -> Iterator[_Option]:
        """The sets of so many changes, without and with one place more."""
        more_places = PLACE.rule not in self.what.never
        worth_it = self.least <= size
        if self.standing.exact:
            # Without a free place within reach, one is needed: more than the obstacles alone.
            worth_it &= (self.least < size) | self.full | self.what.may_have_room
        for column in np.flatnonzero(worth_it).tolist():
            mentor = self.standing.problem.mentors[column]
            for changes in self._with(column):
                if len(changes) == size and (size > 1 or self._can_do_alone(column, changes)):
                    yield _Option(mentor.id, changes)
                elif len(changes) == size - 1 and PLACE not in changes and more_places:
                    yield _Option(mentor.id, (*changes, PLACE))

    def _with(self, column: int) -> list[Changes]:
        if column not in self._between:
            mentor = self.standing.problem.mentors[column]
            ways = [*ways_between(self.what.judge, self.mentee, mentor)]
            if self.fits[column]:
                ways += self._more(mentor)
            self._between[column] = [
                changes
                for changes in dict.fromkeys(ways)
                if not any(change.rule in self.what.never for change in changes)
            ]
        return self._between[column]

    def _more(self, mentor: Mentor) -> Iterator[Changes]:
        """What is looked at with a mentor who fits, but for places."""
        problem = self.standing.problem
        hours = [(hour,) for hour in hours_more(problem, self.mentee, mentor)]
        yield from hours
        if not has_side_rules(problem):
            return
        lifted = needed(self.what.company, self.mentee, mentor)
        for each in (*((lift,) for lift in lifts(problem, self.mentee, mentor)), lifted):
            yield each
            yield from ((*each, *hour) for hour in hours)

    def _can_do_alone(self, column: int, changes: Changes) -> bool:
        """Whether an hour more with somebody who fits can lead to a free place."""
        hour = self.fits[column] and changes[0].rule == "no_time"
        return not (hour and self.standing.exact) or bool(self.what.may_have_room[column])

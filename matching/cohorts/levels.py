"""The levels of the objective one after another: a bound by prices, then better plans.

After a level is decided, prices tell which people of which sessions can be in a plan as good as
the one in hand; the others are left out for good, so that every level has less to look at.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from time import monotonic

import numpy as np

from matching.cohorts import search
from matching.cohorts.columns import PARTS, Kept, Limits, Prices, possible, price
from matching.cohorts.model import Model
from matching.cohorts.sessions import Bools, Options, Table, options
from matching.cohorts.stages import Stage, luck, stages

Progress = Callable[[str, float], None]

#: Up to so many people of sessions, the whole is given to CP-SAT at once.
SMALL, WHOLE = 3_000, 16_000
#: CP-SAT's effort for the whole, in its own measure, at the first level and at later ones.
EFFORT_FIRST, EFFORT_LATER, EFFORT_TIES = 30.0, 5.0, 5.0
#: Steps without anything better before the search of a level ends, and steps at most.
PATIENCE_FIRST, PATIENCE_LATER, STEPS = 30, 10, 250
#: Groups taken apart in a step: at first, and at most when nothing better is found.
FEW_GROUPS, MANY_GROUPS = 6, 12
#: Limits tried for the worst fit that could be neither reached nor ruled out.
UNDECIDED = 2


@dataclass(frozen=True)
class Reached:
    """What a level came to, and what it could come to at best; None: nobody is placed."""

    name: str
    value: int | None
    bound: int | None


class Levels:
    """One problem on its way through its levels."""

    def __init__(self, table: Table, deadline: float | None) -> None:
        self.table, self.deadline = table, deadline
        self.options = options(table)
        self.limits = Limits(self.options)
        self.stages = stages(table.problem, self.options)
        self.kept: list[Kept] = []
        self.random = Random(table.seed)
        worth = np.append(table.priority, 0)[self.options.members]
        self.plan = search.greedy(self.options, self.limits, worth)

    def decide(self, tell: Progress) -> list[Reached]:
        """All levels in their order; the plan is in ``plan`` then."""
        reached = []
        for number, stage in enumerate(self.stages):
            tell(stage.name, number / len(self.stages))
            self._tighten()
            if stage.name == "worst":
                reached.append(self._worst(stage))
            else:
                reached.append(self._level(stage))
        reached = [self._now(*both) for both in zip(self.stages, reached, strict=True)]
        if all(end.value == end.bound for end in reached):
            self._ties()
        return reached

    def _tighten(self) -> None:
        """A plan made for a later level may be better at an unproven earlier one: keep that."""
        self.kept = [
            Kept(level.stage, level.stage.value(self.options, self.plan)) for level in self.kept
        ]

    def _now(self, stage: Stage, end: Reached) -> Reached:
        """What a level comes to in the last plan."""
        if stage.name != "worst":
            return replace(end, value=stage.value(self.options, self.plan))
        return replace(end, value=self._lowest(stage)) if self.plan else end

    def _late(self) -> bool:
        return self.deadline is not None and monotonic() > self.deadline

    def _level(self, stage: Stage) -> Reached:
        bound, prices = self._raise(stage, self.options)
        value = stage.value(self.options, self.plan)
        self._narrow(self._possible(prices, value))
        self.kept.append(Kept(stage, value))
        return Reached(stage.name, value, bound)

    def _possible(self, prices: Prices, value: int) -> Bools:
        open_to = possible(prices, value)
        for option, people in self.plan.items():
            places = np.searchsorted(self.options.members[option], people)
            assert open_to[option][places].all(), "a bound lies below a plan in hand"
        return open_to

    def _narrow(self, open_to: Bools) -> None:
        self.options = replace(self.options, alive=self.options.alive & open_to)

    def _raise(self, stage: Stage, among: Options) -> tuple[int, Prices]:
        """Better plans at a level, as good as can be; its bound, and the prices that prove it."""
        value = stage.value(among, self.plan)
        prices, _ = price(
            among, self.limits, stage, self.kept, self.plan.items(), value, self.deadline
        )
        bound = prices.bound // PARTS
        size = int((among.alive & possible(prices, value + 1)).sum())
        if bound > value and size > SMALL and not self._late():
            self._search(stage, among, prices, bound)
            value = stage.value(among, self.plan)
        if bound > value and not self._late():
            bound = min(bound, self._whole(stage, among, prices, value))
        return bound, prices

    def _search(self, stage: Stage, among: Options, prices: Prices, bound: int) -> None:
        patience = PATIENCE_LATER if self.kept else PATIENCE_FIRST
        value, idle, groups = stage.value(among, self.plan), 0, FEW_GROUPS
        open_to = among.alive & possible(prices, value + 1)
        steps = search.Search(
            among, self.limits, stage, self.kept, open_to, prices.adds, self.random
        )
        for _ in range(STEPS):
            if value >= bound or idle >= patience or self._late():
                return
            self.plan = steps.step(self.plan, groups, self.deadline)
            now = stage.value(among, self.plan)
            idle = 0 if now > value else idle + 1
            groups = FEW_GROUPS if now > value else min(MANY_GROUPS, FEW_GROUPS + idle // 6)
            value = now

    def _whole(self, stage: Stage, among: Options, prices: Prices, value: int) -> int:
        """The whole given to CP-SAT, where it is small enough; its bound.

        The plan in hand is among what it may choose, so that it has where to begin.
        """
        if not (among.alive & possible(prices, value + 1)).any():
            return value
        open_to = among.alive & possible(prices, value)
        if open_to.sum() > WHOLE:
            return prices.bound // PARTS
        rows = np.flatnonzero(open_to.sum(axis=1) >= self.table.problem.rules.min_size)
        model = Model(among, self.limits, {int(row): open_to[row] for row in rows}, {})
        model.keep(self.kept)
        effort = EFFORT_LATER if self.kept else EFFORT_FIRST
        answer = model.best(model.worth(stage), self.plan, effort, self.deadline)
        if answer.plan is not None and stage.value(among, answer.plan) > value:
            self.plan = answer.plan
        if answer.proven:
            return stage.value(among, self.plan)
        return prices.bound // PARTS if answer.bound is None else answer.bound

    def _worst(self, stage: Stage) -> Reached:
        """The worst fit: raised by leaving nobody under a limit, for as high a limit as can be."""
        if not self.plan:
            return Reached(stage.name, None, None)
        fits = sorted({int(fit) for fit in stage.pair[self.options.alive].tolist()})
        low = fits.index(self._lowest(stage))
        high = self._highest(stage, fits, low)
        probe, undecided = high, 0
        while probe > low and undecided < UNDECIDED and not self._late():
            below = self._below(stage, fits[probe])
            before = self.plan
            bound, _ = self._raise(below, self.options)
            value = below.value(self.options, self.plan)
            reached = fits.index(self._lowest(stage))
            if reached < low:
                # Fewer under the limit, but somebody further under it than anybody before.
                self.plan = before
            low = max(low, reached)
            if value < 0 and bound < 0:
                # Neither this limit nor any above it can be reached.
                probe -= 1
                high = probe
            elif value < 0:
                undecided += 1
                probe = (low + probe) // 2
            else:
                break
        self._narrow(stage.pair >= fits[low])
        return Reached(stage.name, fits[low], fits[high])

    def _lowest(self, stage: Stage) -> int:
        return min(
            int(stage.pair[option][np.searchsorted(self.options.members[option], people)].min())
            for option, people in self.plan.items()
        )

    def _below(self, stage: Stage, limit: int) -> Stage:
        under = -((stage.pair < limit) & self.options.alive).astype(np.int64)
        return Stage("below", under, np.zeros_like(stage.size))

    def _highest(self, stage: Stage, fits: list[int], low: int) -> int:
        """The place of the highest fit that prices do not rule out as the worst one."""
        first, later = self.kept[0], self.kept[1:]
        high = len(fits) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._late() or self._may_reach(stage, fits[middle], first, later):
                low = middle
            else:
                high = middle - 1
        return low

    def _may_reach(self, stage: Stage, limit: int, first: Kept, later: list[Kept]) -> bool:
        among = replace(self.options, alive=self.options.alive & (stage.pair >= limit))
        if later:
            # Levels between can't be kept by few groups: ask for the first one alone.
            later = []
        prices, _ = price(among, self.limits, first.stage, later, (), first.value, self.deadline)
        return prices.bound // PARTS >= first.value

    def _ties(self) -> None:
        if self.options.alive.sum() > SMALL or not self.plan:
            return
        stage, alive = luck(self.options), self.options.alive
        rows = np.flatnonzero(alive.sum(axis=1) >= self.table.problem.rules.min_size)
        model = Model(self.options, self.limits, {int(row): alive[row] for row in rows}, {})
        model.keep(self.kept)
        answer = model.best(model.worth(stage), self.plan, EFFORT_TIES, self.deadline)
        if answer.plan is not None:
            self.plan = answer.plan

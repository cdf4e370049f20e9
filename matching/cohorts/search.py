"""Better plans from the plan in hand: some groups are taken apart and made anew by CP-SAT.

Which groups is drawn from numbers that come from the seed alone, so the search goes the same way
every time. Everything that stays keeps its people; what is free are the people of the groups
taken apart and those without a group, and the sessions that their facilitators could hold then.
"""

from collections import Counter
from random import Random

import numpy as np

from matching.cohorts.columns import Kept, Limits
from matching.cohorts.groups import Maker
from matching.cohorts.model import Answer, Model
from matching.cohorts.sessions import Bools, Ints, Options
from matching.cohorts.stages import Plan, Stage

#: Options that one step looks at, and its effort in the solver's own measure.
MOST_OPTIONS, STEP_EFFORT = 120, 1.0


def greedy(options: Options, limits: Limits, worth: Ints) -> Plan:
    """A plan to begin with: again and again the group that is worth most of those still possible."""
    maker, plan = Maker(options), Plan()
    room = limits.most.copy()
    free = np.ones(len(options.table.people) + 1, dtype=bool)
    free[-1] = False
    while True:
        left = np.where(free[options.members] & options.alive, worth, -1)
        shut = np.array([any(room[r] < 1 for r in rows) for rows in limits.of], dtype=bool)
        top = -np.sort(-np.maximum(left, 0), axis=1)[:, : maker.high].sum(axis=1)
        top[shut | ((left >= 0).sum(axis=1) < maker.low)] = -1
        for option in np.argsort(-top, kind="stable")[:20].tolist():
            if top[option] < 0:
                return plan
            row = np.where(left[option] >= 0, left[option] + 1, -1)
            people = _only_free(maker, options, option, row, free)
            if people:
                break
        else:
            return plan
        plan[option] = people
        free[list(people)] = False
        for r in limits.of[option]:
            room[r] -= 1


def _only_free(
    maker: Maker, options: Options, option: int, worth: Ints, free: Bools
) -> tuple[int, ...]:
    alive = options.alive[option]
    kept = alive & free[options.members[option]]
    before = alive.copy()
    alive[:] = kept
    try:
        return maker.group(option, worth)
    finally:
        alive[:] = before


class Search:
    """Steps from one plan to a better one, at one level with those before it kept."""

    def __init__(
        self,
        options: Options,
        limits: Limits,
        stage: Stage,
        kept: list[Kept],
        open_to: Bools,
        adds: Ints,
        random: Random,
    ) -> None:
        self.options, self.limits, self.stage, self.kept = options, limits, stage, kept
        self.open_to, self.random = open_to, random
        self.rank = adds.max(axis=1) if adds.size else np.zeros(len(options), dtype=np.int64)
        self.usable = np.flatnonzero(open_to.sum(axis=1) > 0)
        self.masks = np.zeros((len(options), len(options.table.people) + 1), dtype=bool)
        np.put_along_axis(self.masks, options.members, open_to, axis=1)
        self.masks[:, -1] = False

    def step(self, plan: Plan, groups: int, deadline: float | None) -> Plan:
        """One try; the plan itself when nothing better was found."""
        broken = self._around(plan, groups)
        fixed = {option: people for option, people in plan.items() if option not in broken}
        free = np.ones(self.masks.shape[1], dtype=bool)
        free[-1] = False
        for people in fixed.values():
            free[list(people)] = False
        chosen = self._candidates(broken, fixed, free)
        allowed = {}
        for option in {*chosen, *broken, *fixed}:
            mine = free.copy()
            if option in fixed:
                mine[list(fixed[option])] = True
            allowed[option] = self.open_to[option] & mine[self.options.members[option]]
            if option in plan:
                allowed[option] |= np.isin(self.options.members[option], plan[option])
        answer = self._solve(plan, allowed, fixed, deadline)
        return answer.plan if answer.plan is not None else plan

    def _solve(
        self,
        plan: Plan,
        allowed: dict[int, Bools],
        fixed: Plan,
        deadline: float | None,
    ) -> Answer:
        model = Model(self.options, self.limits, allowed, fixed)
        model.keep(self.kept)
        return model.best(model.worth(self.stage), plan, STEP_EFFORT, deadline)

    def _around(self, plan: Plan, groups: int) -> set[int]:
        """Groups near each other: those whose people a session could gather, drawn by lot."""
        if len(plan) <= groups:
            return set(plan)
        placed = {who: option for option, people in plan.items() for who in people}
        waiting = [w for w in range(self.masks.shape[1] - 1) if w not in placed]
        pool = self.usable
        if waiting:
            mine = pool[self.masks[pool][:, waiting].any(axis=1)]
            pool = mine if len(mine) else pool
        near: Counter[int] = Counter()
        while len(near) < groups:
            option = int(pool[self.random.randrange(len(pool))])
            for who in np.flatnonzero(self.masks[option]).tolist():
                if who in placed:
                    near[placed[who]] += 1
            team = set(self.limits.of[option])
            for other in plan:
                if team & set(self.limits.of[other]):
                    near[other] += 4
        ranked = sorted(near, key=lambda option: (-near[option], option))
        return set(ranked[:groups])

    def _candidates(self, broken: set[int], fixed: Plan, free: Bools) -> list[int]:
        """Options that could take place beside what is fixed, most promising first."""
        room = self.limits.most.copy()
        for option in fixed:
            room[self.limits.of[option]] -= 1
        low = self.options.table.problem.rules.min_size
        count = self.masks[self.usable][:, free].sum(axis=1)
        rows = self.usable[count >= low]
        rows = np.array(
            [row for row in rows.tolist() if (room[self.limits.of[row]] > 0).all()], dtype=np.int64
        )
        if not len(rows):
            return []
        noise = np.array([self.random.random() for _ in rows])
        size = self.masks[rows][:, free].sum(axis=1)
        score = self.rank[rows] / (1 << 16) + np.minimum(size, 12) * 0.3 + noise * 1.5
        return [int(row) for row in rows[np.argsort(-score, kind="stable")[:MOST_OPTIONS]]]

"""Plans by CP-SAT, person by person among some options.

One worker and a limit on the solver's own, repeatable measure of work, so that the same problem
comes to the same plan everywhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor, isfinite
from time import monotonic

import numpy as np
from ortools.sat.python import cp_model

from matching.cohorts.columns import Kept, Limits
from matching.cohorts.sessions import Bools, Options, conflicts
from matching.cohorts.stages import Plan, Stage


@dataclass(frozen=True)
class Answer:
    """A plan, None if none was found; a bound on what the level could come to; whether proven."""

    plan: Plan | None
    bound: int | None
    proven: bool


def _solver(effort: float, deadline: float | None) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    if deadline is not None:
        solver.parameters.max_time_in_seconds = max(0.01, deadline - monotonic())
    return solver


def _run(
    model: cp_model.CpModel, effort: float, deadline: float | None
) -> tuple[cp_model.CpSolver | None, int | None, bool]:
    """A solver that holds a plan (None without), its bound, and whether that is the end of it."""
    solver = _solver(effort, deadline)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None, None, True
    bound = solver.best_objective_bound
    known = floor(bound + 1e-6) if isfinite(bound) and status != cp_model.UNKNOWN else None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, known, False
    return solver, known, status == cp_model.OPTIMAL


class Model:
    """Person by person: who comes to which of some options.

    ``allowed`` says which people of which options may change; options in ``fixed`` take place
    and keep the people they have in ``plan``.
    """

    def __init__(
        self,
        options: Options,
        limits: Limits,
        allowed: Mapping[int, Bools],
        fixed: Mapping[int, tuple[int, ...]],
    ) -> None:
        self.options, self.limits, self.fixed = options, limits, fixed
        self.model = cp_model.CpModel()
        self.opened: dict[int, cp_model.IntVar] = {}
        #: By option: the place in its row, and whether that person comes.
        self.comes: dict[int, dict[int, cp_model.IntVar]] = {}
        for option in sorted(allowed):
            places = np.flatnonzero(allowed[option] & options.alive[option]).tolist()
            self.opened[option] = self.model.new_bool_var("")
            self.comes[option] = {place: self.model.new_bool_var("") for place in places}
        self._hold()
        self._once()
        self._limits()
        for option in self.opened:
            self._size(option)
            self._apart(option)
            self._company(option)
            self._pins(option)

    def _hold(self) -> None:
        """What is fixed may take more people, but loses none."""
        for option, people in self.fixed.items():
            self.model.add(self.opened[option] == 1)
            places = np.searchsorted(self.options.members[option], people).tolist()
            for place in places:
                self.model.add(self.comes[option][place] == 1)

    def _once(self) -> None:
        by_person: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for option, comes in self.comes.items():
            row = self.options.members[option]
            for place, var in comes.items():
                by_person[int(row[place])].append(var)
        for same in by_person.values():
            if len(same) > 1:
                self.model.add_at_most_one(same)

    def _limits(self) -> None:
        by_limit: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for option, opened in self.opened.items():
            for row in self.limits.of[option]:
                by_limit[row].append(opened)
        for row, same in by_limit.items():
            most = int(self.limits.most[row])
            if len(same) > most:
                if most == 1:
                    self.model.add_at_most_one(same)
                else:
                    self.model.add(sum(same) <= most)

    def _size(self, option: int) -> None:
        rules = self.options.table.problem.rules
        comes, opened = self.comes[option], self.opened[option]
        for var in comes.values():
            self.model.add_implication(var, opened)
        people = sum(comes.values())
        self.model.add(people >= rules.min_size * opened)
        self.model.add(people <= rules.max_size * opened)

    def _apart(self, option: int) -> None:
        comes = self.comes[option]
        place_of = {int(self.options.members[option][place]): place for place in comes}
        for one, other in conflicts(self.options, option):
            if one in place_of and other in place_of:
                self.model.add_at_most_one(comes[place_of[one]], comes[place_of[other]])

    def _company(self, option: int) -> None:
        table, comes = self.options.table, self.comes[option]
        row = self.options.members[option]
        language = self.options.of(option).language
        for asks, beside in (
            (table.asks_language[language], table.speaks_with),
            (table.asks_identity, table.same_identity),
        ):
            for place, var in comes.items():
                who = int(row[place])
                if asks[who]:
                    company = [other for p, other in comes.items() if beside[who, int(row[p])]]
                    self.model.add_bool_or([*company, ~var])

    def _pins(self, option: int) -> None:
        comes, row = self.comes[option], self.options.members[option]
        by_person = {int(row[place]): var for place, var in comes.items()}
        for pin in self.options.table.pins:
            mine = [by_person.get(who) for who in pin]
            if all(var is None for var in mine):
                continue
            first = mine[0]
            for var in mine:
                if var is None or first is None:
                    for each in mine:
                        if each is not None:
                            self.model.add(each == 0)
                    break
                if var is not first:
                    self.model.add(var == first)

    def worth(self, stage: Stage) -> cp_model.LinearExprT:
        """What a level comes to in this model."""
        terms: list[cp_model.IntVar] = []
        numbers: list[int] = []
        for option, comes in self.comes.items():
            terms += comes.values()
            numbers += stage.pair[option][list(comes)].tolist()
            if stage.size.any():
                for var, number in self._sizes(option, stage):
                    terms.append(var)
                    numbers.append(number)
        return cp_model.LinearExpr.weighted_sum(terms, numbers)

    def _sizes(self, option: int, stage: Stage) -> Iterable[tuple[cp_model.IntVar, int]]:
        rules = self.options.table.problem.rules
        by_size = {
            n: self.model.new_bool_var("") for n in range(rules.min_size, rules.max_size + 1)
        }
        self.model.add(sum(by_size.values()) == self.opened[option])
        count = sum(n * var for n, var in by_size.items())
        self.model.add(sum(self.comes[option].values()) == count)
        return [(var, int(stage.size[n])) for n, var in by_size.items()]

    def keep(self, kept: list[Kept]) -> None:
        """No plan that comes to less at a level decided before."""
        for level in kept:
            self.model.add(self.worth(level.stage) >= level.value)

    def best(
        self, expression: cp_model.LinearExprT, hint: Plan, effort: float, deadline: float | None
    ) -> Answer:
        """The best plan by an expression, tried from the plan in hand."""
        self.model.maximize(expression)
        for option, opened in self.opened.items():
            people = set(hint.get(option, ()))
            self.model.add_hint(opened, bool(people))
            row = self.options.members[option]
            for place, var in self.comes[option].items():
                self.model.add_hint(var, int(row[place]) in people)
        solver, bound, proven = _run(self.model, effort, deadline)
        return Answer(None if solver is None else self._plan(solver), bound, proven)

    def _plan(self, solver: cp_model.CpSolver) -> Plan:
        found = {}
        for option, comes in self.comes.items():
            row = self.options.members[option]
            people = tuple(int(row[place]) for place in sorted(comes) if solver.value(comes[place]))
            if people:
                found[option] = people
        return found

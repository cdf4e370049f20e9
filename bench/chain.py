"""The whole chain of levels by CP-SAT, on random rounds small enough: `python chain.py CASES`.

Prints how many rounds our engine and the chain agree on, at every level.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from ortools.sat.python import cp_model

import matching
from matching.problem import LevelValue, Problem
from matching.rules.judge import Judge


class Chain:
    """A round as a model of CP-SAT; each level is fixed before the next is looked at."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.model = problem, cp_model.CpModel()
        judge = Judge(problem)
        self.uses: list[tuple[str, int, cp_model.IntVar]] = []
        of_mentee: dict[str, list[cp_model.IntVar]] = {}
        of_mentor: dict[str, list[cp_model.IntVar]] = {}
        of_start: dict[tuple[str, int], list[cp_model.IntVar]] = {}
        for mentee in problem.mentees:
            for mentor in problem.mentors:
                if judge.why_not(mentee.id, mentor.id):
                    continue
                score = judge.score(mentee.id, mentor.id)
                for start in judge.starts(mentee.id, mentor.id):
                    use = self.model.new_bool_var("")
                    self.uses.append((mentee.id, score, use))
                    of_mentee.setdefault(mentee.id, []).append(use)
                    of_mentor.setdefault(mentor.id, []).append(use)
                    of_start.setdefault((mentor.id, start), []).append(use)
        for uses in (*of_mentee.values(), *of_start.values()):
            self.model.add_at_most_one(uses)
        for mentor in problem.mentors:
            self.model.add(sum(of_mentor.get(mentor.id, [])) <= mentor.capacity)

    def levels(self) -> list[LevelValue]:
        """The value of every level of the objective."""
        return [self._level(name) for name in self.problem.objective]

    def _level(self, name: str) -> LevelValue:
        if name == "matched":
            priority = {who.id: who.priority for who in self.problem.mentees}
            return self._most(sum(priority[who] * use for who, _, use in self.uses))
        if name == "worst":
            return self._worst()
        if name == "levels":
            return tuple(
                -self._most(-sum(use for _, score, use in self.uses if score < limit))
                for limit in self.problem.thresholds
            )
        return self._most(sum(score * use for _, score, use in self.uses))

    def _worst(self) -> int | None:
        lowest = self.model.new_int_var(0, 1_000, "")
        for _, score, use in self.uses:
            self.model.add(lowest <= score).only_enforce_if(use)
        return self._most(lowest) if self.uses else None

    def _most(self, what: cp_model.LinearExprT) -> int:
        """The largest that there can be; from now on it is."""
        self.model.maximize(what)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        assert solver.solve(self.model) == cp_model.OPTIMAL
        value = round(solver.objective_value)
        self.model.add(what == value)
        return value


def case(seed: int) -> Problem:
    """A round of 30 to 60 people with fewer places than people."""
    mentees = 24 + seed % 4 * 8
    made = matching.generate.problem(mentees, mentees // 4, seed)
    # Few fit well here: thresholds that matter are low.
    return replace(made, thresholds=(250, 300, 350, 400, 450, 500))


def main(cases: str) -> None:
    equal = 0
    for seed in range(1, int(cases) + 1):
        problem = case(seed)
        ours = [level.value for level in matching.solve(problem).levels]
        equal += ours == Chain(problem).levels()
    print(json.dumps({"cases": int(cases), "equal": equal}))


if __name__ == "__main__":
    main(*sys.argv[1:])

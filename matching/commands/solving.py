"""``solve``: the best round for a problem, written to a file."""

import argparse
import math
import sys
from collections.abc import Iterable
from pathlib import Path

from matching import check, engine, explain
from matching.commands import files
from matching.commands.bar import watched
from matching.commands.exits import DONE, UNPROVEN, Commands
from matching.files import codec
from matching.phrases import counted
from matching.problem import STABLE, Level, Problem, Side, Solution


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    solve = commands.add_parser("solve", help="find the best round for a problem")
    solve.add_argument("problem", type=Path, help="a file in the format commonroom.matching/1")
    solving_options(solve)
    solve.set_defaults(run=run)


def solving_options(command: argparse.ArgumentParser) -> None:
    """Adds what every solver takes."""
    command.add_argument("-o", "--output", type=Path, required=True, help="where the answer goes")
    command.add_argument("--seed", type=int, default=0, help="breaks ties (default 0)")
    command.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="stop after so long")
    command.add_argument("--quiet", action="store_true", help="print faults only")


def seconds(text: str) -> float:
    """A time limit: 0 or more seconds."""
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError("give 0 or more seconds")
    return value


def run(options: argparse.Namespace) -> int:
    """Solves, writes, and says in a few lines what was reached."""
    problem, digest = files.problem(options.problem)
    files.expect_to_write(options.output)
    solution = watched(
        options.quiet,
        lambda bar: engine.solve(problem, options.seed, options.time_limit, bar, digest),
    )
    files.write(options.output, codec.dumps_solution(solution))
    if not options.quiet:
        for row in check.lapsed(problem):
            print(f"{row.mentee} with {row.mentor}: {explain.lapsed(row).text}", file=sys.stderr)
        if problem.objective != (STABLE,) and _binds(problem):
            print(explain.solver(problem, solution).text, file=sys.stderr)
        _tell(solution)
    return DONE if solution.status == "optimal" else UNPROVEN


def _binds(problem: Problem) -> bool:
    """Whether any rule binds several people, so that the choice of the solver says something."""
    limited = any(mentor.max_high_need is not None for mentor in problem.mentors)
    return limited or problem.side != Side()


def _tell(solution: Solution) -> None:
    print(
        f"{counted(len(solution.pairs), 'pair')}, {len(solution.unmatched)} unmatched, "
        f"{solution.status}, "
        f"{solution.seconds} s"
    )
    tell_levels(solution.levels)


def tell_levels(levels: Iterable[Level]) -> None:
    """Prints each level's value, and its bound where the two differ."""
    for level in levels:
        gap = "" if level.value == level.bound else f" (bound {level.bound})"
        print(f"  {level.name}: {level.value}{gap}")

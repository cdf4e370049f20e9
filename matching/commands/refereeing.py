"""``check``: the referee, free of the solver."""

import argparse
from pathlib import Path

from matching import check
from matching.commands import files, grouping
from matching.commands.exits import BROKEN, DONE, Commands
from matching.phrases import counted


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    referee = commands.add_parser("check", help="say which rules a solution breaks")
    referee.add_argument("problem", type=Path)
    referee.add_argument("solution", type=Path)
    referee.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints each broken rule as ``code: sentence``."""
    if files.is_of_groups(options.problem):
        return grouping.check(options)
    problem, digest, solution = files.both(options.problem, options.solution)
    broken = check.broken_rules(problem, solution, digest)
    options.code = BROKEN if broken else DONE
    for rule in broken:
        print(f"{rule.rule}: {rule.text}")
    if not broken:
        keeps = "keeps" if len(solution.pairs) == 1 else "keep"
        print(f"{counted(len(solution.pairs), 'pair')} {keeps} every rule.")
    return int(options.code)

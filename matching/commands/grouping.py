"""``cohorts``: peer groups for a problem of groups; and what other commands do with such files."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from matching import cohorts
from matching.cohorts.rules import Judge
from matching.commands import files
from matching.commands.bar import watched
from matching.commands.exits import BROKEN, DONE, UNPROVEN, Commands
from matching.commands.rows import Row, as_data, tell
from matching.commands.solving import solving_options, tell_levels
from matching.phrases import counted, people
from matching.problem import Fault, FileFaultsError


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    groups = commands.add_parser("cohorts", help="form peer groups for a problem of groups")
    groups.add_argument("problem", type=Path, help="a file in the format commonroom.cohorts/1")
    solving_options(groups)
    groups.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Forms the groups, writes them, and says in a few lines what was reached."""
    problem, digest = files.groups_problem(options.problem)
    files.expect_to_write(options.output)
    solution = watched(
        options.quiet,
        lambda bar: cohorts.solve(problem, options.seed, options.time_limit, bar, digest),
    )
    files.write(options.output, cohorts.dumps_solution(solution))
    if not options.quiet:
        _tell(solution)
    return DONE if solution.status == "optimal" else UNPROVEN


def _tell(solution: cohorts.Solution) -> None:
    placed = sum(len(group.members) for group in solution.groups)
    print(
        f"{counted(len(solution.groups), 'group')} with {people(placed)}, "
        f"{len(solution.unplaced)} without, "
        f"{solution.status}, {solution.seconds} s"
    )
    tell_levels(solution.levels)


def check(options: argparse.Namespace) -> int:
    """The referee of groups: prints each broken rule as ``code: sentence``."""
    problem, digest, solution = files.groups_both(options.problem, options.solution)
    broken = cohorts.check.broken_rules(problem, solution, digest)
    options.code = BROKEN if broken else DONE
    for rule in broken:
        print(f"{rule.rule}: {rule.text}")
    if not broken:
        keeps = "keeps" if len(solution.groups) == 1 else "keep"
        print(f"{counted(len(solution.groups), 'group')} {keeps} every rule.")
    return int(options.code)


def explain(options: argparse.Namespace) -> int:
    """Prints why each group fits, and why somebody has none."""
    problem, digest, solution = files.groups_both(options.problem, options.solution)
    broken = cohorts.check.broken_rules(problem, solution, digest)
    if broken:
        faults = [Fault(str(options.solution), f"{rule.rule}: {rule.text}") for rule in broken]
        raise FileFaultsError(faults)
    judge, person = Judge(problem), options.person
    if person is not None and person not in judge.people and person not in judge.facilitators:
        raise FileFaultsError([Fault("--person", f"there is nobody {person!r} in this problem")])
    rows = [row for row in _rows(judge, solution, person) if person in (None, *row.people)]
    if options.json:
        as_data(rows)
        return DONE
    tell(rows)
    if person is not None and not rows:
        print(f"{person}: holds no group in this solution.")
    elif not rows:
        print("Nobody asks for a group here: there is nothing to explain.")
    return DONE


def _rows(judge: Judge, solution: cohorts.Solution, person: str | None) -> Iterator[Row]:
    for number, group in enumerate(solution.groups):
        ids = tuple(member.person for member in group.members)
        title = f"Group {number}: {', '.join(ids)}, with {' and '.join(group.facilitators)}"
        reasons = cohorts.explain.group(judge, group)
        yield Row("group", (*ids, *group.facilitators), title, reasons)
        for member in group.members:
            if person == member.person:
                title = f"{person} in group {number}: {counted(member.fit, 'point')}"
                points = cohorts.explain.member(judge, group, member)
                yield Row("member", (person,), title, points)
    for entry in solution.unplaced:
        title = f"{entry.person} has no group"
        reasons = cohorts.explain.unplaced(judge, solution, entry)
        yield Row("unplaced", (entry.person,), title, reasons)


def generate(options: argparse.Namespace) -> int:
    """Writes a made-up problem of groups."""
    files.expect_to_write(options.output)
    problem = cohorts.generate.problem(options.people, options.facilitators, options.seed)
    files.write(options.output, cohorts.dumps(problem))
    made = f"{people(options.people)} and {counted(options.facilitators, 'facilitator')}"
    print(f"{made} in {options.output}")
    return DONE

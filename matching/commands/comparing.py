"""``compare``: two rounds of one problem side by side."""

import argparse
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

from matching.commands import files
from matching.commands.exits import DONE, Commands
from matching.files import codec
from matching.price import compare
from matching.price.compare import Comparison
from matching.problem import Fault, FileFaultsError, Problem, Solution


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    comparing = commands.add_parser("compare", help="say what changes between two solutions")
    comparing.add_argument("problem", type=Path)
    comparing.add_argument("before", type=Path, help="a solution")
    comparing.add_argument("after", type=Path, help="another solution of the same people")
    comparing.add_argument("--json", action="store_true", help="as data, not as text")
    comparing.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints what changes; a solution that breaks rules between people is refused."""
    problem, _ = files.problem(options.problem)
    before, after = (_read(problem, path) for path in (options.before, options.after))
    found = compare.solutions(problem, before, after)
    if options.json:
        print(json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=1))
        return DONE
    for line in _lines(found):
        print(line)
    return DONE


def _read(problem: Problem, path: Path) -> Solution:
    """A solution whose pairs can all be pairs of the problem."""
    solution = codec.loads_solution(files.read(path))
    broken = compare.unfit(problem, solution)
    if broken:
        raise FileFaultsError([Fault(str(path), f"{row.rule}: {row.text}") for row in broken])
    return solution


def _lines(found: Comparison) -> Iterator[str]:
    """The sum first, then who changes for whom, then everybody else who changes, the levels."""
    yield found.said.text
    told = {change.mentee for chain in found.chains for change in chain.changes}
    yield from (f"  {chain.said.text}" for chain in found.chains)
    for change in found.changes:
        if change.kind != "stays" and change.mentee not in told:
            yield f"  {change.said.text}"
    for level in found.levels:
        yield f"  {level.said.text}"

"""``generate``: a lifelike problem, made up."""

import argparse
from pathlib import Path

from matching import generate
from matching.commands import files, grouping
from matching.commands.exits import DONE, Commands
from matching.files import codec
from matching.files.validity import MAX_PEOPLE
from matching.phrases import counted
from matching.problem import Fault, FileFaultsError


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    lifelike = commands.add_parser("generate", help="make up a lifelike problem")
    lifelike.add_argument("--mentees", type=count, help="people who ask for a mentor")
    lifelike.add_argument("--mentors", type=count)
    lifelike.add_argument("--people", type=count, help="people who ask for a peer group instead")
    lifelike.add_argument("--facilitators", type=count)
    lifelike.add_argument("--seed", type=int, default=1)
    lifelike.add_argument(
        "--together", action="store_true", help="with acquaintances, shelters and supervisors"
    )
    lifelike.add_argument("-o", "--output", type=Path, required=True)
    lifelike.set_defaults(run=run)


def count(text: str) -> int:
    """How many people: 0 or more, and no more than a file may list."""
    value = int(text)
    if not 0 <= value <= MAX_PEOPLE:
        raise argparse.ArgumentTypeError(f"give 0 to {MAX_PEOPLE}")
    return value


def run(options: argparse.Namespace) -> int:
    """Writes the problem: of pairs, or of groups."""
    pairs, groups = _given(options, "mentees", "mentors"), _given(options, "people", "facilitators")
    if pairs == groups:
        text = "give --mentees and --mentors, or --people and --facilitators"
        raise FileFaultsError([Fault("generate", text)])
    if groups:
        return grouping.generate(options)
    files.expect_to_write(options.output)
    problem = generate.problem(options.mentees, options.mentors, options.seed)
    if options.together:
        problem = generate.together(problem, options.seed)
    files.write(options.output, codec.dumps(problem))
    made = f"{counted(options.mentees, 'mentee')} and {counted(options.mentors, 'mentor')}"
    print(f"{made} in {options.output}")
    return DONE


def _given(options: argparse.Namespace, one: str, other: str) -> bool:
    """Whether both of two options are there; one without the other is a fault."""
    given = [getattr(options, name) is not None for name in (one, other)]
    if any(given) and not all(given):
        missing = (one, other)[given.index(False)]
        raise FileFaultsError([Fault(f"--{missing}", "is missing: give it")])
    return all(given)

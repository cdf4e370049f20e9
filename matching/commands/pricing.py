"""``price``: how many more people get a mentor when so many running pairs may change."""

import argparse
import json
from pathlib import Path

from matching import price
from matching.commands import files
from matching.commands.exits import DONE, UNPROVEN, Commands
from matching.commands.solving import seconds


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    pricing = commands.add_parser(
        "price", help="say what more people with a mentor cost running pairs"
    )
    pricing.add_argument("problem", type=Path)
    pricing.add_argument("--seed", type=int, default=0, help="breaks ties (default 0)")
    pricing.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="stop after so long")
    pricing.add_argument("--json", action="store_true", help="as data, not as text")
    pricing.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints the ladder, and how to have the round of a rung."""
    problem, _ = files.problem(options.problem)
    found = price.priced(problem, options.seed, options.time_limit)
    rungs, options.code = found.rungs, DONE if found.proven else UNPROVEN
    if options.json:
        rows = [{"changes": rung.changes, "more": rung.more} for rung in rungs]
        print(json.dumps(rows, indent=1))
        return int(options.code)
    for rung in rungs:
        print(price.sentence(rung).text)
    if len(rungs) > 1:
        print(
            'Nobody loses their mentor. For one of these rounds, give the problem "may_change": '
            f"{rungs[-1].changes} (or fewer) and solve it; compare says who changes."
        )
    elif found.proven:
        print("Changing running pairs would gain nobody a mentor.")
    if not found.proven:
        print("This is as far as it was proven: there may be more to gain.")
    return int(options.code)

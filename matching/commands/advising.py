"""``advise``: for the programme, what one more mentor would change and where a round is tight."""

import argparse
from pathlib import Path

from matching import advice
from matching.advice import words
from matching.commands import files
from matching.commands.exits import DONE, Commands
from matching.commands.rows import as_data

_TITLES = {
    "newcomer": "What one more mentor would change",
    "unused": "Free places",
    "rule": "What each rule costs (to see where it is tight; not to lift it)",
    "circle": "Too few places",
}


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    advises = commands.add_parser(
        "advise", help="say what one more mentor would change, and which rule costs most"
    )
    advises.add_argument("problem", type=Path)
    advises.add_argument("solution", type=Path)
    advises.add_argument("--json", action="store_true", help="as data, not as text")
    advises.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints the advice; a solution that breaks rules is refused."""
    problem, solution = files.both_sound(options.problem, options.solution)
    found = advice.advise(problem, solution)
    rows = list(words.sentences(problem, found))
    if options.json:
        as_data(rows)
        return DONE
    titled = set[str]()
    for row in rows:
        if row.code in _TITLES and row.code not in titled:
            titled.add(row.code)
            print(f"\n{_TITLES[row.code]}")
        print(f"  {row.text}" if row.code != "state" else row.text)
    return DONE

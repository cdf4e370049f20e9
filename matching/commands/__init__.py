"""The engine on the command line: one file for each command, and what they share."""

import argparse
import os
import sys
from collections.abc import Iterator

from matching.commands import (
    advising,
    comparing,
    explaining,
    generating,
    grouping,
    pricing,
    refereeing,
    scoring,
    solving,
)
from matching.commands.exits import DONE, WRONG
from matching.problem import Fault, FileFaultsError

#: Faults printed of a file that is wrong through and through.
PRINTED = 200
COMMANDS = (
    solving,
    grouping,
    refereeing,
    explaining,
    advising,
    comparing,
    pricing,
    scoring,
    generating,
)
LESSON = """\
Pairs mentees with mentors: the most people first, nobody badly, and a reason for everybody.

Try it on a round that is made up:

  python -m matching generate --mentees 60 --mentors 20 -o p.json
  python -m matching solve p.json -o s.json
  python -m matching check p.json s.json        # the referee: are all rules kept?
  python -m matching explain p.json s.json      # why each pair, and why somebody has none
  python -m matching advise p.json s.json       # what one more mentor would change

Your own round is a JSON file. The least that one holds:

  {"format": "commonroom.matching/1",
   "mentees": [{"id": "e1", "languages": {"en": 3}, "free": [36, 37]}],
   "mentors": [{"id": "m1", "languages": {"en": 3}, "starts": [36], "capacity": 1}]}

The week has 336 half hours, 0 is Monday 00:00 UTC: these two meet on Monday at 18:00. What is
wrong with a file is said line by line, with the place ($.mentors[0].capacity) and what would be
right. docs/matching.md has every key, the rules, the score and the proof.

Peer groups are formed from files of their own (docs/cohorts.md), which check and explain know:

  python -m matching generate --people 60 --facilitators 8 -o g.json
  python -m matching cohorts g.json -o groups.json

Every command with its options: python -m matching --help, python -m matching solve --help
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code; without arguments, says how to begin."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(given) if given else argparse.Namespace(run=_teach)
    try:
        return _told(options.run(options))
    except FileFaultsError as error:
        for line in _lines(error.faults):
            print(line, file=sys.stderr)
        return WRONG
    except MemoryError:
        print("The file needs more memory than there is: give a smaller one.", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # A command that may end with another code has set it before it speaks.
        return _left_alone(getattr(options, "code", DONE))
    except OSError as error:
        _left_alone(WRONG)
        print(f"The answer can't be written: {error.strerror}.", file=sys.stderr)
        return WRONG


def _teach(_options: argparse.Namespace) -> int:
    print(LESSON, end="")
    return DONE


def _told(code: int) -> int:
    """The command's own code, once all that it said is out or nobody listens any more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _left_alone(code)
    return code


def _left_alone(code: int) -> int:
    """Says nothing more to whoever read our output: they have had enough, or can't be reached."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _lines(faults: list[Fault]) -> Iterator[str]:
    yield from (str(fault) for fault in faults[:PRINTED])
    if len(faults) > PRINTED:
        yield f"and {len(faults) - PRINTED} more: mend these first"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m matching", description="Pair mentees with mentors."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser

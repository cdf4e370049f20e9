"""``explain``: reasons, for each pair and for everybody without one."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from matching import check, explain
from matching.commands import files, grouping
from matching.commands.exits import DONE, Commands
from matching.commands.rows import Row, as_data, tell
from matching.explain import sentences
from matching.explain.why import Account, Why
from matching.phrases import counted
from matching.problem import Fault, FileFaultsError, Solution
from matching.rules.judge import Judge


def add(commands: Commands) -> None:
    """Adds the command and its options."""
    reasons = commands.add_parser("explain", help="say why, for each pair and everyone unmatched")
    reasons.add_argument("problem", type=Path)
    reasons.add_argument("solution", type=Path)
    reasons.add_argument("--person", metavar="ID", help="only this mentee or mentor")
    reasons.add_argument("--json", action="store_true", help="as data, not as text")
    reasons.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints the reasons; a solution that breaks rules is refused, there is no explaining it."""
    if files.is_of_groups(options.problem):
        return grouping.explain(options)
    problem, solution = files.both_sound(options.problem, options.solution)
    judge, person = Judge(problem), options.person
    if person is not None and person not in judge.mentees and person not in judge.mentors:
        raise FileFaultsError([Fault("--person", f"there is nobody {person!r} in this problem")])
    rows = [*_rows(judge, solution, person)]
    if options.json:
        as_data(rows)
        return DONE
    tell(rows)
    if person is not None and not rows:
        print(f"{person}: nobody is paired with this mentor in this round.")
    elif not problem.mentees:
        print("Nobody asks for a mentor in this round: there is nobody to explain.")
    return DONE


def _rows(judge: Judge, solution: Solution, person: str | None) -> Iterator[Row]:
    """A row for each pair, each mentee without a mentor and each pair let go, or of one person."""
    for pair in solution.pairs:
        if person in (None, pair.mentee, pair.mentor):
            title = f"{pair.mentee} with {pair.mentor}: {counted(pair.score, 'point')}"
            yield Row("pair", (pair.mentee, pair.mentor), title, explain.pair(judge, pair))
    if person is None:
        yield Row("round", (), "How it was solved", (explain.solver(judge.problem, solution),))
    known = _known(judge, solution, person)
    for entry in solution.unmatched:
        if entry.mentee in known:
            title = f"{entry.mentee} has no mentor in this round"
            reasons = explain.unmatched(judge, entry)
            more = sentences.account(judge.problem, known[entry.mentee])
            yield Row("unmatched", (entry.mentee,), title, (*reasons, *more))
    for row in check.lapsed(judge.problem):
        if person in (None, row.mentee, row.mentor):
            title = f"{row.mentee} with {row.mentor}, until now"
            yield Row("lapsed", (row.mentee, row.mentor), title, (explain.lapsed(row),))


def _known(judge: Judge, solution: Solution, person: str | None) -> dict[str, Account]:
    """What is worked out of each mentee without a mentor who is asked about."""
    unmatched = {entry.mentee for entry in solution.unmatched}
    if not unmatched or (person is not None and person not in unmatched):
        return {}
    # What is ruled out is not offered to be lifted: else an avoidance would show by its absence.
    why = Why(judge.problem, solution, never=frozenset({"forbidden"}))
    return dict(why.everybody()) if person is None else {person: why.person(person)}

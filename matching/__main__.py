"""The engine on the command line: ``python -m matching solve|score|check|explain|generate``.

Exit codes: 0 done; 1 the referee found broken rules; 2 a file or an option is wrong (each
fault on a line of its own, on the error output); 3 not proven within the time limit.
"""

import argparse
import dataclasses
import hashlib
import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from matching import check, codec, engine, explain, generate
from matching.judge import Judge
from matching.problem import Explanation, Fault, FileFaultsError, Problem, Solution
from matching.scoring import Table

DONE, BROKEN, WRONG, UNPROVEN = 0, 1, 2, 3


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()
    except FileFaultsError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing is left to say to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return int(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m matching", description="Pair mentees with mentors."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    solve = commands.add_parser("solve", help="find the best round for a problem")
    solve.add_argument("problem", type=Path)
    solve.add_argument("-o", "--output", type=Path, required=True, help="where the solution goes")
    solve.add_argument("--seed", type=int, default=0, help="breaks ties (default 0)")
    solve.add_argument("--time-limit", type=_seconds, metavar="SECONDS", help="stop after so long")
    solve.set_defaults(run=_solve)

    score = commands.add_parser("score", help="print every eligible pair as a JSON line")
    score.add_argument("problem", type=Path)
    score.set_defaults(run=_score)

    referee = commands.add_parser("check", help="say which rules a solution breaks")
    referee.add_argument("problem", type=Path)
    referee.add_argument("solution", type=Path)
    referee.set_defaults(run=_check)

    reasons = commands.add_parser("explain", help="say why, for each pair and everyone unmatched")
    reasons.add_argument("problem", type=Path)
    reasons.add_argument("solution", type=Path)
    reasons.add_argument("--person", metavar="ID", help="only this mentee or mentor")
    reasons.add_argument("--json", action="store_true", help="as data, not as text")
    reasons.set_defaults(run=_explain)

    lifelike = commands.add_parser("generate", help="make up a lifelike problem")
    lifelike.add_argument("--mentees", type=_count, required=True)
    lifelike.add_argument("--mentors", type=_count, required=True)
    lifelike.add_argument("--seed", type=int, default=1)
    lifelike.add_argument("-o", "--output", type=Path, required=True)
    lifelike.set_defaults(run=_generate)
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not (math.isfinite(seconds) and seconds >= 0):
        raise argparse.ArgumentTypeError("give 0 or more seconds")
    return seconds


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError("give 0 or more")
    return count


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileFaultsError([Fault(str(path), f"can't be read: {error.strerror}")]) from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileFaultsError([Fault(str(path), f"can't be written: {error.strerror}")]) from error


def _both(options: argparse.Namespace) -> tuple[Problem, str, Solution]:
    source = _read(options.problem)
    problem, digest = codec.loads(source), hashlib.sha256(source).hexdigest()
    return problem, digest, codec.loads_solution(_read(options.solution))


def _solve(options: argparse.Namespace) -> int:
    source = _read(options.problem)
    problem = codec.loads(source)
    solution = engine.solve(
        problem,
        seed=options.seed,
        time_limit=options.time_limit,
        problem_sha256=hashlib.sha256(source).hexdigest(),
    )
    _write(options.output, codec.dumps_solution(solution))
    for row in check.lapsed(problem):
        print(f"{row.mentee} with {row.mentor}: {explain.lapsed(row).text}", file=sys.stderr)
    print(
        f"{len(solution.pairs)} pairs, {len(solution.unmatched)} unmatched, {solution.status}, "
        f"{solution.seconds} s"
    )
    for level in solution.levels:
        gap = "" if level.value == level.bound else f" (bound {level.bound})"
        print(f"  {level.name}: {level.value}{gap}")
    return DONE if solution.status == "optimal" else UNPROVEN


def _score(options: argparse.Namespace) -> int:
    table = Table(codec.loads(_read(options.problem)))
    problem, found = table.problem, table.candidates()
    for place in range(len(found)):
        mentee, mentor = int(found.mentee[place]), int(found.mentor[place])
        row = {
            "mentee": problem.mentees[mentee].id,
            "mentor": problem.mentors[mentor].id,
            "score": int(found.score[place]),
            "parts": dict(zip(table.part_names, found.parts[place].tolist(), strict=True)),
            "starts": [] if problem.timeless else table.starts(mentee, mentor),
        }
        print(json.dumps(row, ensure_ascii=False))
    return DONE


def _check(options: argparse.Namespace) -> int:
    problem, digest, solution = _both(options)
    broken = check.broken_rules(problem, solution, digest)
    for rule in broken:
        print(f"{rule.rule}: {rule.text}")
    if not broken:
        print(f"{len(solution.pairs)} pairs keep every rule.")
    return BROKEN if broken else DONE


def _explain(options: argparse.Namespace) -> int:
    problem, digest, solution = _both(options)
    broken = check.broken_rules(problem, solution, digest)
    if broken:
        faults = [Fault(str(options.solution), f"{rule.rule}: {rule.text}") for rule in broken]
        raise FileFaultsError(faults)
    judge, person = Judge(problem), options.person
    if person is not None and person not in judge.mentees and person not in judge.mentors:
        raise FileFaultsError([Fault("--person", f"there is nobody {person!r} in this problem")])
    rows = [row for row in _rows(judge, solution) if person in (None, *row.people)]
    if options.json:
        print(json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False, indent=1))
        return DONE
    for row in rows:
        print(row.title)
        for reason in row.reasons:
            print(f"  {reason.text}")
    if person is not None and not rows:
        print(f"{person}: nobody is paired with this mentor in this round.")
    return DONE


@dataclasses.dataclass(frozen=True)
class _Row:
    """Something to explain: what it is, whom it concerns, and the reasons."""

    kind: str
    people: tuple[str, ...]
    title: str
    reasons: tuple[Explanation, ...]


def _rows(judge: Judge, solution: Solution) -> Iterator[_Row]:
    for pair in solution.pairs:
        title = f"{pair.mentee} with {pair.mentor}: {pair.score} points"
        yield _Row("pair", (pair.mentee, pair.mentor), title, explain.pair(judge, pair))
    for entry in solution.unmatched:
        title = f"{entry.mentee} has no mentor in this round"
        reasons = explain.unmatched(judge.problem, entry)
        yield _Row("unmatched", (entry.mentee,), title, reasons)
    for row in check.lapsed(judge.problem):
        title = f"{row.mentee} with {row.mentor}, until now"
        yield _Row("lapsed", (row.mentee, row.mentor), title, (explain.lapsed(row),))


def _generate(options: argparse.Namespace) -> int:
    problem = generate.problem(options.mentees, options.mentors, options.seed)
    _write(options.output, codec.dumps(problem))
    print(f"{options.mentees} mentees and {options.mentors} mentors in {options.output}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())

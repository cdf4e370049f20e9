"""Our engine on rounds of other kinds, read from JSON: `python given.py KIND SIZES... SEED`.

Prints a line of JSON: the CPU seconds of reading, of all that `solve` does, and of deciding
alone; the total; and the largest memory of the process, which has held nothing but the text before.
"""

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import run
from time import process_time

sys.path[0] = str(Path(__file__).resolve().parent)

import kinds

#: What a float score is multiplied by.
SCALE = 1_000_000
#: Reviewers that a paper needs.
NEEDED = 3


def civil_servants(people: int, seed: int) -> dict[str, object]:
    """mentor-match's own kind: only the total counts there."""
    mentors, mentees = kinds.civil_servants(people, seed)
    pairs = (
        (mentee["email"], mentor["email"], kinds.fits(mentor, mentee))
        for mentee in mentees
        for mentor in mentors
    )
    return _problem(
        [one["email"] for one in mentees],
        [(one["email"], 1) for one in mentors],
        [pair for pair in pairs if pair[2]],
        ("total",),
    )


def assignment(people: int, seed: int) -> dict[str, object]:
    """Everybody to one job, at the lowest cost: the highest cost is a score of 1."""
    costs = kinds.assignment(people, seed)
    pairs = [
        (f"e{row}", f"m{column}", 1 + kinds.HIGHEST - cost)
        for row, line in enumerate(costs)
        for column, cost in enumerate(line)
    ]
    names = range(people)
    return _problem([f"e{n}" for n in names], [(f"m{n}", 1) for n in names], pairs)


def reviewing(papers: int, reviewers: int, seed: int) -> dict[str, object]:
    """Every paper to three reviewers: three mentees who must not share a mentor."""
    load = load_of(papers, reviewers)
    copies = [[f"e{paper}.{copy}" for copy in range(NEEDED)] for paper in range(papers)]
    pairs = [
        (who, f"m{reviewer}", round(SCALE * fit))
        for mine, line in zip(copies, kinds.reviewing(papers, reviewers, seed), strict=True)
        for who in mine
        for reviewer, fit in enumerate(line)
    ]
    apart = [[a, b] for mine in copies for a in mine for b in mine if a < b]
    mentors = [(f"m{reviewer}", load) for reviewer in range(reviewers)]
    return {
        **_problem([who for mine in copies for who in mine], mentors, pairs),
        "side": {"apart": apart},
    }


def load_of(papers: int, reviewers: int) -> int:
    """Papers that one reviewer takes at most: a fifth more than would just do."""
    return -(-NEEDED * papers * 6 // (5 * reviewers))


def _problem(
    mentees: list[str],
    mentors: list[tuple[str, int]],
    pairs: list[tuple[str, str, int]],
    objective: tuple[str, ...] = ("matched", "total"),
) -> dict[str, object]:
    return {
        "format": "commonroom.matching/1",
        "mentees": [{"id": who} for who in mentees],
        "mentors": [{"id": who, "capacity": places} for who, places in mentors],
        "pairs": [{"mentee": e, "mentor": m, "score": score} for e, m, score in pairs],
        "timeless": True,
        "objective": list(objective),
    }


KINDS = {"civil-servants": civil_servants, "assignment": assignment, "reviewing": reviewing}


def written(path: Path, kind: str, *sizes: int) -> None:
    """The problem as a file."""
    with path.open("w") as file:
        json.dump(KINDS[kind](*sizes), file)


def solved(path: Path) -> Iterator[tuple[str, object]]:
    """What our engine makes of the file."""
    from ours import memory, timed

    import matching

    text = path.read_bytes()
    began = process_time()
    problem = matching.loads(text)
    yield "reading", process_time() - began
    yield "megabytes", len(text) / 1e6
    solution, decided, whole = timed(problem)
    yield "cpu", decided
    yield "whole", whole
    yield "mib", memory()
    yield "total", sum(pair.score for pair in solution.pairs)
    yield "matched", len(solution.pairs)
    yield "engine", solution.engine
    yield "status", solution.status
    yield "digest", hashlib.sha256(text).hexdigest()


def main(kind: str, *sizes: str) -> None:
    if kind == "solve":
        print(json.dumps(dict(solved(Path(sizes[0])))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.json"
        written(path, kind, *map(int, sizes))
        # Making it up takes memory of its own.
        run([sys.executable, __file__, "solve", path], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

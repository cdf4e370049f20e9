#!/usr/bin/env python3
"""How well and how fast groups are formed: `python bench/cohorts.py [SIZE ...] [--json]`.

Made-up problems of 60, 200 and 500 people (or of the sizes given), each solved without a time
limit in a process of its own on one core. What counts is CPU seconds, so that other work of the
machine matters little. The gap of a level is what its bound leaves open, in hundredths of it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this file has a package's name

from matching import cohorts

SIZES = (60, 200, 500)
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def measure(people: int) -> dict[str, object]:
    """Solves one problem here and now."""
    problem = cohorts.generate.problem(people, people // 8, seed=1)
    solution = cohorts.solve(problem)
    assert cohorts.check.broken_rules(problem, solution) == []
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "people": people,
        "facilitators": people // 8,
        "cpu": round(used.ru_utime + used.ru_stime, 1),
        "mib": used.ru_maxrss // 1024,
        "groups": len(solution.groups),
        "placed": sum(len(group.members) for group in solution.groups),
        "status": solution.status,
        "levels": {level.name: [level.value, level.bound] for level in solution.levels},
    }


def gap(value: int, bound: int) -> float:
    """What a bound leaves open, in hundredths of it."""
    return 100 * abs(bound - value) / max(1, abs(bound))


def main() -> None:
    """Prints a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", metavar="SIZE")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    rows = []
    if not options.json:
        print("people  CPU s   MiB  groups  placed  gap %  total gap %  status")
    for size in options.sizes or SIZES:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(size)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, **ALONE},
        )
        row = json.loads(done.stdout.splitlines()[-1])
        rows.append(row)
        if not options.json:
            first, total = row["levels"]["placed"], row["levels"]["total"]
            print(
                f"{size:6} {row['cpu']:6} {row['mib']:5} {row['groups']:7} {row['placed']:7} "
                f"{gap(*first):6.2f} {gap(*total):12.2f}  {row['status']}",
                flush=True,
            )
    if options.json:
        print(json.dumps({str(row["people"]): row for row in rows}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The matching engine beside its peers, in one run: `python bench/matching.py [--quick]`.

Every method runs in a process of its own on one core; what counts is CPU seconds, so that other
work of the machine matters little. All get the same pairs and scores, and nobody's reading of them
is counted. The peers run in environments of their own (bench/*.lock), made on the first run.
Whoever is not done after `--limit` CPU seconds is stopped, and not tried on larger rounds.
The exit code is 1 when a demand is missed.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[0] = str(HERE)

import plot
from demands import BY_FIGURES, Found, Verdict
from others import OTHERS, Run
from running import Figures, Round, Stopped, environment

SIZES, QUICK = (100, 1_000, 5_000, 10_000), (100, 1_000)
OURS = ("full", "count-total", "stable")
MODELS = ("plain-flow", "cpsat-starts", "cpsat")
PEERS = ("scipy", "highs", "networkx", "hospital-resident")
TITLES = {
    "full": "ours, every level, with starts",
    "count-total": "ours, count and total",
    "stable": "ours, stable",
    "plain-flow": "SimpleMinCostFlow alone",
    "cpsat-starts": "CP-SAT, count and total, with starts",
    "cpsat": "CP-SAT, count and total",
    "scipy": "scipy, linear_sum_assignment",
    "highs": "HiGHS",
    "networkx": "networkx, network_simplex",
    "hospital-resident": "matching, HospitalResident",
}


def measured(rounds: list[Round], methods: list[str], limit: float) -> Found:
    """Every method on every round, until it takes too long."""
    found: Found = {}
    stopped: dict[str, Stopped] = {}
    for round_ in rounds:
        found[round_.mentees] = {}
        for method in methods:
            if method in stopped:
                of = Stopped(stopped[method].seconds, tried=False)
            else:
                print(f"{round_.mentees:,}: {TITLES[method]} ...", file=sys.stderr)
                of = _measure(round_, method, limit)
            if isinstance(of, Stopped):
                stopped[method] = of
            found[round_.mentees][method] = of
    return found


def _measure(round_: Round, method: str, limit: float) -> Figures | Stopped:
    if method in OURS:
        return round_.measure(sys.executable, HERE / "ours.py", method, *round_.sizes)
    if method in MODELS:
        command = (sys.executable, HERE / "models.py", method, round_.path)
    else:
        command = (environment("peers"), HERE / "peers.py", method, round_.path)
    return round_.measure(*command, limit=limit)


def table(found: Found) -> str:
    """The figures as a table in Markdown."""
    lines = [
        "| mentees | method | CPU s | MiB | matched | worst | 5th % | total | blocking |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for mentees, methods in found.items():
        for name, f in methods.items():
            start = f"| {mentees:,} | {TITLES[name]} |"
            if isinstance(f, Stopped):
                why = f"stopped after {f.seconds:.0f} s" if f.tried else "not tried"
                lines.append(f"{start} {why} | | | | | | |")
                continue
            numbers = f"{f.matched:,} | {f.worst} | {f.fifth} | {f.total:,} | {f.blocking:,}"
            lines.append(f"{start} {f.cpu:.3g} | {f.mib:,} | {numbers} |")
    return "\n".join(lines)


def rows(verdicts: list[Verdict]) -> str:
    """The demands as a table in Markdown."""
    words = {True: "yes", False: "NO", None: ""}
    return "\n".join(
        [
            "| row | demand | measured | reached |",
            "|---|---|---|---|",
            *(f"| {v.row} | {v.demand} | {v.measured} | {words[v.reached]} |" for v in verdicts),
        ]
    )


def machine() -> str:
    """Where this ran, without names."""
    lines = (Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else "").split(
        "\n"
    )
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return (
        f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}; load {load}"
    )


def judged(
    wanted: list[str], sizes: list[int], limit: float, folder: Path
) -> tuple[Found, list[Verdict]]:
    """The figures that the wanted rows need, and the rows."""
    methods = [m for m in TITLES if any(m in BY_FIGURES[r][1] for r in wanted if r in BY_FIGURES)]
    if set(wanted) >= BY_FIGURES.keys():
        methods = list(TITLES)
    needed = bool(methods) or "meeting-times" in wanted
    rounds = [Round(mentees, folder) for mentees in sizes] if needed else []
    found = measured(rounds, methods, limit)

    def each() -> Iterator[Verdict]:
        for name in (*BY_FIGURES, *OTHERS):
            if name not in wanted:
                continue
            if name in BY_FIGURES:
                yield from BY_FIGURES[name][0](found)
            else:
                print(f"{name} ...", file=sys.stderr)
                yield from OTHERS[name](Run(sizes, rounds, found, limit))

    return found, list(each())


def plain(found: Found) -> dict[str, object]:
    """The figures as JSON has them."""

    def one(of: Figures | Stopped) -> dict[str, object]:
        if isinstance(of, Stopped):
            return {"stopped": of.seconds, "tried": of.tried}
        return {name: value for name, value in vars(of).items() if name not in ("pairs", "levels")}

    return {str(n): {m: one(of) for m, of in methods.items()} for n, methods in found.items()}


def main() -> int:
    every = (*BY_FIGURES, *OTHERS)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small rounds, in a few minutes")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="MENTEES")
    parser.add_argument("--only", nargs="+", metavar="ROW", choices=every, help=", ".join(every))
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="for each peer (300, or 60)")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--plot", type=Path, metavar="SVG", help="draw time and memory by size")
    options = parser.parse_args()
    sizes = options.sizes or list(QUICK if options.quick else SIZES)
    limit = options.limit or (60 if options.quick else 300)
    where = machine()
    with tempfile.TemporaryDirectory() as folder:
        found, verdicts = judged(list(options.only or every), sizes, limit, Path(folder))
    if options.plot:
        options.plot.write_text(plot.drawing(found, TITLES), encoding="utf-8")
    if options.json:
        rows_ = [vars(verdict) for verdict in verdicts]
        print(json.dumps({"machine": where, "rounds": plain(found), "rows": rows_}))
    else:
        print(
            *(part for part in (where, table(found) if found else "", rows(verdicts)) if part),
            sep="\n\n",
        )
    return 1 if any(verdict.reached is False for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())

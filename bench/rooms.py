#!/usr/bin/env python3
"""Delivery in rooms beside bare Flask-SocketIO, in one run: `python bench/rooms.py [--quick] [--json]`.

The load tool (bench/crowd) runs on one core, the server on another; what counts is the server's
CPU, threads and kernel included, and rounds of both alternate, so that other work of the machine
matters little. See docs/realtime.md.
"""

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # beside this file lies a `matching`

from bench.hall import steps, trials

SIZES = ((50, 10), (200, 20), (500, 50))


def quick() -> dict[str, Any]:
    """Two sizes within a minute."""
    found = {
        f"{people}/{size}": trials.compare(people, size, rounds=3, seconds=2.0)
        for people, size in SIZES[:2]
    }
    return _together(found)


def _together(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "ratio": {name: round(each["ratio"], 3) for name, each in found.items()},
        **{
            count: sum(each[count] for each in found.values())
            for count in ("acked", "stored", "received_missing", "order_disagreements")
        },
        "bare": {name: each["bare"] for name, each in found.items()},
        "ours": {name: each["ours"] for name, each in found.items()},
    }


def whole() -> dict[str, Any]:
    """Every table."""
    found = {}
    for people, size in SIZES:
        _say(f"{people} people, {size} to a room")
        found[f"{people}/{size}"] = trials.compare(people, size, rounds=3, seconds=4.0)
        _say(f"{found[f'{people}/{size}']}")
    answer = _together(found)
    answer["floor"] = {
        f"{people}/{size}": trials.lowest(people, size, rounds=2, seconds=3.0)
        for people, size in SIZES
    }
    for name, trial in (
        ("steady", lambda: trials.steady(200, 20, rounds=3, seconds=5.0)),
        ("storm 500", lambda: trials.storm(500, rounds=2)),
        ("storm 1000", lambda: trials.storm(1_000, rounds=2)),
        ("flood", lambda: trials.flood(seconds=8.0)),
        ("kill -9", trials.kill),
        ("slow reader", lambda: trials.slow_reader(seconds=15.0)),
        ("churn", lambda: trials.churn(seconds=8.0)),
        ("steps", steps.measured),
    ):
        _say(name)
        answer[name] = trial()
        _say(f"{name}: {answer[name]}")  # what was measured is not lost with what comes after
    return answer


def _say(what: str) -> None:
    print(f"{what} ...", file=sys.stderr, flush=True)


def table(answer: dict[str, Any]) -> str:
    """The answer for people."""
    lines = ["size      ratio  bare us  ours us  tool cores  ours kB/conn  bare kB/conn"]
    for name, ratio in answer["ratio"].items():
        theirs, mine = answer["bare"][name], answer["ours"][name]
        tool = max(theirs["tool_cores"], mine["tool_cores"])
        lines.append(
            f"{name:8} {ratio:6.2f} {theirs['us_per_delivery']:8.1f} "
            f"{mine['us_per_delivery']:8.1f} {tool:11.2f} "
            f"{mine['rss_kb_per_connection']:13.0f} {theirs['rss_kb_per_connection']:13.0f}"
        )
    counts = ("acked", "stored", "received_missing", "order_disagreements")
    lines.append(", ".join(f"{count} {answer[count]}" for count in counts))
    known = {"ratio", "bare", "ours", *counts}
    lines += [f"{name}: {told}" for name, told in answer.items() if name not in known]
    return "\n".join(lines)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two sizes, within a minute")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--only", default="", help="one size alone, such as 200/20")
    parser.add_argument(
        "--evening", type=float, default=0, metavar="MINUTES", help="500 people at human pace"
    )
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if asked.evening:
        print(json.dumps(trials.evening(minutes=asked.evening)))
        return
    if asked.only:
        people, size = (int(part) for part in asked.only.split("/"))
        answer = _together({asked.only: trials.compare(people, size, rounds=3, seconds=3.0)})
    else:
        answer = quick() if asked.quick else whole()
    print(json.dumps(answer) if asked.json else table(answer))


if __name__ == "__main__":
    main()

"""What is tried at the servers, one after another and in turn; each gives its figures as a dict."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.hall.serving import Server, bare, crowd, floor, ours, per_cpu

Figures = dict[str, Any]


@contextmanager
def _both(people: int, size: int, **environ: str) -> Iterator[tuple[Server, Server, Path]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with bare(folder, people, size) as theirs, ours(folder, people, size, **environ) as mine:
            yield theirs, mine, folder


def compare(people: int, size: int, *, rounds: int, seconds: float, warm: float = 0.7) -> Figures:
    """Everybody talks, each as soon as the last was answered; rounds of both in turn, medians."""
    seen: dict[str, list[Figures]] = {"bare": [], "ours": []}
    idle = {}
    with _both(people, size) as (theirs, mine, _):
        for server in (theirs, mine):  # whatever is loaded on the first visit is no connection's
            crowd(server, "talk", people=size, seconds=0.3, warm=0.3)
            idle[server.name] = server.rss()
        before = mine.stored()
        for _ in range(rounds):
            for server in (theirs, mine):
                seen[server.name].append(crowd(server, "talk", seconds=seconds, warm=warm))
        kept = mine.stored() - before
    ratios = [per_cpu(m) / per_cpu(b) for b, m in zip(seen["bare"], seen["ours"], strict=True)]
    return {
        "ratio": median(ratios),
        "ratios": ratios,
        "acked": sum(each["acked"] for each in seen["ours"]),
        "stored": kept,
        "received_missing": sum(
            each["received_missing"] + each["received_double"] for each in seen["ours"]
        ),
        "order_disagreements": sum(each["order_disagreements"] for each in seen["ours"]),
        **{name: _summary(told, idle[name], people) for name, told in seen.items()},
    }


def _summary(told: list[Figures], idle: int, people: int) -> Figures:
    return {
        "us_per_delivery": median(1e6 / per_cpu(each) for each in told),
        "deliveries_a_second": median(each["deliveries"] / each["seconds"] for each in told),
        "messages_a_second": median(each["messages"] / each["seconds"] for each in told),
        "server_cores": median(each["server_cpu"] / each["seconds"] for each in told),
        "tool_cores": max(each["tool_cores"] for each in told),
        "latency_ms": told[-1]["latency_ms"],
        "rss_kb_per_connection": (told[0]["rss_kb"] - idle) / people,
        "refused": told[-1]["refused"],
    }


def lowest(people: int, size: int, *, rounds: int, seconds: float) -> Figures:
    """The same at the `websockets` library alone."""
    with tempfile.TemporaryDirectory() as name, floor(Path(name), people, size) as server:
        told = [crowd(server, "talk", seconds=seconds) for _ in range(rounds)]
    return {"us_per_delivery": median(1e6 / per_cpu(each) for each in told)}


def fsync_ms(folder: Path, *, times: int = 50) -> float:
    """How long this disk takes to keep a page, in milliseconds."""
    took = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return 1000 * median(took)


def steady(people: int, size: int, *, rounds: int, seconds: float) -> Figures:
    """2,000 deliveries a second, as a site would have them on its busiest evening."""
    seen: dict[str, list[float]] = {"bare": [], "ours": []}
    with _both(people, size) as (theirs, mine, folder):
        for _ in range(rounds):
            for server in (theirs, mine):
                told = crowd(server, "pace", seconds=seconds, a_second=2_000 / size)
                seen[server.name].append(told["latency_ms"]["p99"])
        disk = fsync_ms(folder)
    found: Figures = {f"{name}_p99_ms": median(each) for name, each in seen.items()}
    most = 2 * found["bare_p99_ms"] + 2 * disk
    return {**found, "fsync_ms": disk, "demand_ms": most, "holds": found["ours_p99_ms"] <= most}


def storm(people: int, *, rounds: int) -> Figures:
    """Everybody is cut and comes back at once."""
    seen: dict[str, list[Figures]] = {"bare": [], "ours": []}
    with _both(people, 50) as (theirs, mine, _):
        for _ in range(rounds):
            for server in (theirs, mine):
                seen[server.name].append(crowd(server, "storm"))
    return {
        f"{name}_{what}": median(each[key] for each in told)
        for name, told in seen.items()
        for what, key in (("seconds", "seconds"), ("cpu", "server_cpu"))
    }


def flood(*, seconds: float) -> Figures:
    """Two people send a thousand messages a second each; how long the others' take meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ours(folder, 20, 20, BENCH_KEEPS_LIMITS="1") as server:
            told = {"seconds": seconds, "a_second": 15, "returning": True}
            calm = crowd(server, "pace", **told)
            before = server.rss()
            wild = crowd(server, "pace", floods=2, **told)
            grown = server.rss() - before
    return {
        "calm_p99_ms": calm["latency_ms"]["p99"],
        "flood_p99_ms": wild["latency_ms"]["p99"],
        "grown_kb": grown,
        "refused": wild["refused"],
        "cut": wild["cut"],
        "received_missing": wild["received_missing"] + wild["received_double"],
    }


def kill(*, times: int = 3) -> Figures:
    """The serving process is killed again and again while people talk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ours(folder, 40, 20) as server:

            def strike() -> None:
                for _ in range(times):
                    time.sleep(3.0)
                    for pid in server.pids:
                        os.kill(pid, signal.SIGKILL)

            seen = crowd(
                server, "pace", then=strike, seconds=4.0 * times, a_second=80, returning=True
            )
            return _counts(seen, server)


def slow_reader(*, seconds: float) -> Figures:
    """One of twenty reads nothing for a while, and then comes back."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ours(folder, 20, 20) as server:
            before = server.rss()
            seen = crowd(server, "pace", seconds=seconds, a_second=400, sleepers=1, returning=True)
            return {**_counts(seen, server), "grown_kb": server.rss() - before}


def churn(*, seconds: float) -> Figures:
    """Twenty leave and twenty come each second while the others talk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ours(folder, 100, 50) as server:
            told = {"seconds": seconds, "a_second": 40, "returning": True, "churn": 20}
            return _counts(crowd(server, "pace", **told), server)


def evening(*, minutes: float, people: int = 500, size: int = 10, every: float = 20.0) -> Figures:
    """Many rooms talk at human pace: each person says something every `every` seconds or so.

    `rss_mb` is the server's memory at the beginning and at each tenth of the time. What went out
    of late is kept in memory, 200 changes a room, so it grows until every room has had as many.
    """
    with tempfile.TemporaryDirectory() as name, ours(Path(name), people, size) as server:
        memory: list[int] = []

        def watch() -> None:
            for _ in range(11):
                memory.append(server.rss() // 1024)
                time.sleep(6 * minutes)

        seen = crowd(server, "pace", then=watch, seconds=60 * minutes, a_second=people / every)
        kept = _counts(seen, server)
    return {
        **kept,
        "refused": seen["refused"],
        "deliveries": seen["deliveries"],
        "server_cores": seen["server_cpu"] / seen["seconds"],
        "tool_cores": seen["tool_cores"],
        "rss_mb": memory,
    }


def _counts(seen: Figures, server: Server) -> Figures:
    kinds = ("acked", "received_missing", "received_double", "order_disagreements", "cut")
    return {
        **{kind: seen[kind] for kind in kinds},
        "stored": server.stored(),
        "unanswered": seen["unanswered"],
        "latency_ms": seen["latency_ms"],
    }

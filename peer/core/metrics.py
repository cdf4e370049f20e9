"""Totals for whoever keeps the site running: how many and how long, never who or what.

They are read on a listener of their own, on this machine only (PEER_METRICS_PORT), never through
the site. What could be read as the presence of a few people is given in tens, rounded down.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from wsgiref.simple_server import WSGIServer

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

disable_created_metrics()  # type: ignore[no-untyped-call]

registry = CollectorRegistry()
log = structlog.get_logger("metrics")

# The parts of the site and the reasons there are: a label takes no other value.
FEATURES: set[str] = {"static", "sockets", "other"}
REASONS = frozenset(
    [
        "budget",
        "csrf",
        "door",
        "elsewhere",
        "host",
        "invalid",
        "knocks",
        "large",
        "long",
        "malformed",
        "method",
        "origin",
        "other",
        "places",
        "session_sockets",
        "slow",
        "slow_down",
        "too_long",
    ]
)
_SHORT = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_answers = Counter(
    "peer_answers", "Answers, by part of the site.", ["feature", "answer"], registry=registry
)
_seconds = Histogram(
    "peer_answer_seconds",
    "Time until an answer began.",
    ["feature"],
    buckets=_SHORT,
    registry=registry,
)
_refusals = Counter("peer_refused", "What was refused, by reason.", ["reason"], registry=registry)
_messages = Counter("peer_messages_posted", "Messages posted.", registry=registry)
_events = {"ok": 0, "refused": 0}  # counted by the loop alone: a lock for each would cost more
_faults = Counter("peer_faults", "Pages and events that failed by our fault.", registry=registry)
_jobs = Counter("peer_jobs", "Jobs, by how they ended.", ["answer"], registry=registry)
_job_seconds = Histogram(
    "peer_job_seconds",
    "Time that jobs took.",
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300),
    registry=registry,
)

Reading = Callable[[], float]
_readings: dict[str, tuple[str, Reading]] = {}


def answered(feature: str, status: int, seconds: float) -> None:
    """An answer has begun."""
    feature = feature if feature in FEATURES else "other"
    _answers.labels(feature, f"{status // 100}xx").inc()
    if feature != "sockets":  # those wait on purpose
        _seconds.labels(feature).observe(seconds)


def refused(reason: str) -> None:
    """Something was refused."""
    _refusals.labels(reason if reason in REASONS else "other").inc()


def posted(count: int = 1) -> None:
    """Messages were posted."""
    _messages.inc(count)


def event(code: str) -> None:
    """A socket event was answered: with "ok", or with the code of a refusal."""
    if code == "ok":
        _events["ok"] += 1
        return
    _events["refused"] += 1
    refused(code)


def fault() -> None:
    """A page or an event failed by our fault."""
    _faults.inc()


def job_done(seconds: float, *, failed: bool) -> None:
    """A job has ended."""
    _jobs.labels("failed" if failed else "done").inc()
    _job_seconds.observe(seconds)


def read(name: str, about: str, reading: Reading) -> None:
    """Ask `reading` for the number `name` whenever somebody looks."""
    _readings[name] = (about, reading)


def in_tens(number: float) -> float:
    """A count of people or of what they have open: below ten it says nothing."""
    return number // 10 * 10


class _Readings(Collector):
    """Numbers that are looked up when they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each reading as it is now; one that fails is left out."""
        for name, (about, reading) in list(_readings.items()):
            with suppress(Exception):  # a look at the numbers must not disturb anybody
                yield GaugeMetricFamily(name, about, value=reading())

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing beforehand: readings are added as features are wired."""
        return iter(())


class _Events(Collector):
    """How many socket events there were, by how they ended."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The totals as they are now."""
        about = "Socket events, by how they ended."
        totals = CounterMetricFamily("peer_events", about, labels=["answer"])
        for answer, count in _events.items():
            totals.add_metric([answer], count)
        yield totals


registry.register(_Readings())
registry.register(_Events())


def text() -> str:
    """Everything as Prometheus reads it."""
    return generate_latest(registry).decode()


def listen(port: int) -> WSGIServer | None:
    """Answer Prometheus on `port` of this machine alone; None when it is taken or 0."""
    if not port:
        return None
    try:
        return start_http_server(port, addr="127.0.0.1", registry=registry)[0]
    except OSError:
        log.error("address_in_use", port=port)
        return None

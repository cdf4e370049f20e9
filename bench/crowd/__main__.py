"""`python -m crowd` reads a job as JSON from stdin, does it, and prints what was seen as JSON."""

import json
import resource
import sys
import time
from random import Random
from statistics import median
from typing import Any

from bench.crowd.loop import Loop
from bench.crowd.people import Client, Heard

QUIET = 1.5  # seconds in which nothing more comes: everything has arrived
FLOOD = 1_000  # messages a second of one who floods
AWAKE = 4.0  # seconds before the end in which sleepers read again


class Crowd:
    """The clients of one job."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job, self.heard, self.loop = job, Heard(), Loop()
        self.clients = [
            Client((job["host"], job["port"]), cookie, room, str(number), self.heard)
            for number, (cookie, room) in enumerate(job["people"])
        ]
        for client in self.clients[len(self.clients) - job.get("sleepers", 0) :]:
            client.narrow = True

    def come(self, seconds: float = 60.0) -> None:
        """Everybody connects, a few at a time, and joins their room."""
        coming = iter(self.clients)
        for _ in range(20):
            client = next(coming, None)
            if client is not None:
                self.loop.open(client)

        def next_one(_: Client) -> None:
            following = next(coming, None)
            if following is not None:
                self.loop.open(following)

        for client in self.clients:
            client.on_joined = next_one
        self._expect(self.loop.run(seconds, lambda: self._are("in")), "not everybody came in")
        for client in self.clients:
            client.on_joined = lambda _: None

    def _are(self, state: str) -> bool:
        if self.loop.cut and not self.loop.returning:
            raise SystemExit(f"cut: {self.loop.cut[0].ended}")
        return all(client.state == state for client in self.clients)

    def _expect(self, so: bool, otherwise: str) -> None:
        if not so:
            states = sorted({client.state for client in self.clients})
            raise SystemExit(f"{otherwise}: {states}")

    def talk(self) -> None:
        """Each of the first `talkers` says the next thing as soon as the last was answered."""
        for client in self.clients[: self.job.get("talkers", len(self.clients))]:
            client.talks = True
            client.speak()
        self.loop.run(self.job.get("warm", 1.0))
        self._begin()
        self.loop.run(self.job["seconds"])
        self._end()

    def pace(self) -> None:
        """Together they say `a_second` things a second, whoever has nothing under way.

        Meanwhile the first `floods` send without pause, the last `sleepers` read nothing until
        shortly before the end, and `churn` a second hang up and come back.
        """
        job, chance = self.job, Random(1)
        floods, sleepers = job.get("floods", 0), job.get("sleepers", 0)
        wild, calm = self.clients[:floods], self.clients[floods : len(self.clients) - sleepers]
        asleep = self.clients[len(self.clients) - sleepers :]
        due = flooded = churned = 0
        warm, seconds = job.get("warm", 1.0), job["seconds"]
        began = time.perf_counter()
        for client in asleep:
            self.loop.pause(client)
        while (now := time.perf_counter() - began) < warm + seconds:
            if not self.heard.measuring and now >= warm:
                self._begin()
            while due < now * job["a_second"]:
                due += 1
                free = chance.choice(calm)
                if not free.busy and free.state == "in":
                    free.speak()
            while wild and flooded < now * FLOOD:
                flooded += 1
                for client in wild:
                    client.flood(flooded)
            while churned < now * job.get("churn", 0):
                churned += 1
                self._come_again(chance.choice(calm))
            if asleep and now > warm + seconds - AWAKE:
                for client in asleep:
                    self.loop.resume(client)
                asleep = []
            self.loop.turn(0.002)
        self._end()

    def _come_again(self, client: Client) -> None:
        """Hang up and come back, as a telephone does that changes networks."""
        if client.state == "in":
            self.loop.close(client)
            self.loop.open(client)

    def _begin(self) -> None:
        self._tell("begin")
        self.heard.measuring = True
        self._had = (self.heard.deliveries, len(self.heard.acked), time.perf_counter())
        self._cpu = resource.getrusage(resource.RUSAGE_SELF)

    def _end(self) -> None:
        self.heard.measuring = False
        self._tell("end")
        spent = resource.getrusage(resource.RUSAGE_SELF)
        deliveries, acked, began = self._had
        wall = time.perf_counter() - began
        cpu = spent.ru_utime + spent.ru_stime - self._cpu.ru_utime - self._cpu.ru_stime
        self.figures = {
            "deliveries": self.heard.deliveries - deliveries,
            "messages": len(self.heard.acked) - acked,
            "seconds": wall,
            "tool_cores": cpu / wall,
        }

    def _tell(self, word: str) -> None:
        """Have whoever started us look at the server's CPU now."""
        print(word, flush=True)
        sys.stdin.readline()

    def settle(self) -> None:
        """Wait until every answer and every delivery has come."""
        for client in self.clients:
            client.talks = False
        self.loop.run(60.0, lambda: not any(client.busy for client in self.clients))
        had, since = -1, time.perf_counter()
        while time.perf_counter() - since < QUIET:
            self.loop.run(0.1)
            if self.heard.deliveries != had:
                had, since = self.heard.deliveries, time.perf_counter()

    def report(self) -> dict[str, Any]:
        """What was seen, in the end."""
        heard = self.heard
        rooms: dict[str, list[Client]] = {}
        for client in self.clients:
            rooms.setdefault(client.room, []).append(client)
        missing = disagreeing = 0
        for people in rooms.values():
            order = max((client.seen for client in people), key=len)
            last = max(client.have or 0 for client in people)
            for client in people:
                missing += last - (client.have or 0)
                disagreeing += sum(
                    1 for seq, token in client.seen.items() if order.get(seq, token) != token
                )
        return {
            **getattr(self, "figures", {}),
            "acked": len(heard.acked),
            "refused": heard.refused,
            "cut": heard.cut,
            "received_missing": missing + heard.skipped,
            "received_double": heard.doubled,
            "order_disagreements": disagreeing,
            "latency_ms": spread(heard.waits),
            "ack_ms": spread(heard.acks),
            "unanswered": sum(client.busy for client in self.clients),
        }


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile and longest, in milliseconds."""
    if not seconds:
        return {}
    order = sorted(seconds)
    return {
        "p50": 1000 * median(order),
        "p95": 1000 * order[len(order) * 95 // 100],
        "p99": 1000 * order[len(order) * 99 // 100],
        "longest": 1000 * order[-1],
    }


def storm(crowd: Crowd) -> dict[str, Any]:
    """Everybody is cut and comes back at once, missing what was said meanwhile."""
    crowd.come()
    for client in crowd.clients:
        crowd.loop.close(client)
    crowd.loop.run(1.0)
    crowd._tell("begin")
    began = time.perf_counter()
    for client in crowd.clients:
        crowd.loop.open(client)
    crowd._expect(crowd.loop.run(90.0, lambda: crowd._are("in")), "not everybody came back")
    took = time.perf_counter() - began
    crowd._tell("end")
    return {"seconds": took, **crowd.report()}


def main() -> None:
    """Do one job."""
    job = json.loads(sys.stdin.readline())
    crowd = Crowd(job)
    if job["do"] == "storm":
        answer = storm(crowd)
    else:
        crowd.loop.returning = job.get("returning", False)
        crowd.come()
        crowd._tell("in")
        getattr(crowd, job["do"])()
        crowd.settle()
        answer = crowd.report()
    print(json.dumps(answer), flush=True)


main()

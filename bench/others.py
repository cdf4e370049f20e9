"""The rows of the table of demands that need runs of their own."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from demands import Found, Verdict
from running import AGAIN, HERE, QUICK, Figures, Round, child, environment


@dataclass(frozen=True)
class Run:
    """What there is to look at: sizes, their rounds, what was measured, seconds for each peer."""

    sizes: list[int]
    rounds: list[Round]
    found: Found
    limit: float


Row = Callable[[Run], Iterator[Verdict]]


def _ours(method: str, size: int) -> dict[str, object]:
    answer = child(sys.executable, HERE / "ours.py", method, size, size // 4, 1)
    assert answer is not None
    return answer


def meeting_times(run: Run) -> Iterator[Verdict]:
    """Deciding starts along with pairs, against giving out starts to pairs that are decided."""
    asked = ">= 5 % more people with a meeting time than assign-then-schedule"
    for round_ in run.rounds:
        figures = run.found.get(round_.mentees, {})
        one, other = (
            figures[name]
            if name in figures
            else round_.measure(sys.executable, HERE / "ours.py", name, *round_.sizes)
            for name in ("full", "count-total")
        )
        assert isinstance(one, Figures)
        assert isinstance(other, Figures)
        later = round_.schedulable(other.pairs)
        more = one.matched / later - 1
        text = f"{round_.mentees:,}: {one.matched:,} against {later:,}, {more:+.1%}"
        reached = more >= 0.05 if round_.mentees >= 1_000 else None
        yield Verdict("meeting-times", asked, text, reached)


def incremental(run: Run) -> Iterator[Verdict]:
    """A round in which running pairs stay, against one that is solved anew."""
    asked = "pinned incremental round <= 1/20 of a full solve"
    for size in run.sizes:
        answer = _ours("incremental", size)
        anew = answer["anew"]
        deciding, whole = anew["cpu"] / answer["cpu"], anew["whole"] / answer["whole"]
        text = (
            f"{size:,}: 1/{deciding:.0f} ({answer['cpu']:.3f} of {anew['cpu']:.2f} s; with reading "
            f"profiles and reasons for everybody {answer['whole']:.2f} of {anew['whole']:.2f} s, "
            f"1/{whole:.1f}); {answer['let_go']:,} of {answer['running']:,} pairs part, anew "
            f"{answer['parted']:,}; matched {len(answer['pairs'][0]):,}, anew {anew['matched']:,}"
        )
        yield Verdict("incremental", asked, text, deciding >= 20 if size == 10_000 else None)


def relabelling(run: Run) -> Iterator[Verdict]:
    """The same round with lists in another order; and under other ids, which break ties."""
    for size in (size for size in run.sizes if size <= 5_000):
        answer = _ours("relabelled", size)
        asked = "pairs changed when lists come in another order: 0"
        text = f"{size:,}: {answer['changed']} of {answer['matched']:,}"
        yield Verdict("relabelling", asked, text, answer["changed"] == 0)
        asked = "levels changed when everybody has another id: 0"
        text = (
            f"{size:,}: {answer['levels_changed']} (the ids decide between equal rounds: "
            f"{answer['equals_changed']} of {answer['matched']:,} pairs are others)"
        )
        yield Verdict("relabelling", asked, text, answer["levels_changed"] == 0)


def _least(command: tuple[object, ...], limit: float | None = None) -> dict[str, object] | None:
    """The quickest of three runs, one after another; None when the first was stopped."""
    found = child(*command, limit=limit)
    for _ in range(AGAIN):
        again = child(*command, limit=limit) if found and found["cpu"] < QUICK else None
        found = min(found, again, key=lambda one: one["cpu"]) if again else found
    return found


def mentor_match(run: Run) -> Iterator[Verdict]:
    """The package mentor-match on people of its own kind."""
    people = 500 if max(run.sizes) > 1_000 else 150
    of_ours = (sys.executable, HERE / "given.py", "civil-servants", people, 1)
    of_theirs = (environment("mentor-match"), HERE / "mentor_match.py", people, 1)
    ours, theirs = _least(of_ours), _least(of_theirs, limit=max(run.limit, 600))
    asked = "mentor-match on 500 x 500 of its own kind: same score, >= 100x faster"
    if theirs is None:
        yield Verdict("mentor-match", asked, f"stopped after {max(run.limit, 600):.0f} s", None)
        return
    ratio = theirs["cpu"] / ours["cpu"]
    same = theirs["total"] == ours["total"]
    text = (
        f"{people} x {people}: score {ours['total']:,} and {theirs['total']:,}, "
        f"{ratio:.0f}x ({ours['cpu']:.3f} and {theirs['cpu']:.1f} s)"
    )
    yield Verdict("mentor-match", asked, text, same and (ratio >= 100 if people >= 500 else None))


def small_cases(_run: Run) -> Iterator[Verdict]:
    """The whole chain of levels by CP-SAT on random small rounds."""
    answer = child(sys.executable, HERE / "chain.py", 40)
    text = f"{answer['equal']} of {answer['cases']} equal at every level"
    asked = "equal to a chain of CP-SAT solves on >= 40 random rounds"
    yield Verdict("cpsat-cases", asked, text, answer["equal"] == answer["cases"] >= 40)


def sides(run: Run) -> Iterator[Verdict]:
    """Couples who must not share a mentor, and one mentee with high need for each mentor."""
    script = HERE / "sides.py"
    if 1_000 in run.sizes:
        ours = child(sys.executable, script, "ours", 1_000)
        same = child(sys.executable, script, "count-total", 1_000)
        theirs = child(sys.executable, script, "cpsat", 1_000, limit=max(run.limit, 600))
        took = theirs["cpu"] if theirs else max(run.limit, 600)
        ratio = took / same["cpu"]
        text = (
            f"1,000: {ratio:.1f}x for the same, count and total ({same['cpu']:.2f} of {took:.1f} s, "
            f"{_proven(same)}); {took / ours['cpu']:.1f}x for every level and the ties "
            f"({ours['cpu']:.1f} s, {_proven(ours)})"
        )
        asked = "side constraints proven, >= 8x faster than naive CP-SAT at 1,000"
        yield Verdict("sides", asked, text, same["proven"] and (ratio >= 8))
    if 10_000 in run.sizes:
        ours = child(sys.executable, script, "ours", 10_000)
        asked = "side constraints proven, 10,000 within 2 minutes"
        text = f"10,000: {ours['cpu']:.0f} s, {ours['mib']:,} MiB, {_proven(ours)}"
        yield Verdict("sides", asked, text, ours["proven"] and ours["cpu"] <= 120)


def _proven(answer: dict[str, object]) -> str:
    return "every level proven" if answer["proven"] else "not proven"


def published(run: Run) -> Iterator[Verdict]:
    """Rounds like the published ones of other fields, against a known optimum."""
    big = max(run.sizes) > 1_000
    for kind, shape in (
        ("assignment", (800,) if big else (200,)),
        ("reviewing", (250, 150) if big else (60, 40)),
    ):
        ours = child(sys.executable, HERE / "given.py", kind, *shape, 1)
        theirs = child(environment("peers"), HERE / "optimum.py", kind, *shape, 1)
        text = (
            f"{kind} {' x '.join(map(str, shape))}: {ours['total']:,} and {theirs['total']:,}; "
            f"{ours['cpu']:.2f} s deciding, {ours['whole']:.2f} s solve, {ours['reading']:.2f} s "
            f"reading {ours['megabytes']:.0f} MB, {ours['mib']:,} MiB ({ours['engine']}, "
            f"{ours['status']}); {theirs['method']} {theirs['cpu']:.2f} s"
        )
        asked = "problems like those of the OR-Library and of reviewing: the known optimum"
        yield Verdict("published", asked, text, ours["total"] == theirs["total"])


OTHERS: dict[str, Row] = {
    "meeting-times": meeting_times,
    "incremental": incremental,
    "relabelling": relabelling,
    "mentor-match": mentor_match,
    "cpsat-cases": small_cases,
    "sides": sides,
    "published": published,
}

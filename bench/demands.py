"""What is asked of the engine, one row each: the demand, what was measured, and whether it holds.

Times are CPU seconds of the same run, compared as ratios. Where a peer was stopped after some
time, the ratio is at least what it came to by then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from running import Figures, Stopped

#: CPU seconds that are too few to be compared.
TOO_SHORT = 0.002
Found = dict[int, dict[str, Figures | Stopped]]


@dataclass(frozen=True)
class Verdict:
    """One row: ``reached`` is None where this run says nothing either way."""

    row: str
    demand: str
    measured: str
    reached: bool | None


def seconds(of: Figures | Stopped | None) -> tuple[float, bool]:
    """CPU seconds, and whether the method was done by then."""
    if isinstance(of, Stopped):
        return of.seconds, False
    return (of.cpu, True) if of else (0.0, False)


def _under(row: str, asked: str, ours: str, peer: str, most: float, sizes: tuple[int, ...]):
    """Ours takes at most so many times what the peer takes."""

    def judge(found: Found) -> Iterator[Verdict]:
        for size, methods in found.items():
            mine, theirs = methods.get(ours), methods.get(peer)
            if not isinstance(mine, Figures) or not isinstance(theirs, Figures):
                continue
            if theirs.cpu < TOO_SHORT:
                continue
            ratio = mine.cpu / theirs.cpu
            yield _verdict(row, asked, size, sizes, f"{ratio:.2f}x", ratio <= most)

    return judge


def _quicker(row: str, asked: str, ours: str, peer: str, least: dict[int, float]):
    """Ours is at least so many times faster than the peer."""

    def judge(found: Found) -> Iterator[Verdict]:
        for size, methods in found.items():
            mine, theirs = methods.get(ours), methods.get(peer)
            if not isinstance(mine, Figures) or theirs is None:
                continue
            if isinstance(theirs, Stopped) and not theirs.tried:
                continue
            took, done = seconds(theirs)
            if mine.cpu < TOO_SHORT:
                continue
            ratio = took / mine.cpu
            text = f"{ratio:.1f}x" if done else f"over {ratio:.0f}x (stopped after {took:.0f} s)"
            enough = ratio >= least.get(size, 0)
            reached = enough if done or enough else None
            yield _verdict(row, asked, size, tuple(least), text, reached)

    return judge


def _memory(found: Found) -> Iterator[Verdict]:
    for size, methods in found.items():
        ours, scipy = methods.get("full"), methods.get("scipy")
        if isinstance(ours, Figures) and isinstance(scipy, Figures):
            ratio = ours.mib / scipy.mib
            text = f"{ratio:.2f}x ({ours.mib:,} of {scipy.mib:,} MiB)"
            asked = "memory: full chain with starts <= 0.5x scipy"
            yield _verdict("scipy-memory", asked, size, (5_000, 10_000), text, ratio <= 0.5)


def _growth(found: Found) -> Iterator[Verdict]:
    small, large = (found.get(size, {}).get("full") for size in (5_000, 10_000))
    if isinstance(small, Figures) and isinstance(large, Figures):
        ratio = large.cpu / small.cpu
        asked = "growth: full chain at 10,000 <= 5x at 5,000"
        yield Verdict("growth", asked, f"{ratio:.2f}x", ratio <= 5)


def _absolute(found: Found) -> Iterator[Verdict]:
    for size, (most, room) in {1_000: (0.5, 1_024), 10_000: (15.0, 1_024)}.items():
        ours = found.get(size, {}).get("full")
        if isinstance(ours, Figures):
            asked = f"a guide: {size:,} solved, reasons and all, in {most:g} s and 1 GiB"
            text = f"{ours.whole:.2f} s ({ours.cpu:.2f} s deciding), {ours.mib:,} MiB"
            yield Verdict("absolute", asked, text, ours.whole <= most and ours.mib <= room)


def _gaps(found: Found) -> Iterator[Verdict]:
    for size, methods in found.items():
        ours = methods.get("full")
        if isinstance(ours, Figures):
            open_ = [name for name, value, bound in ours.levels if value != bound]
            text = f"{size:,}: {len(ours.levels)} levels, {len(open_)} with a gap"
            asked = "every level has gap 0 by a certificate in whole numbers"
            yield Verdict("certificate", asked, text, not open_)


def _verdict(
    row: str, asked: str, size: int, sizes: tuple[int, ...], text: str, reached: bool | None
) -> Verdict:
    """A row at one size; at sizes that are not asked for it is only told."""
    return Verdict(row, asked, f"{size:,}: {text}", reached if size in sizes else None)


Judge = Callable[[Found], Iterator[Verdict]]

#: The rows that follow from the figures of the methods: the judge, and the methods it looks at.
BY_FIGURES: dict[str, tuple[Judge, tuple[str, ...]]] = {
    "scipy": (
        _under(
            "scipy",
            "full chain with starts <= 1.3x scipy's linear_sum_assignment without them",
            "full",
            "scipy",
            1.3,
            (5_000, 10_000),
        ),
        ("full", "scipy"),
    ),
    "scipy-memory": (_memory, ("full", "scipy")),
    "plain-flow": (
        _under(
            "plain-flow",
            "full chain with starts <= 6x one plain SimpleMinCostFlow for the total",
            "full",
            "plain-flow",
            6.0,
            (10_000,),
        ),
        ("full", "plain-flow"),
    ),
    "count-total": (
        _quicker(
            "count-total",
            "count and total, no starts, >= 4x faster than scipy",
            "count-total",
            "scipy",
            {10_000: 4.0},
        ),
        ("count-total", "scipy"),
    ),
    "cpsat": (
        _quicker(
            "cpsat",
            "full chain >= 40x faster than CP-SAT's slot model with one objective",
            "full",
            "cpsat-starts",
            {1_000: 40.0},
        ),
        ("full", "cpsat-starts"),
    ),
    "hospital-resident": (
        _quicker(
            "hospital-resident",
            "no starts >= 10x (1,000), >= 100x (10,000) faster than HospitalResident",
            "count-total",
            "hospital-resident",
            {1_000: 10.0, 10_000: 100.0},
        ),
        ("count-total", "hospital-resident"),
    ),
    "certificate": (_gaps, ("full",)),
    "growth": (_growth, ("full",)),
    "absolute": (_absolute, ("full",)),
}

"""Why no more people could be placed: a circle of mentees who share too few places.

What Hall's theorem promises is made visible: from a mentee without a mentor, follow every place
that they could have to whoever has it, and on from there. All these mentees together can be
placed only there, and there are fewer places than mentees (König's theorem says so of each best
count). For one mentee the circle is the smallest there is: take anybody who could give way out of
it, and all others fit in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.explain.standing import Standing
from matching.table.scoring import Bools, Ints


@dataclass(frozen=True, slots=True)
class Circle:
    """Mentees who can be placed only with these mentors, who have too few places for them.

    That is apart from places of pairs that go on or are pinned: with those mentors they may fit too.

    ``full`` are mentors all of whose places are counted; of other ``mentors`` only single
    ``hours`` are within reach, each good for one meeting. Always ``short = len(mentees) -
    places``, and as many of these mentees are without a mentor. Pairs that go on as before, and
    their places, are not counted.
    """

    mentees: tuple[str, ...]
    without: tuple[str, ...]
    full: tuple[str, ...]
    mentors: tuple[str, ...]
    hours: int
    places: int

    @property
    def short(self) -> int:
        """How many of them can't have a place, however places are given out."""
        return len(self.mentees) - self.places

    @property
    def counts(self) -> dict[str, int]:
        """How many of each there are."""
        return {
            "mentees": len(self.mentees),
            "without": len(self.without),
            "places": self.places,
            "mentors": len(self.mentors),
            "hours": self.hours,
        }


def around(standing: Standing, mentees: Sequence[int]) -> Circle:
    """The circle around mentees without a mentor, all of it.

    ValueError when one more could be placed: the solution does not place as many as can be.
    """
    seen = standing.arcs.reachable(np.array(mentees, dtype=np.intp), ~standing.giving_up)
    return _circle(standing, seen)


def circles(standing: Standing) -> tuple[Circle, ...]:
    """The circles of everybody without a mentor who could meet somebody, the largest lack first.

    No two share a mentee or a place. ValueError as in ``around``.
    """
    rows = [row for row in standing.waiting if standing.open_to_somebody[row]]
    seen = standing.arcs.reachable(np.array(rows, dtype=np.intp), ~standing.giving_up)
    label = _components(standing, seen)
    found = [_circle(standing, label == number) for number in np.unique(label[rows]).tolist()]
    return tuple(sorted(found, key=lambda circle: (-circle.short, circle.mentees)))


def _circle(standing: Standing, seen: Bools) -> Circle:
    problem, first = standing.problem, standing.mentees + standing.mentors
    if seen[standing.end]:
        raise ValueError("one more could be placed: the solution does not place as many as can be")
    whole = np.flatnonzero(seen[standing.mentees : first])
    owners = standing.hours[seen[first : standing.end]] // standing.task.offers.shape[1]
    single = owners[~np.isin(owners, whole)]
    rows = np.flatnonzero(seen[: standing.mentees]).tolist()
    names = [problem.mentees[row].id for row in rows]
    return Circle(
        mentees=tuple(names),
        without=tuple(name for name in names if name not in standing.pair_of),
        full=tuple(problem.mentors[row].id for row in whole.tolist()),
        mentors=tuple(
            problem.mentors[row].id for row in np.unique(np.concatenate([whole, single])).tolist()
        ),
        hours=len(single),
        places=int(standing.task.capacity[whole].sum()) + len(single),
    )


def _components(standing: Standing, seen: Bools) -> Ints:
    """A number for each node that is seen, the same for nodes that hang together; -1 elsewhere."""
    arcs = standing.arcs
    inside = seen[arcs.tail] & seen[arcs.head]
    tail, head = arcs.tail[inside], arcs.head[inside]
    label = np.where(seen, np.arange(arcs.nodes), -1)
    while True:
        before = label.copy()
        lowest = np.minimum(label[tail], label[head])
        np.minimum.at(label, tail, lowest)
        np.minimum.at(label, head, lowest)
        label[seen] = label[label[seen]]
        if np.array_equal(before, label):
            return label

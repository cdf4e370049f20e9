"""What goes into a round and what comes out: plain frozen values, no behaviour.

The fields mirror the keys of ``commonroom.matching/1`` and ``commonroom.solution/1`` one to
one (docs/matching.md describes both). Build them in code or read them with ``codec.loads``;
``solve`` checks them either way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PROBLEM_FORMAT = "commonroom.matching/1"
SOLUTION_FORMAT = "commonroom.solution/1"

#: Why a pair can't be, in the order in which reasons are given.
RULES = (
    "no_language",
    "no_time",
    "identity",
    "topics",
    "area",
    "avoided",
    "forbidden",
    "no_capacity",
    "floor",
)
#: Why a mentee is without a mentor: a rule, several of them, or others were placed first.
REASONS = (*RULES, "several", "contested")
#: What a score is made of.
PARTS = ("interests", "availability", "language", "style", "preference")
OBJECTIVES = ("matched", "worst", "levels", "total", "disruption")
#: Instead of them all: the round in which no two people would rather meet each other.
STABLE = "stable"

Keep = Literal["pinned", "prefer"]
Status = Literal["optimal", "feasible"]
LevelValue = int | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Grid:
    """The week: ``cells`` equal steps from Monday 00:00 UTC; a meeting takes some in a row."""

    cells: int = 336
    meeting_cells: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentee:
    """A person who asks for a mentor. ``free`` are cells of the week, any order."""

    id: str
    languages: Mapping[str, int] = field(default_factory=dict)
    free: tuple[int, ...] = ()
    identity: str | None = None
    accepts: tuple[str, ...] | None = None
    topics: tuple[str, ...] = ()
    area: str | None = None
    interests: Mapping[str, int] = field(default_factory=dict)
    style: Mapping[str, float] = field(default_factory=dict)
    prefers: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    priority: int = 1
    high_need: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor:
    """A vetted volunteer. ``starts`` are meeting starts on offer, not overlapping."""

    id: str
    capacity: int
    languages: Mapping[str, int] = field(default_factory=dict)
    starts: tuple[int, ...] = ()
    identity: str | None = None
    accepts: tuple[str, ...] | None = None
    declines: tuple[str, ...] = ()
    area: str | None = None
    interests: Mapping[str, int] = field(default_factory=dict)
    style: Mapping[str, float] = field(default_factory=dict)
    prefers: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    max_high_need: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A mentee and a mentor by id: something to hold (a pin) or to rule out (a forbid)."""

    mentee: str
    mentor: str


@dataclass(frozen=True, slots=True)
class Continuing:
    """A pair that meets already, at ``start`` (None when the problem is timeless)."""

    mentee: str
    mentor: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class GivenPair:
    """A pair with a score decided elsewhere (0 to 10^9)."""

    mentee: str
    mentor: str
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Mentees who have something in common, such as a shelter or a court case.

    No mentor has more than ``per_mentor`` of them; ``at_least`` so many are to be matched.
    """

    id: str
    mentees: tuple[str, ...]
    per_mentor: int | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Mentors who have, together, no more than ``at_most`` pairs: a supervisor's load."""

    id: str
    mentors: tuple[str, ...]
    at_most: int


@dataclass(frozen=True, slots=True)
class Side:
    """Rules that bind several people: ``apart`` names mentees who never share a mentor."""

    apart: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()
    teams: tuple[Team, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts; only the proportions matter."""

    interests: int = 40
    availability: int = 15
    language: int = 10
    style: int = 15
    preference: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that one round is decided from.

    ``may_change``: so many of the pairs that ``keep`` holds may get another mentor or another
    hour, if somebody more is placed thereby; nobody loses their mentor altogether.
    """

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    grid: Grid = Grid()
    continuing: tuple[Continuing, ...] = ()
    pins: tuple[Link, ...] = ()
    forbids: tuple[Link, ...] = ()
    keep: Keep = "pinned"
    may_change: int = 0
    floor: int = 0
    side: Side = Side()
    weights: Weights = Weights()
    thresholds: tuple[int, ...] = (150, 200, 250, 300, 350, 400)
    objective: tuple[str, ...] = ("matched", "worst", "levels", "total")
    pairs: tuple[GivenPair, ...] | None = None
    timeless: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A mentee, a mentor, when they meet, and why it is worth ``score`` (``parts`` add up)."""

    mentee: str
    mentor: str
    start: int | None
    score: int
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Help:
    """One rule which, if it gave way altogether, would open ``mentors`` more mentors.

    ``examples`` are what it is about with some of them, the most common first: language codes,
    starts, topics, identities, areas, mentor ids or scores, as the rule has it. (One by itself may not
    be enough: ``explain.helpful``.)
    """

    rule: str
    mentors: int
    examples: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A mentee without a mentor. ``blockers``: mentors that a rule *alone* rules out."""

    mentee: str
    reason: str
    blockers: Mapping[str, int]
    would_help: tuple[Help, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the objective: what was reached and what was proven possible at best.

    ``levels`` has one number per threshold; ``worst`` is None when there is no pair.
    """

    name: str
    value: LevelValue
    bound: LevelValue


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the price ladder: ``more`` people placed when ``changes`` running pairs change.

    No fewer changes place so many, and so few changes place no more.
    """

    changes: int
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An answer. ``optimal`` says that every level was proven, not only found."""

    problem_sha256: str
    seed: int
    engine: str
    status: Status
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    levels: tuple[Level, ...]
    blocking_pairs: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a problem or a solution, and where: ``$.mentees[3].free[2]``."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class FileFaultsError(ValueError):
    """A problem or solution that can't be used; ``faults`` holds all that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that a solution breaks: a short code, the people it concerns, a sentence."""

    rule: str
    people: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A continuing pair that can't be held any more, and the rules that say so."""

    mentee: str
    mentor: str
    start: int | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One reason: a code, the facts behind it, and an English sentence made from them."""

    code: str
    facts: Mapping[str, int | str | tuple[str, ...] | tuple[int, ...] | None]
    text: str

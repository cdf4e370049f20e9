"""What peer groups are made from and what comes out: plain frozen values, no behaviour.

The fields mirror the keys of ``commonroom.cohorts/1`` and ``commonroom.cohorts-solution/1`` one
to one (docs/cohorts.md describes both). Build them in code or read them with ``codec.loads``;
``solve`` checks them either way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matching.problem import Grid, Level, Status

PROBLEM_FORMAT = "commonroom.cohorts/1"
SOLUTION_FORMAT = "commonroom.cohorts-solution/1"

#: Why a person can't come to a session, in the order in which reasons are given.
RULES = ("no_language", "no_time", "theme", "identity", "avoided", "pinned")
#: What a group as a whole must keep.
GROUP_RULES = ("size", "spread", "alone_in_language", "alone_in_identity", "apart", "identity")
#: Why a person is in no group: a rule, several of them, too few others, or others were placed.
REASONS = (*RULES, "several", "no_session", "too_few", "contested")
#: What a person's fit is made of.
PARTS = ("theme", "language")
OBJECTIVES = ("placed", "worst", "levels", "total", "sizes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who asks for a group. ``free`` are cells of the week, any order.

    ``offset`` is their time zone in minutes east of UTC, None if unknown. ``themes`` is what the
    group may be about (empty: anything). ``accepts`` lists the identities that the others may
    have (None: any). ``alone_in_language``: would not mind being the only one with their best
    language. ``alone_in_identity``: would not mind being the only one of their identity.
    """

    id: str
    languages: Mapping[str, int] = field(default_factory=dict)
    free: tuple[int, ...] = ()
    offset: int | None = None
    themes: Mapping[str, int] = field(default_factory=dict)
    identity: str | None = None
    accepts: tuple[str, ...] | None = None
    alone_in_language: bool = False
    alone_in_identity: bool = True
    avoids: tuple[str, ...] = ()
    priority: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilitator:
    """Who holds up to ``groups`` groups a week, never two at once. ``themes`` None: any."""

    id: str
    groups: int
    languages: Mapping[str, int] = field(default_factory=dict)
    free: tuple[int, ...] = ()
    themes: tuple[str, ...] | None = None
    identity: str | None = None
    accepts: tuple[str, ...] | None = None
    avoids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """People who come into one group, or into none; what else is given must be so as well."""

    people: tuple[str, ...]
    facilitators: tuple[str, ...] = ()
    start: int | None = None
    language: str | None = None
    theme: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What every group keeps: ``max_spread`` is in minutes between time zones, None: any."""

    min_size: int = 6
    max_size: int = 10
    ideal_size: int = 8
    facilitators: int = 1
    max_spread: int | None = 360


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the fit counts; only the proportions matter."""

    theme: int = 60
    language: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that groups are formed from."""

    people: tuple[Person, ...]
    facilitators: tuple[Facilitator, ...]
    grid: Grid = field(default_factory=Grid)
    rules: Rules = Rules()
    pins: tuple[Pin, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    weights: Weights = Weights()
    thresholds: tuple[int, ...] = (300, 500, 700)
    objective: tuple[str, ...] = OBJECTIVES


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a group, and why it fits them by ``fit`` points (``parts`` add up)."""

    person: str
    fit: int
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Group:
    """A group that meets once a week. ``theme`` None: its people named no theme."""

    facilitators: tuple[str, ...]
    start: int
    language: str
    theme: str | None
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would be otherwise: a rule, and what it would take (None: only to allow it).

    ``no_time``: the start at which to be free; ``no_language``: a language to speak; ``theme``: a
    theme to be open to; ``identity``: an identity to accept; ``spread``: minutes; ``size``: people
    in a group; ``alone_in_language`` and ``alone_in_identity``: not to mind it.
    """

    rule: str
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """Changes which together make room in a group (by its place in ``groups``)."""

    group: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A person without a group.

    ``blockers``: sessions that a rule *alone* rules out. ``short``: how many people are missing
    in the best session that the person could come to; 0 when enough of them could.
    """

    person: str
    reason: str
    blockers: Mapping[str, int]
    short: int
    would_help: tuple[Help, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An answer. ``optimal`` says that every level was proven, not only found."""

    problem_sha256: str
    seed: int
    engine: str
    status: Status
    groups: tuple[Group, ...]
    unplaced: tuple[Unplaced, ...]
    levels: tuple[Level, ...]
    seconds: float = 0.0

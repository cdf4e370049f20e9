"""What has to hold of any answer before its pairs or groups are looked at."""

from collections.abc import Iterator
from typing import Protocol

from matching.problem import BrokenRule, Level, LevelValue

#: Levels of which less is better.
LESS_IS_BETTER = ("levels", "disruption", "stable", "sizes")


class Answer(Protocol):
    """What a solution of pairs and one of groups have in common."""

    @property
    def problem_sha256(self) -> str:
        """Which problem it answers."""

    @property
    def status(self) -> str:
        """Whether every level is proven."""

    @property
    def levels(self) -> tuple[Level, ...]:
        """What was reached and what is possible at best."""

    @property
    def seconds(self) -> float:
        """How long it took."""


def broken(answer: Answer, objective: tuple[str, ...], *, is_answer: bool) -> Iterator[BrokenRule]:
    """Whether it answers the problem, has a status, and has the levels of the objective."""
    if not is_answer:
        yield BrokenRule("problem", (), "The solution answers another problem (problem_sha256).")
    if answer.status not in ("optimal", "feasible"):
        yield BrokenRule("status", (), f"{answer.status!r} is not a status.")
    if not answer.seconds >= 0:
        yield BrokenRule("figures", (), "seconds can't be below 0.")
    names = tuple(level.name for level in answer.levels)
    if names != objective:
        text = f"The levels are {', '.join(names)}, not those of the objective in its order."
        yield BrokenRule("levels", (), text)


def broken_level(level: Level, value: LevelValue, status: str) -> Iterator[BrokenRule]:
    """A level that is not what the answer comes to, or a bound that can't be one."""
    if level.value != value:
        text = f"The level {level.name} comes to {value}, not {level.value}."
        yield BrokenRule("levels", (), text)
    if bound_is_beaten(level):
        text = f"The level {level.name} comes to {level.value}, and its bound is {level.bound}."
        yield BrokenRule("bound", (), text)
    if status == "optimal" and level.bound != level.value:
        text = f"The level {level.name} is called optimal, its bound is {level.bound}."
        yield BrokenRule("status", (), text)


def bound_is_beaten(level: Level) -> bool:
    """Whether a value is better than what is said to be the best there can be."""
    value, bound = level.value, level.bound
    if isinstance(value, tuple) and isinstance(bound, tuple):
        return len(value) != len(bound) or any(
            one < least for one, least in zip(value, bound, strict=True)
        )
    if isinstance(value, tuple) or isinstance(bound, tuple):
        return True
    return _better(level.name, value, bound)


def _better(name: str, value: int | None, bound: int | None) -> bool:
    if value is None or bound is None:
        return value is not None and bound is None
    return value < bound if name in LESS_IS_BETTER else value > bound

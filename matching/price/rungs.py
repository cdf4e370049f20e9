"""What it costs running pairs that more people get a mentor: the ladder, step by step."""

from dataclasses import dataclass, replace

from matching import engine
from matching.files.validity import faults
from matching.problem import Explanation, FileFaultsError, Problem, Rung

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs; ``proven`` when there are no others."""

    rungs: tuple[Rung, ...]
    proven: bool


def ladder(problem: Problem, seed: int = 0, time_limit: float | None = None) -> tuple[Rung, ...]:
    """How many more people are placed when at most so many running pairs may change.

    The first rung is (0, 0): the round in which all that is held stands. Each rung after it
    places more people than the one before, with the fewest changes that can; after the last
    nothing more is gained. Nobody who has a mentor on the first rung is without one on any.
    ``replace(problem, may_change=rung.changes)`` is the problem whose solution is that rung.

    Exact, but for ``time_limit`` seconds with side rules: then as far as it got (``priced`` says
    so). Raises FileFaultsError when the problem is wrong, or does not put ``matched`` first.
    """
    return priced(problem, seed, time_limit).rungs


def priced(problem: Problem, seed: int = 0, time_limit: float | None = None) -> Ladder:
    """The ladder, and whether it is all of it; see ``ladder``."""
    wrong = faults(replace(problem, may_change=max(problem.may_change, 1)))
    if wrong:
        raise FileFaultsError(wrong)
    rungs, proven = engine.ladder(problem, seed, time_limit)
    told = tuple(
        rung
        for rung, following in zip(rungs, (*rungs[1:], None), strict=True)
        if following is None or following.changes > rung.changes
    )
    return Ladder(told, proven)


def sentence(rung: Rung) -> Explanation:
    """A rung in words."""
    if rung.changes:
        text = f"If {pairs(rung.changes)} may change, {people(rung.more)} a mentor."
    else:
        text = "While every running pair stays, nobody more gets a mentor."
    return Explanation("price", {"changes": rung.changes, "more": rung.more}, text)


def pairs(count: int) -> str:
    """ "one running pair", "two running pairs"."""
    return f"{number(count)} running pair{'' if count == 1 else 's'}"


def people(count: int) -> str:
    """ "one more person gets", "two more people get"."""
    return f"{number(count)} more {'person gets' if count == 1 else 'people get'}"


def number(count: int) -> str:
    """A number as a sentence has it: in words up to ten."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)

"""Minimums of groups that no round reaches, as faults of the problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matching.problem import Fault, Problem

if TYPE_CHECKING:
    from matching.side.rules import Short


def short_faults(problem: Problem, short: Sequence[Short]) -> list[Fault]:
    """A fault at every minimum that is out of reach, alone or together with others."""
    place = {group.id: index for index, group in enumerate(problem.side.groups)}
    found = []
    for each in short:
        asked = [problem.side.groups[place[who]].at_least or 0 for who in each.groups]
        for who, own in zip(each.groups, asked, strict=True):
            text = _text(each, own, sum(asked))
            found.append((place[who], Fault(f"$.side.groups[{place[who]}].at_least", text)))
    return [fault for _, fault in sorted(found, key=lambda row: row[0])]


def _text(short: Short, own: int, asked: int) -> str:
    # Pairs that go on count for both numbers, whatever was left to ask for.
    most = asked - (short.asked - short.most)
    if not short.proven:
        why = "no round was found that keeps it with all other rules, and none was ruled out"
        return f"asks for {own}: {why}; lower it or relax another rule"
    if len(short.groups) == 1:
        return f"asks for {own}, and at most {most} of them can be matched: lower it"
    names = f"{', '.join(short.groups[:-1])} and {short.groups[-1]}"
    return f"asks for {own}; {names} ask for {asked} together and can have {most}: lower one"

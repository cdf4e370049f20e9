"""The levels of the objective as numbers to raise: so much for a person in an option, for a size."""

from dataclasses import dataclass

import numpy as np

from matching.cohorts.problem import Problem
from matching.cohorts.sessions import Ints, Options, hashed

#: People by their place in a row of options.
Plan = dict[int, tuple[int, ...]]


@dataclass(frozen=True)
class Stage:
    """What one level counts. ``pair``: as ``Options.members``; ``size``: by number of people."""

    name: str
    pair: Ints
    size: Ints

    def value(self, options: Options, plan: Plan) -> int:
        """What a plan comes to: people (by number) of each option that takes place."""
        total = 0
        for option, people in plan.items():
            row = options.members[option]
            places = np.searchsorted(row, people)
            total += int(self.pair[option][places].sum()) + int(self.size[len(people)])
        return total


def stages(problem: Problem, options: Options) -> list[Stage]:
    """The levels in their order, all to be raised; ``worst`` has its fits, to be bounded."""
    fit = fits(options)
    none = np.zeros(problem.rules.max_size + 1, dtype=np.int64)
    found = []
    for name in problem.objective:
        if name == "placed":
            weight = np.append(options.table.priority, 0)
            found.append(Stage(name, weight[options.members], none))
        elif name == "levels":
            found += [
                Stage(name, -(fit < limit).astype(np.int64) * options.alive, none)
                for limit in problem.thresholds
            ]
        elif name == "sizes":
            sizes = np.arange(len(none), dtype=np.int64)
            found.append(Stage(name, np.zeros_like(fit), -np.abs(sizes - problem.rules.ideal_size)))
        else:
            found.append(Stage(name, fit, none))
    return found


def fits(options: Options) -> Ints:
    """Everybody's fit in every option, 0 in the padding."""
    table = options.table
    if not len(options):
        return np.zeros_like(options.members)
    found = np.zeros_like(options.members)
    for option in range(len(options)):
        session = options.of(option)
        padded = np.append(table.fits[session.language, session.theme], 0)
        found[option] = padded[options.members[option]]
    return found * options.alive


def luck(options: Options) -> Stage:
    """What decides among equals: a hash of the seed, the person and the session."""
    table, sizes = options.table, options.table.problem.rules.max_size + 1
    people = np.array([hashed(table.seed, who.id) for who in table.people], dtype=np.int64)
    own = np.array(
        [
            hashed(table.seed, row.facilitators, row.start, row.language, row.theme)
            for row in (options.of(option) for option in range(len(options)))
        ],
        dtype=np.int64,
    )
    padded = np.append(people, 0)[options.members]
    # Small numbers, so that sums of many fit easily: 20 bits of a mix of both hashes.
    mixed = (padded * 2654435761 + own[:, None] * 40503) >> 7 & 0xFFFFF
    return Stage("ties", -mixed * options.alive, np.zeros(sizes, dtype=np.int64))

"""One way of ours to pair people: `python ours.py METHOD MENTEES MENTORS SEED [FILE]`.

Prints one line of JSON: the CPU seconds of deciding alone (pairs and scores are known by then, as
they are for the peers), those of all that `solve` does, the largest memory of the whole process,
and the pairs. `pairs` writes what the peers are given instead.
"""

import json
import resource
import sys
from dataclasses import replace
from pathlib import Path
from random import Random
from time import process_time

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # a neighbour here has our package's name

import numpy as np

import matching
from matching import engine, generate
from matching.problem import Continuing, GivenPair, Problem, Solution

Answer = dict[str, object]


class Timed(engine.Round):
    """A round that knows how long its levels took."""

    decided = 0.0

    def decide(self, *arguments: object) -> object:
        # OR-Tools is loaded once, whatever is solved.
        from matching.side import deciding  # noqa: F401

        began = process_time()
        found = super().decide(*arguments)
        Timed.decided = process_time() - began
        return found


engine.Round = Timed


def timed(problem: Problem) -> tuple[Solution, float, float]:
    """The solution, and the CPU seconds of deciding and of everything.

    The digest of the problem is given, as on the command line, where it is that of the file.
    """
    began = process_time()
    solution = matching.solve(problem, problem_sha256="0" * 64)
    return solution, Timed.decided, process_time() - began


def answer(problem: Problem, **more: object) -> Answer:
    """What `solve` makes of a problem, people by their place in the order of ids."""
    solution, decided, whole = timed(problem)
    place = places(problem)
    return {
        "cpu": decided,
        "whole": whole,
        "mib": memory(),
        "pairs": [
            [place[pair.mentee] for pair in solution.pairs],
            [place[pair.mentor] for pair in solution.pairs],
        ],
        "status": solution.status,
        "levels": [[x.name, x.value, x.bound] for x in solution.levels],
        **more,
    }


def memory() -> int:
    """The largest memory of this process, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def places(problem: Problem) -> dict[str, int]:
    """Everybody's place among their side, in the order of ids, as the engine counts them."""
    return {
        who: place
        for side in (problem.mentees, problem.mentors)
        for place, who in enumerate(sorted(person.id for person in side))
    }


def without_starts(made: Problem, objective: tuple[str, ...]) -> Problem:
    """The same pairs with the same scores, which may meet whenever they like."""
    table = engine.Round(made, seed=0)
    people, mentors = table.problem.mentees, table.problem.mentors
    columns = (table.candidates.mentee, table.candidates.mentor, table.candidates.score)
    given = tuple(
        GivenPair(people[e].id, mentors[m].id, score)
        for e, m, score in zip(*(column.tolist() for column in columns), strict=True)
    )
    alike = tuple(replace(mentee, priority=1) for mentee in made.mentees)
    return replace(made, mentees=alike, pairs=given, timeless=True, objective=objective)


def full(made: Problem) -> Answer:
    """Every level, with meeting times."""
    return answer(made)


def count_total(made: Problem) -> Answer:
    """The most pairs, then the highest total, without meeting times."""
    return answer(without_starts(made, ("matched", "total")))


def stable(made: Problem) -> Answer:
    """The stable round, without meeting times."""
    return answer(without_starts(made, ("stable",)))


def incremental(made: Problem) -> Answer:
    """The round half a year on: 5 % have left, 5 % are new, 1 % of mentors have a place less."""
    random, before = Random(1), matching.solve(made)
    count = max(1, len(made.mentees) // 20)
    gone = set(random.sample([who.id for who in made.mentees], count))
    fewer = set(random.sample([who.id for who in made.mentors], max(1, len(made.mentors) // 100)))
    new = generate.problem(count, len(made.mentors), seed=2).mentees
    problem = replace(
        made,
        mentees=(
            *(who for who in made.mentees if who.id not in gone),
            *(replace(who, id=f"new-{who.id}") for who in new),
        ),
        mentors=tuple(
            replace(who, capacity=who.capacity - 1) if who.id in fewer else who
            for who in made.mentors
        ),
        continuing=tuple(
            Continuing(pair.mentee, pair.mentor, pair.start)
            for pair in before.pairs
            if pair.mentee not in gone
        ),
    )
    anew, decided, whole = timed(replace(problem, continuing=()))
    found = answer(problem)
    held = {(row.mentee, row.mentor) for row in problem.continuing}
    again = {(pair.mentee, pair.mentor) for pair in anew.pairs}
    return {
        **found,
        "anew": {"cpu": decided, "whole": whole, "matched": len(anew.pairs)},
        "running": len(held),
        "parted": len(held - again),
        "let_go": len(matching.check.lapsed(problem)),
    }


def relabelled(made: Problem) -> Answer:
    """The same round with its lists in another order, and then with other ids."""
    random, one = Random(3), matching.solve(made)
    shuffled = {
        name: tuple(random.sample(getattr(made, name), len(getattr(made, name))))
        for name in ("mentees", "mentors")
    }
    other = matching.solve(replace(made, **shuffled))
    changed = set(pairs_of(one)) ^ set(pairs_of(other))
    names = renamed(made, random)
    third = matching.solve(with_names(made, names))
    moved = {(names[e], names[m]) for e, m in pairs_of(one)} - set(pairs_of(third))
    return {
        "changed": len(changed) // 2,
        "levels_changed": sum(a != b for a, b in zip(one.levels, third.levels, strict=True)),
        "equals_changed": len(moved),
        "matched": len(one.pairs),
    }


def pairs_of(solution: Solution) -> list[tuple[str, str]]:
    """Who meets whom."""
    return [(pair.mentee, pair.mentor) for pair in solution.pairs]


def renamed(made: Problem, random: Random) -> dict[str, str]:
    """Another id for everybody."""
    ids = [person.id for person in (*made.mentees, *made.mentors)]
    return dict(zip(ids, [f"p{n}" for n in random.sample(range(10**9), len(ids))], strict=True))


def with_names(made: Problem, names: dict[str, str]) -> Problem:
    """The same round under other ids."""

    def named(person: object) -> object:
        links = {
            name: tuple(names[who] for who in getattr(person, name))
            for name in ("prefers", "avoids")
        }
        return replace(person, id=names[person.id], **links)

    return replace(
        made,
        mentees=tuple(map(named, made.mentees)),
        mentors=tuple(map(named, made.mentors)),
    )


def write_pairs(made: Problem, path: str) -> None:
    """The pairs for the peers: who, with whom, how well; each mentor's places; common starts."""
    round_ = engine.Round(made, seed=0)
    found, table = round_.candidates, round_.table
    np.savez(
        path,
        mentee=found.mentee,
        mentor=found.mentor,
        score=found.score,
        capacity=[mentor.capacity for mentor in round_.problem.mentors],
        meets=table.meets,
        offers=table.offers,
    )


METHODS = {
    "full": full,
    "count-total": count_total,
    "stable": stable,
    "incremental": incremental,
    "relabelled": relabelled,
}


def main(method: str, mentees: str, mentors: str, seed: str, path: str = "") -> None:
    made = generate.problem(int(mentees), int(mentors), int(seed))
    if method == "pairs":
        write_pairs(made, path)
    else:
        print(json.dumps(METHODS[method](made)))


if __name__ == "__main__":
    main(*sys.argv[1:])

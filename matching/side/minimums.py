"""Minimums of groups: a round that reaches them, or which of them no round reaches.

What only the network binds is decided by flows; CP-SAT is asked where other rules stand in the way.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from ortools.sat.python import cp_model

from matching.flow.face import Face
from matching.flow.laminar import sets_of
from matching.flow.network import Network, Task, build
from matching.side.model import Model, solver_with
from matching.side.program import program
from matching.side.rules import Minimum, Rows, Short, SideRules, TooFewError
from matching.table.arrays import Bools, Ints

#: Work that CP-SAT may spend on one question (its own, repeatable units, each about a second).
EFFORT = 60.0
#: Pairs that CP-SAT is given at most.
MOST = 300_000


def by_flow(task: Task, side: SideRules) -> list[Short]:
    """Minimums that can't be reached even if nothing but the network bound anybody."""
    asking = [each for each in (*side.in_network, *side.minimums) if each.least]
    free = replace(task, minimums=None)
    if not asking or (_open(task) and not side.minimums):
        return []
    found, left = [], list[Minimum]()
    for each in asking:
        most = _most(free, each.mentees)
        if most < each.least:
            found.append(Short((each.group,), each.least, most))
        else:
            left.append(each)
    inside = {each.group for each in side.in_network}
    nested = [each for each in left if each.group in inside]
    return found + contradicting(nested, lambda some: _shortfall(free, some))


def _open(task: Task) -> bool:
    """Whether there is any flow at all."""
    network = build(task)
    groups = task.minimums
    if groups is not None:
        asking = network.supply[: len(task.priority)] > 0
        if np.any(np.count_nonzero(groups.members & asking, axis=1) < groups.number):
            return False
    face = Face(task, network)
    return face.cheapest(face.costs(np.zeros(len(task.mentee), dtype=np.int64))) is not None


def _most(task: Task, members: Bools) -> int:
    """How many of some mentees can be matched at once."""
    face = Face(task, build(task))
    costs = face.costs(-members[task.mentee].astype(np.int64))
    cheapest = face.cheapest(costs)
    return 0 if cheapest is None else -int((costs * cheapest.flow).sum())


def contradicting(
    minimums: Sequence[Minimum], shortfall: Callable[[Sequence[Minimum]], int]
) -> list[Short]:
    """Smallest sets of minimums of which each can be reached without any other of its set."""
    left, found = sorted(minimums, key=lambda each: each.group), []
    while left and shortfall(left):
        set_ = left
        for each in left:
            without = [other for other in set_ if other is not each]
            if without and shortfall(without):
                set_ = without
        asked = sum(each.least for each in set_)
        groups = tuple(each.group for each in set_)
        found.append(Short(groups, asked, asked - shortfall(set_)))
        left = [each for each in left if each.group not in groups]
    return found


def _shortfall(task: Task, minimums: Sequence[Minimum]) -> int:
    """By how many some nested minimums fall short at least, by a flow in which each may."""
    order = sorted(minimums, key=lambda each: int(each.mentees.sum()))
    sets = sets_of(
        [each.mentees for each in order], [each.least for each in order], len(task.priority)
    )
    strict = build(replace(task, minimums=sets))
    asking = strict.supply[: len(task.priority)] > 0
    possible = np.count_nonzero(sets.members & asking, axis=1)
    lacking = int(np.maximum(sets.number - possible, 0).sum())
    network, more = _lenient(strict, np.minimum(sets.number, possible))
    face = Face(task, network)
    costs = face.costs(np.zeros(len(task.mentee), dtype=np.int64))
    costs[more] = 1
    cheapest = face.cheapest(costs)
    assert cheapest is not None, "everybody of every group may wait"
    return lacking + int((costs * cheapest.flow).sum())


def _lenient(network: Network, room: Ints) -> tuple[Network, slice]:
    """The network with a second arc out of each group, for members beyond those who may wait."""
    groups = np.arange(network.nodes - len(room), network.nodes)
    first = np.flatnonzero(network.pair < 0)
    heads = dict(zip(network.tail[first].tolist(), network.head[first].tolist(), strict=True))
    end = len(network.tail) - 1
    columns = (
        (network.tail, groups),
        (network.head, [heads[group] for group in groups.tolist()]),
        (network.capacity, room),
        (network.pair, np.full(len(room), -1)),
    )
    tail, head, capacity, pair = (np.insert(old, end, new).astype(np.int32) for old, new in columns)
    lenient = Network(network.nodes, tail, head, capacity, pair, network.supply, network.hours)
    return lenient, slice(end, end + len(room))


def by_search(task: Task, side: SideRules, kernel: Bools) -> Ints:
    """A round that keeps every rule, found among some pairs or else among all.

    Raises TooFewError when there is none, or when none was found in the effort that is given.
    """
    every = np.ones(len(kernel), dtype=bool)
    minimums = [each for each in (*side.in_network, *side.minimums) if each.least]
    chosen, short, _ = _least_short(task, side, minimums, kernel)
    if short:
        proven = False
        if len(kernel) <= MOST:
            chosen, short, proven = _least_short(task, side, minimums, every)
        if short and not proven:
            asked = sum(each.least for each in minimums)
            groups = tuple(sorted(each.group for each in minimums))
            raise TooFewError([Short(groups, asked, asked - short, proven=False)])
    if short:
        raise TooFewError(
            contradicting(minimums, lambda some: _least_short(task, side, some, every)[1])
        )
    return chosen


def _least_short(
    task: Task, side: SideRules, minimums: Sequence[Minimum], pairs: Bools
) -> tuple[Ints, int, bool]:
    """The round that falls short by the fewest, by how many, and whether that is proven."""
    free = replace(task, minimums=None)
    rows = Rows(free, replace(side, minimums=(), in_network=()))
    face = Face(free, build(free))
    couples = rows.couples(np.flatnonzero(pairs))
    model = Model(program(face, pairs, [*rows.standing, *couples]))
    lacking = []
    for each in minimums:
        members = np.flatnonzero(each.mentees[task.mentee])
        uses = _uses(model, face, members)
        lacking.append(model.model.new_int_var(0, each.least, ""))
        model.model.add(sum(uses) + lacking[-1] >= each.least)
    model.model.minimize(sum(lacking))
    solver = solver_with(EFFORT, None)
    status = solver.solve(model.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        none = np.zeros(0, dtype=np.int64)
        return none, sum(each.least for each in minimums), status == cp_model.INFEASIBLE
    return model.chosen(solver), round(solver.objective_value), status == cp_model.OPTIMAL


def _uses(model: Model, face: Face, pairs: Ints) -> list[cp_model.IntVar]:
    wanted = np.zeros(len(face.task.mentee) + 1, dtype=bool)
    wanted[pairs] = True
    return [used for arc, used in model.used.items() if wanted[face.network.pair[arc]]]

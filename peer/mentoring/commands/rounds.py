"""`peer rounds`: a stored round is solved once more, to show that nobody changed its answer."""

from dataclasses import replace

import click

import matching
from peer.core import work
from peer.mentoring import queries, snapshot
from peer.mentoring.models import Round

DIFFERS = 1  # exit status when a round came out otherwise


@click.group("rounds")
def rounds_group() -> None:
    """Look into rounds of matching."""


@rounds_group.command()
@click.argument("numbers", metavar="[NUMBER]...", type=int, nargs=-1)
def replay(numbers: tuple[int, ...]) -> None:
    """Solve stored rounds again and compare every byte of the answer.

    All rounds, or those with the given numbers. A round keeps what it was made from for as long
    as docs/privacy.md says, and until somebody in it is erased. The exit status is 1 when an
    answer is not what was stored.
    """
    click.get_current_context().obj()  # connects to the database
    with work.begin(writes=False):
        known = {row.number: row for row in queries.rounds()}
    strangers = sorted(set(numbers) - known.keys())
    if strangers:
        raise click.ClickException(f"There is no round {', '.join(map(str, strangers))}.")
    differs = False
    for number in sorted(set(numbers) or known):
        same, words = _replayed(known[number])
        click.echo(f"Round {number}: {words}")
        differs |= not same
    if differs:
        raise click.exceptions.Exit(DIFFERS)


def _replayed(round_: Round) -> tuple[bool, str]:
    """Whether all is well with a round, and what to say of it."""
    if not round_.problem:
        return True, "what it was made from is not kept any more."
    if round_.solution is None:
        return True, "has no answer."
    stored = matching.loads_solution(round_.solution)
    again = matching.solve(matching.loads(round_.problem), round_.seed)
    # How long it took is the one thing that may differ.
    if matching.dumps_solution(replace(again, seconds=stored.seconds)) == round_.solution:
        return True, f"the same, byte for byte ({again.engine}, {len(again.pairs)} pairs)."
    if stored.status != "optimal":
        return True, "was stopped before it was proven, so it may come out otherwise now."
    if stored.engine != again.engine:
        return True, f"was solved by {stored.engine}; {again.engine} comes to another answer."
    if stored.levels == again.levels and stored.seconds >= snapshot.SOLVE_SECONDS:
        return True, "was stopped before the ties, so as good a round may come out otherwise now."
    return False, "DIFFERS from what is stored. Its problem, seed or answer was changed."

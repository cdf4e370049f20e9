"""Gives each of one mentor's mentees a meeting start of their own."""

from collections.abc import Iterable, Mapping


def seat(wishes: Mapping[str, Iterable[int]]) -> dict[str, int] | None:
    """A different start for every mentee out of those that suit, or None if there is none.

    Mentees and starts are tried in ascending order (augmenting paths), so that the answer
    depends on nothing but the wishes.
    """
    order = {mentee: sorted(starts) for mentee, starts in wishes.items()}
    holder: dict[int, str] = {}
    for mentee in sorted(order):
        if not _place(mentee, order, holder, set()):
            return None
    return {mentee: start for start, mentee in sorted(holder.items())}


def _place(
    mentee: str, order: Mapping[str, list[int]], holder: dict[int, str], tried: set[int]
) -> bool:
    for start in order[mentee]:
        if start in tried:
            continue
        tried.add(start)
        if start not in holder or _place(holder[start], order, holder, tried):
            holder[start] = mentee
            return True
    return False

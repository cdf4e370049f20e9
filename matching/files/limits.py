"""What a single value of a problem may be; each fault says what would be right."""

from collections.abc import Iterable, Iterator

from matching.problem import Fault


def within(path: str, value: int, low: int, high: int) -> Iterator[Fault]:
    """A whole number from ``low`` to ``high``."""
    if not low <= value <= high:
        yield Fault(path, f"{value} is out of range: give a whole number from {low} to {high}")


def one_of(path: str, value: str, allowed: tuple[str, ...]) -> Iterator[Fault]:
    """One of some words."""
    if value not in allowed:
        yield Fault(path, f"{value!r} is not known here: give one of {', '.join(allowed)}")


def twice(path: str, keys: Iterable[object], suffix: str = "") -> Iterator[Fault]:
    """Keys that are each there once; ``suffix`` leads to the key within its row."""
    first: dict[object, int] = {}
    for index, key in enumerate(keys):
        if key in first:
            name = " and ".join(key) if isinstance(key, tuple) else key
            text = f"{name} is listed already at [{first[key]}]: give each once"
            yield Fault(f"{path}[{index}]{suffix}", text)
        first.setdefault(key, index)


def cells_in_week(path: str, cells: tuple[int, ...], count: int) -> Iterator[Fault]:
    """Cells of a week of ``count``."""
    for index, cell in enumerate(cells):
        if not 0 <= cell < count:
            text = f"{cell} is not a cell of the week: give a whole number from 0 to {count - 1}"
            yield Fault(f"{path}[{index}]", text)


def known(path: str, who: str, ids: set[str], side: str) -> Iterator[Fault]:
    """The id of somebody on a side of the file."""
    if who not in ids:
        yield Fault(path, f"there is no {side} {who!r}: give the id of a {side} of this file")

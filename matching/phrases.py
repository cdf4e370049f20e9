"""Numbers, lists and hours as sentences have them."""

from matching.problem import Grid

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def counted(count: int, one: str, several: str = "") -> str:
    """ "1 pair", "2 pairs"; ``several`` where it is not ``one`` with an s."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"


def people(count: int) -> str:
    """ "1 person", "2 people"."""
    return counted(count, "person", "people")


def joined(words: tuple[str, ...] | list[str]) -> str:
    """Words as a list in a sentence; nothing of none."""
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"


def clock(grid: Grid, cell: int) -> str:
    """A cell of the week as a day and an hour in UTC."""
    minutes = cell * 7 * 24 * 60 // grid.cells
    day, rest = divmod(minutes, 24 * 60)
    return f"{_DAYS[day]} {rest // 60:02}:{rest % 60:02} UTC"

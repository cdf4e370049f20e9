"""How far a solve has got, on the error output: a bar, level by level."""

import sys
from collections.abc import Callable
from time import monotonic
from typing import TextIO, TypeVar

#: A solve that is done sooner shows nothing.
PATIENCE = 1.0
WIDTH = 24
Solved = TypeVar("Solved")


class Bar:
    """Shows the stages of a solve as they are reached, once it takes more than a second.

    On a terminal one line is drawn over again and wiped at the end; elsewhere (a log, a pipe)
    each stage gets a line of its own. Use as the ``progress`` of ``solve``.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._terminal = out.isatty()
        self._begun = monotonic()
        self._shown = ""

    def __call__(self, stage: str, fraction: float) -> None:
        """Is told the stage that begins and the fraction done before it, 0 to 1."""
        seconds = monotonic() - self._begun
        if stage == "done":
            self.close()
        elif seconds >= PATIENCE:
            filled = round(WIDTH * fraction)
            drawn = f"{'#' * filled}{'.' * (WIDTH - filled)}"
            self._show(f"[{drawn}] {fraction:4.0%}  {stage}, {seconds:.0f} s")

    def _show(self, line: str) -> None:
        if self._terminal:
            print(f"\r{line.ljust(len(self._shown))}", end="", file=self._out, flush=True)
            self._shown = line
        else:
            print(line, file=self._out, flush=True)

    def close(self) -> None:
        """Wipes the line, so that nothing is left in front of what is printed next."""
        if self._shown:
            print(f"\r{' ' * len(self._shown)}\r", end="", file=self._out, flush=True)
            self._shown = ""


def watched(quiet: bool, solve: Callable[[Bar | None], Solved]) -> Solved:
    """What ``solve`` comes to, with a bar on the error output meanwhile; none if it is to be quiet."""
    bar = None if quiet else Bar(sys.stderr)
    try:
        return solve(bar)
    finally:
        if bar:
            bar.close()

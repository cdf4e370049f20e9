"""A lived-in place with fictional people, made through the services themselves."""

from collections.abc import Callable
from pathlib import Path


def prepare(folder: Path, *, reset: bool, say: Callable[[str], None]) -> None:
    """Make the demo under `folder`, or find it there; `reset` throws it away first."""
    raise NotImplementedError

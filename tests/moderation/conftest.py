"""The board, and everybody there, for the tests of moderation."""

import pytest

from tests.cast import ROLES, Cast
from tests.moderation.making import board

__all__ = ["board"]


@pytest.fixture
def people(core: object, cast: Cast) -> None:
    """Services on a database, without pages, and everybody there."""
    for name in ROLES:
        cast.account(name)

"""Places for tests of rooms."""

from collections.abc import Iterator

import pytest
from flask import Flask

from peer.core import keys
from peer.core.db import database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The site in this process, once on SQLite and once on PostgreSQL."""
    name = "app" if request.param == "sqlite" else "postgres_app"
    yield request.getfixturevalue(name)
    database.close()
    keys.close()

"""Reading the private pages as their person does."""

import re
from collections.abc import Callable
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.core import work
from peer.wellbeing.models import PrivatePage

FRESH = "a" * 22


def text(client: FlaskClient, url: str) -> str:
    """The words of a page that is there."""
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code, answer.location)
    return unescape(answer.get_data(as_text=True))


def hidden(client: FlaskClient, url: str, name: str = "version") -> str:
    """What a form of the page carries unseen."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', client.get(url).text)
    assert found, (url, name)
    return found[1]


def puts(client: FlaskClient, post: Callable[..., TestResponse], section: str, words: str) -> None:
    """Put words into one list of the plan, or into the next step."""
    url = f"/own/plan/{section}"
    answer = post(client, url, {"words": words, "version": hidden(client, url)})
    assert answer.location == "/own/plan", answer.get_data(as_text=True)


def rows() -> list[PrivatePage]:
    """Everything that is stored, closed as it is."""
    with work.begin(writes=False) as session:
        return list(session.scalars(select(PrivatePage)))

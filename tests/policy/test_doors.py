"""Every page and socket event has a door, and every door has a page or an event behind it."""

import pytest
from flask import Flask

from peer.core.realtime import hub
from peer.policy import doors
from peer.policy.roles import Actor, Role


def test_every_page_is_listed_and_every_listed_page_is_there(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert pages - set(doors.PAGES) == set(), "these pages stay shut until doors.py lists them"
    assert set(doors.PAGES) - pages == set(), "these doors lead nowhere"


def test_every_event_is_listed_and_every_listed_event_is_heard(app: Flask) -> None:
    heard = set(hub.io.server.handlers["/"]) - {"connect", "disconnect", "*"}
    assert heard - set(doors.EVENTS) == set(), "these events stay shut until doors.py lists them"
    assert set(doors.EVENTS) - heard == set(), "these doors lead nowhere"


@pytest.mark.parametrize("role", Role)
def test_an_unlisted_page_or_event_opens_to_nobody(role: Role) -> None:
    actor = Actor("someone", "Someone", frozenset({role}))
    assert doors.page_door("rooms.everything") is None
    assert doors.page_door(None) is None
    assert not doors.event_opens("room:everything", actor)


def test_a_page_that_nobody_listed_is_not_there_even_for_an_admin(app: Flask, signed_in) -> None:
    app.add_url_rule("/back-door", "back_door", lambda: "open")
    assert signed_in("ada").get("/back-door").status_code == 404
    assert app.test_client().get("/back-door").status_code == 404

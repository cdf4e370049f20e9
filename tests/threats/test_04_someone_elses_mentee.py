"""A mentor with a mentee of their own, and everything that is another mentor's mentee's.

The generated matrix of tests/policy/test_matrix.py knocks as every role that has a part in
nothing; here the one who knocks is a mentor in good standing, with a mentee, a room and a history.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from peer.core import clock, work
from peer.core.db import new_id
from peer.mentoring.models import Mentorship
from peer.mentoring.queries import programme
from peer.policy.mentoring import MentorshipState
from peer.policy.roles import Role
from peer.rooms import service as rooms
from tests.cast import Cast
from tests.plugins.site import csrf_of
from tests.policy import samples
from tests.policy.test_matrix import ENDS_SESSION, Knocker, _kinds, _of_foreign, address, rules
from tests.threats.walking import Inside, Walk, entrances

SECRET_WORDS = "zqsolwrotethisvx"


@pytest.fixture
def tess(app: Flask, cast: Cast, signed_in: Callable[[str], FlaskClient]) -> Knocker:
    """A vetted mentor who meets Noor, has a room with her, and met Sol until last month."""
    assert cast.cora.id != cast.ada.id  # an office in which two people can decide
    samples.mentor(cast)
    samples.mentee(cast)
    _meeting(cast, cast.noor.id)
    _meeting(cast, cast.sol.id, ended=True)
    client = signed_in("tess")
    return Knocker("tess", Role.MENTOR, client, csrf_of(client))


def _meeting(cast: Cast, mentee_id: str, *, ended: bool = False) -> None:
    with work.begin() as session:
        made = Mentorship(
            programme_id=programme().id,
            mentee_id=mentee_id,
            mentor_id=cast.tess.id,
            timezone="UTC",
            minute=600,
            started_at=clock.now(),
        )
        session.add(made)
        session.flush()
        if ended:
            made.state = MentorshipState.CLOSED
        else:
            people = [mentee_id, cast.tess.id]
            rooms.open_private_room(mentorship_id=made.id, account_ids=people)


def test_mentor_cannot_read_notes_or_messages_of_someone_elses_mentee(
    app: Flask, cast: Cast, tess: Knocker
) -> None:
    wrong, asked = [], 0
    for rule, method in rules(app, with_things=True):
        if rule.endpoint in ENDS_SESSION:
            continue
        for makers, seen_by in _kinds(rule):
            foreign = address(app, rule, {name: make(cast) for name, make in makers.items()})
            missing = address(app, rule, {name: new_id() for name in makers})
            fault = _of_foreign(rule.endpoint, method, tess, (foreign, missing), seen_by)
            asked += 1
            if fault:
                wrong.append(f"{method} {rule.rule} for a mentor {fault}")
    assert wrong == []
    assert asked >= 60


def test_mentor_comes_to_no_page_with_words_of_someone_elses_mentee(
    app: Flask, cast: Cast, tess: Knocker
) -> None:
    room = samples.private_room(cast)
    with work.begin():
        rooms.post_message(cast.sol, room, text=f"Hello, {SECRET_WORDS}.", nonce=new_id())
    walk = Walk(app, "tess", Inside(tess.client), lambda *_: None, {}, tries=0)
    walk.through("/", *entrances(app))
    assert len(walk.pages) >= 15
    assert [page.path for page in walk.pages if SECRET_WORDS in page.body] == []
    assert [page.path for page in walk.pages if room in page.body] == []
    sol = Inside.of(app, cast.account("sol"))
    sol.post(f"/rooms/{room}/agree", [("csrf_token", csrf_of(sol.client)), ("agree", "yes")])
    assert SECRET_WORDS in sol.get(f"/rooms/{room}").body

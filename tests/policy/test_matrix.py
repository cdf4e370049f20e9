"""Every route as every role, with other people's things and with missing ones.

Hidden and missing look alike: the same status, and the same bytes. A new route is walked by
itself; a new parameter needs a maker in samples.py.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from peer.core.db import new_id
from peer.core.realtime.door import _events
from peer.policy import doors
from peer.policy.roles import Role
from tests.cast import Cast
from tests.plugins.site import csrf_of
from tests.plugins.sockets import Socket
from tests.policy import samples

KNOCKING = {
    "noor": Role.MEMBER,
    "tess": Role.MENTOR,
    "fay": Role.FACILITATOR,
    "mo": Role.MODERATOR,
    "cora": Role.COORDINATOR,
    "ada": Role.ADMIN,
}
ENDS_SESSION = {"accounts.leave", "accounts.sign_out", "accounts.cover_now"}
TOKEN = re.compile(rb'(name="csrf_token" value=")[^"]*')


@dataclass
class Knocker:
    """Someone with a browser, and the token of its forms."""

    name: str
    role: Role | None  # None: nobody is signed in
    client: FlaskClient
    token: str

    def knock(self, method: str, address: str, form: dict[str, str] | None = None) -> TestResponse:
        """Open the address, or send a form to it."""
        data = None if method == "GET" else {**(form or {}), "csrf_token": self.token}
        return self.client.open(address, method=method, data=data, buffered=True)

    def passes(self, endpoint: str) -> bool:
        """Whether the door of a page opens to this person."""
        door = doors.PAGES[endpoint]
        return door.everyone or (self.role is not None and self.role in door.roles)


def bare(answer: TestResponse) -> bytes:
    """The page, without the token that differs from browser to browser."""
    return TOKEN.sub(rb"\1", answer.data)


@pytest.fixture
def knockers(app: Flask, signed_in: Callable[[str], FlaskClient]) -> list[Knocker]:
    found = []
    for name, role in KNOCKING.items():
        client = signed_in(name)
        found.append(Knocker(name, role, client, csrf_of(client)))
    stranger = app.test_client()
    return [*found, Knocker("a stranger", None, stranger, csrf_of(stranger))]


def rules(app: Flask, *, with_things: bool) -> Iterator[tuple[Rule, str]]:
    """Every route with each of its methods; those that end a session come last."""
    found = sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint in ENDS_SESSION)
    for rule in found:
        if bool(rule.arguments - set(samples.WORDS)) != with_things:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(app: Flask, rule: Rule, values: dict[str, str]) -> str:
    """The address of a route, filled with ids and words."""
    words = {name: samples.WORDS[name] for name in rule.arguments & set(samples.WORDS)}
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **{**words, **values})


def shut(knocker: Knocker, method: str, answer: TestResponse) -> str:
    """What is wrong with how a shut door answered; empty when nothing is."""
    if knocker.role is not None:
        return "" if answer.status_code == 404 else f"answers {answer.status_code}, not 404"
    if method == "GET":
        right = answer.status_code == 303 and (answer.location or "").startswith("/sign-in")
        return "" if right else f"answers {answer.status_code}, not the way to signing in"
    return "" if answer.status_code == 401 else f"answers {answer.status_code}, not 401"


def test_every_parameter_of_a_route_has_a_sample(app: Flask) -> None:
    used = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    missing = used - set(samples.PARAMETERS) - set(samples.WORDS)
    assert not missing, f"add makers of these to tests/policy/samples.py: {sorted(missing)}"
    named = {
        *samples.SEEN_BY,
        *samples.FORMS,
        *samples.ONLY,
        *(endpoint for endpoint, *_ in samples.MORE),
    }
    assert named <= set(doors.PAGES), "samples.py speaks of pages that are gone"


def test_pages_open_to_exactly_those_whom_their_door_names(
    app: Flask, knockers: list[Knocker]
) -> None:
    wrong = []
    for rule, method in rules(app, with_things=False):
        for knocker in knockers:
            answer = knocker.knock(method, address(app, rule, {}))
            fault = _of_open_page(rule.endpoint, method, knocker, answer)
            if fault:
                wrong.append(f"{method} {rule.rule} for {knocker.name} {fault}")
    assert not wrong, "\n".join(wrong)


def _of_open_page(endpoint: str, method: str, knocker: Knocker, answer: TestResponse) -> str:
    inside = samples.ONLY.get(endpoint)
    hidden = inside is not None and knocker.role not in inside
    if not knocker.passes(endpoint) or hidden:
        return shut(knocker, method, answer)
    good = answer.status_code < 500 and answer.status_code not in {401, 404}
    about_nothing = endpoint in samples.ABOUT_NOTHING and answer.status_code == 404
    return "" if good or about_nothing else f"answers {answer.status_code}"


def test_other_peoples_things_are_as_missing_ones(
    app: Flask, cast: Cast, knockers: list[Knocker]
) -> None:
    wrong = []
    for rule, method in rules(app, with_things=True):
        for makers, seen_by in _kinds(rule):
            foreign = address(app, rule, {name: make(cast) for name, make in makers.items()})
            missing = address(app, rule, {name: new_id() for name in makers})
            for knocker in knockers:
                fault = _of_foreign(rule.endpoint, method, knocker, (foreign, missing), seen_by)
                if fault:
                    wrong.append(f"{method} {rule.rule} for {knocker.name} {fault}")
    assert not wrong, "\n".join(wrong)


def _kinds(rule: Rule) -> Iterator[tuple[dict[str, samples.Maker], frozenset[Role]]]:
    names = rule.arguments - set(samples.WORDS)
    plain = {
        name: samples.SPECIAL.get((rule.endpoint, name), samples.PARAMETERS[name]) for name in names
    }
    yield plain, samples.SEEN_BY.get(rule.endpoint, frozenset())
    for endpoint, makers, seen_by in samples.MORE:
        if endpoint == rule.endpoint:
            yield {**plain, **makers}, seen_by


def _of_foreign(
    endpoint: str,
    method: str,
    knocker: Knocker,
    addresses: tuple[str, str],
    seen_by: frozenset[Role],
) -> str:
    form = samples.FORMS.get(endpoint)
    foreign, missing = (knocker.knock(method, each, form) for each in addresses)
    if not knocker.passes(endpoint):
        return shut(knocker, method, foreign) or shut(knocker, method, missing)
    if missing.status_code != 404:
        return f"answers {missing.status_code} about a missing thing"
    if knocker.role in seen_by:
        good = foreign.status_code < 500 and foreign.status_code not in {401, 404}
        return "" if good else f"answers {foreign.status_code} about a thing they may see"
    if foreign.status_code != 404:
        return f"answers {foreign.status_code} about somebody else's thing"
    same = bare(foreign) == bare(missing)
    return "" if same else "answers in other words than about a missing thing"


def test_every_field_that_an_event_needs_has_a_sample() -> None:
    needed = {
        name
        for event in _events.values()
        for name, field in event.schema.model_fields.items()
        if field.is_required()
    }
    missing = needed - set(samples.EVENT_FIELDS)
    assert not missing, f"add these to tests/policy/samples.py: {sorted(missing)}"


def test_events_about_other_peoples_things_are_refused_as_about_missing_ones(
    open_socket: Callable[..., Socket], cast: Cast
) -> None:
    wrong = []
    sockets = {name: open_socket(name) for name in KNOCKING}
    for event in sorted(_events):
        foreign, missing = _said(event, cast)
        for name, socket in sockets.items():
            about_foreign = socket.send(event, **foreign)
            about_missing = socket.send(event, **missing)
            refused = about_foreign.get("error", {}).get("code") == "forbidden"
            if about_foreign != about_missing or refused == (event in samples.HARMLESS):
                wrong.append(f"{event} by {name}: {about_foreign}, {about_missing}")
    assert not wrong, "\n".join(wrong)


def _said(event: str, cast: Cast) -> tuple[dict[str, Any], dict[str, Any]]:
    foreign, missing = {}, {}
    for name, field in _events[event].schema.model_fields.items():
        if not field.is_required():
            continue
        sample = samples.EVENT_FIELDS[name]
        foreign[name] = sample.value(cast) if callable(sample.value) else sample.value
        missing[name] = new_id() if sample.names_a_thing else sample.value
    return foreign, missing

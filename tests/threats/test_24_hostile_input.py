"""24. Whatever a form, an address or an event carries is answered in plain words, never by a fault.

Every form that every role meets is sent with one field wrong: another wrong thing each time, on
both databases. `PEER_HOSTILE=all` sends every wrong thing in every field, which takes minutes.
"""

import os
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.routing import Rule

from peer.accounts.models import Account
from peer.accounts.queries import actor_from
from peer.core import keys, work
from peer.core.db import database
from peer.core.realtime.door import _events
from peer.core.settings import load
from peer.policy import doors
from peer.policy.roles import Role
from peer.rooms import service as rooms
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.processes import web_processes
from tests.plugins.site import SECRET, quick_app
from tests.plugins.sockets import Socket
from tests.policy.samples import EVENT_FIELDS, WORDS
from tests.policy.test_matrix import address
from tests.rooms.place import a_room, said
from tests.threats.hostile import BODIES, IDS, VALUES, Hostile, moved
from tests.threats.planting import Planted
from tests.threats.walking import token_of

ALL = os.environ.get("PEER_HOSTILE") == "all"
# What one database would store and the other refuses comes first where it counts.
STRANGE = ["NUL", "a lone surrogate", "past 32 bits", "past 64 bits", "no UTF-8", "the last day"]


@pytest.fixture(params=["sqlite", "postgresql"])
def hostile(
    request: pytest.FixtureRequest, planted_folder: Path, planted: Planted, tmp_path: Path
) -> Iterator[Hostile]:
    """The planted place on either database, and its people with a mind to break it."""
    folder = tmp_path / "hostile"
    shutil.copytree(planted_folder, folder)
    url = ""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("migrated_postgres_url"))
        moved(folder / "peer.db", url)
    kept = {"database_url": url, "keys_database_url": f"sqlite:///{folder / 'keys.db'}"}
    app = quick_app(load(data_dir=folder, secret_key=SECRET, redis_url="", **kept))
    yield Hostile(app, planted)
    database.close()
    keys.close()


def wrong_things(hostile: Hostile) -> Iterator[list[str]]:
    """What is sent in the next field: one thing after the other, or all of them."""
    turns = cycle([*VALUES, *STRANGE] if database.on_sqlite else [*STRANGE, *VALUES])
    while True:
        yield [*VALUES] if ALL else [next(turns)]


def test_no_form_with_a_wrong_field_makes_a_fault(hostile: Hostile) -> None:
    things = wrong_things(hostile)
    mine = 0 if database.on_sqlite else 1
    for number, (who, endpoint, form) in enumerate(hostile.forms()):
        names = sorted({each.name for each in form.fields} - {"csrf_token", ""})
        for name in names if ALL else names[(number + mine) % 2 :: 2]:
            for what in next(things):
                hostile.fill(who, endpoint, form, name, what)
    assert hostile.wrong == []
    assert hostile.sent > 300
    assert hostile.taken > 40


def test_no_hidden_field_with_nul_in_it_makes_a_fault(hostile: Hostile) -> None:
    known = {endpoint: (who, form) for who, endpoint, form in hostile.forms()}
    for endpoint, (who, form) in known.items():
        hidden = {each.name for each in form.fields if each.kind in {"hidden", "submit", "radio"}}
        for name in sorted(hidden - {"csrf_token", ""}):
            hostile.fill(who, endpoint, form, name, "NUL")
    assert hostile.wrong == []
    assert hostile.sent > 50


def test_no_body_that_is_no_form_makes_a_fault(hostile: Hostile) -> None:
    kinds = cycle(BODIES)
    known = {endpoint: (who, form) for who, endpoint, form in hostile.forms()}
    for who, form in known.values():
        for what in BODIES if ALL else [next(kinds)]:
            hostile.post(who, form.action, BODIES[what], what)
    assert hostile.wrong == []
    assert hostile.sent > 60


def test_no_address_with_a_wrong_id_makes_a_fault(hostile: Hostile) -> None:
    ids = cycle(IDS)
    for rule in hostile.app.url_map.iter_rules():
        if names := rule.arguments - set(WORDS):
            plain = address(hostile.app, rule, dict.fromkeys(names, "some-id"))
            for each in IDS if ALL else ["%00", next(ids)]:
                open_or_send(hostile, rule, plain.replace("some-id", each), each[:9])
    assert hostile.wrong == []
    assert hostile.sent > 100


def open_or_send(hostile: Hostile, rule: Rule, url: str, what: str) -> None:
    """Go to an address as somebody to whom its door opens."""
    who = next(
        (name for role, name in WHO.items() if role in doors.PAGES[rule.endpoint].roles), "Noor"
    )
    if "GET" in (rule.methods or ()):
        hostile.get(who, url, what)
    else:
        hostile.post(who, url, BODIES["text"], what)


WHO = {
    Role.MEMBER: "Noor",
    Role.MENTOR: "Tess",
    Role.MODERATOR: "Mo",
    Role.COORDINATOR: "Cora",
    Role.ADMIN: "Ada",
    Role.FACILITATOR: "Fay",
}


def test_no_question_in_an_address_makes_a_fault(hostile: Hostile) -> None:
    things = wrong_things(hostile)
    for who, path, name in hostile.asked():
        for what in [*VALUES] if ALL else ["NUL", "past 32 bits", *next(things)]:
            value = "&".join(f"{name}={quote(each[:1500])}" for each in VALUES[what])
            hostile.get(who, f"{path}?{value}", f"{name}: {what}")
    assert hostile.wrong == []
    assert hostile.sent > 40


# --- over the socket -------------------------------------------------------------------------------

SAID_OVER_A_SOCKET: list[Any] = [
    None,
    True,
    "",
    "a\0b",
    "a\ud800b",
    "\U0001f469" * 4000,
    "e\u0301" * 2000,
    "x" * 5000,
    -1,
    2**31 - 1,
    2**31,
    2**63,
    10**30,
    1.5,
    [],
    ["a", None],
    {"a": {"b": []}},
]


@pytest.fixture(params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, migrated: Path, tmp_path: Path
) -> Iterator[tuple[str, Path]]:
    """The address of a site on either database, and the folder with what it logs."""
    url = ""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("migrated_postgres_url"))
    else:
        shutil.copy(migrated, tmp_path / "peer.db")
    with web_processes(1, tmp_path, database_url=url) as (address,):
        quick_app(load(data_dir=tmp_path, secret_key=SECRET, database_url=url, redis_url=""))
        yield address, tmp_path
    keys.close()


def test_no_event_with_a_wrong_field_makes_a_fault(served: tuple[str, Path], cast: Cast) -> None:
    address, folder = served
    room = a_room(cast, cast.noor, cast.zed, entry="invited")
    good = {"room": room.id, "id": said(cast.zed, room, "Good evening.").id}
    sent = 0
    for event in sorted(_events):
        fields = _events[event].schema.model_fields
        needed = {
            name: good.get(name, sample.value)
            for name, sample in EVENT_FIELDS.items()
            if name in fields and fields[name].is_required()
        }
        for name in fields:
            socket = Socket(address, token_of(comes_in(cast, room)))
            for wrong in SAID_OVER_A_SOCKET:
                answer = socket.send(event, **{**needed, name: wrong})
                code = answer.get("error", {}).get("code", "")
                assert answer["ok"] or code != "slow_down", (event, name, wrong)
                sent += 1
            socket.client.disconnect()
    log = [line for path in folder.glob("*.log") for line in path.read_text().splitlines()]
    faults = [line.partition("event=")[2] for line in log if "_failed" in line]
    assert faults == []
    assert sent > 300


def comes_in(cast: Cast, room: Room) -> Account:
    """Somebody new, who has agreed to how people are together in the room."""
    account = cast.newcomer()
    with work.begin():
        rooms.add_person(cast.cora, room.id, account.name)
        rooms.agree(actor_from(account), room.id)
    return account

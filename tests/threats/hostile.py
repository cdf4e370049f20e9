"""What a broken or ill-meant browser sends in place of what a form asks for."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, func, select, text
from werkzeug.test import TestResponse

from peer.accounts.models import Account
from peer.core import limits, work
from peer.core.db import Base
from peer.policy import doors
from tests.plugins.site import csrf_of
from tests.threats.planting import NEEDS, Planted
from tests.threats.walking import Form, Inside, Walk, filled, named

# What is sent under a field's name: nothing at all, one value, or several.
VALUES: dict[str, list[bytes]] = {
    "nothing": [],
    "an empty one": [b""],
    "two": [b"one", b"another"],
    "NUL": [b"a\0b"],
    "a lone surrogate": [b"a\xed\xa0\x80b"],
    "no UTF-8": [b"\xff\xfe\xc3"],
    "many emoji": ["👩‍👩‍👧".encode() * 800],
    "right to left": ["\u202eمرحبا ".encode() * 500],
    "combining": ["e\u0301\u0323".encode() * 1334],
    "controls": [b"a\x01\x1b[2J\x7f\r\nb"],
    "below zero": [b"-1"],
    "past 32 bits": [b"2147483648"],
    "past 64 bits": [b"99999999999999999999"],
    "very many digits": [b"9" * 5000],
    "not finite": [b"1e309"],
    "other digits": ["٣".encode()],
    "a power": ["²".encode()],
    "a day that never was": [b"2026-02-30"],
    "the last day": [b"9999-12-31"],
    "the first day": [b"0001-01-01"],
    "an hour that never was": [b"25:61"],
    "a long id": [b"x" * 5000],
    "JSON": [b'{"$gt": ""}'],
    "a list": [b"[" * 500],
    "percent": [b"%s%(name)s%00{0}"],
}
# As part of an address.
IDS = ["%00", "a%00b", "%ED%A0%80", "%FF", "x" * 2000, "-1", "9" * 40, "%F0%9F%91%A9", "%0d%0aX:1"]
PARTS = "multipart/form-data; boundary=x"
# Whole bodies that are no form, and what they claim to be.
BODIES: dict[str, tuple[bytes, str]] = {
    "JSON": (b'{"text": ["a", null]}', "application/json"),
    "broken JSON": (b'{"text": ', "application/json"),
    "text": (b"text=a", "text/plain"),
    "a charset that is none": (b"text=a", "application/x-www-form-urlencoded; charset=x-none"),
    "UTF-16": ("text=a".encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"),
    "parts without a boundary": (b"--x\r\n", "multipart/form-data"),
    "parts that break off": (b'--x\r\nContent-Disposition: form-data; name="text"', PARTS),
    "parts with a file": (
        b'--x\r\nContent-Disposition: form-data; name="text"; filename="a\0.txt"\r\n\r\n\0\r\n--x--\r\n',
        PARTS,
    ),
    "very many fields": (b"a=1&" * 3000, "application/x-www-form-urlencoded"),
    "no type": (b"text=a", ""),
    "nothing": (b"", "application/x-www-form-urlencoded"),
}
SAID = frozenset({200, 204, 302, 303, 304, 400, 401, 403, 404, 409, 413, 414, 415, 422, 429})
# Sent last: they end what the others stand on.
ENDS = frozenset({"accounts.do_erase", "accounts.do_erase_paused", "accounts.sign_out_everywhere"})
FORM = "application/x-www-form-urlencoded"
NEWCOMER = "the newcomer"


@dataclass
class Hostile:
    """People of the planted place who send anything, and what went wrong."""

    app: Flask
    planted: Planted
    wrong: list[str] = field(default_factory=list)
    sent: int = 0
    taken: int = 0
    _browsers: dict[str, tuple[FlaskClient, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.walk = Walk(self.app, "", Inside(self.app.test_client()), lambda *_: None, {})

    def forms(self) -> list[tuple[str, str, Form]]:
        """Each kind of form that each person met: who, endpoint, form."""
        found: dict[tuple[str, ...], tuple[str, str, Form]] = {}
        for who, page in self.planted.pages:
            for form in page.forms:
                if form.method == "post":
                    endpoint = self.walk.endpoint(form.action, "POST")[0]
                    names = sorted({each.name for each in form.fields})
                    found[who, endpoint, *names] = (self.sender(who, endpoint), endpoint, form)
        return sorted(found.values(), key=lambda each: each[1] in ENDS)

    def asked(self) -> list[tuple[str, str, str]]:
        """What addresses say after a question mark: who, path, name."""
        found: dict[tuple[str, str], tuple[str, str, str]] = {}
        for who, page in self.planted.pages:
            forms = [form for form in page.forms if form.method == "get"]
            asked = [(form.action, each.name) for form in forms for each in form.fields]
            for link in page.links:
                path = urljoin(page.path, link)
                asked += [(path, name) for name, _ in parse_qsl(urlsplit(path).query)]
            for path, name in asked:
                plain = urlsplit(path).path
                endpoint = self.walk.endpoint(plain)[0]
                if name and endpoint in doors.PAGES:
                    found[endpoint, name] = (self.sender(who, endpoint), plain, name)
        return list(found.values())

    def sender(self, who: str, endpoint: str) -> str:
        """Who was nobody has joined meanwhile, but for pages that are open to everybody."""
        page = doors.PAGES.get(endpoint)
        return who if who != "nobody" or (page and page.everyone) else NEWCOMER

    def browser(self, who: str) -> tuple[FlaskClient, str]:
        """Somebody's browser, and the token of its forms."""
        if who not in self._browsers:
            client = Inside.of(self.app, person(who)).client
            self._browsers[who] = (client, csrf_of(client))
        return self._browsers[who]

    def fill(self, who: str, endpoint: str, form: Form, name: str, what: str) -> None:
        """Send a form as it should be, but for one field."""
        words = {
            each.name: NEEDS.get((endpoint, each.name), str)("a word or two") for each in form.texts
        }
        body: list[tuple[str, str | bytes]] = [
            each for each in filled(form, words) if each[0] not in {name, "csrf_token"}
        ]
        body += [(name, value) for value in VALUES[what]]
        self.post(who, form.action, (urlencode(body).encode(), FORM), f"{name}: {what}")

    def post(self, who: str, address: str, body: tuple[bytes, str], what: str) -> None:
        """Send anything, with the token that gets it past the first door."""
        client, token = self.browser(who)
        said, kind = body
        headers = {"X-CSRFToken": token}
        self._note(client.post(address, data=said, content_type=kind, headers=headers), who, what)

    def get(self, who: str, address: str, what: str) -> None:
        """Open an address."""
        self._note(self.browser(who)[0].get(address), who, what)

    def _note(self, answer: TestResponse, who: str, what: str) -> None:
        self.sent += 1
        self.taken += answer.status_code < 400
        page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        if answer.status_code not in SAID or "Traceback" in page:
            asked = f"{answer.request.method} {answer.request.path[:90]}"
            self.wrong.append(f"{asked} by {who}, {what}: {answer.status_code}")
        if answer.status_code == 401 or "/sign-in" in (answer.location or ""):
            self._browsers.pop(who, None)
        limits._storage.reset()


def person(who: str) -> Account | None:
    """One of the demo's people; nobody is not signed in."""
    if who == "nobody":
        return None
    if who != NEWCOMER:
        return named(who)
    with work.begin(writes=False) as session:
        return session.scalars(select(Account).order_by(Account.created_at.desc())).first()


def moved(path: Path, url: str) -> None:
    """Everything of a SQLite file, in the same tables of a PostgreSQL database."""
    here, there = create_engine(f"sqlite:///{path}"), create_engine(url)
    with here.connect() as source, there.begin() as target:
        target.execute(text("SET session_replication_role = replica"))  # in any order
        for table in Base.metadata.sorted_tables:
            target.execute(table.delete())
            if rows := [dict(row) for row in source.execute(select(table)).mappings()]:
                target.execute(table.insert(), rows)
                if (number := table.autoincrement_column) is not None:
                    last = func.max(number)
                    serial = func.pg_get_serial_sequence(table.name, number.name)
                    target.execute(select(func.setval(serial, last)).select_from(table))
    here.dispose()
    there.dispose()

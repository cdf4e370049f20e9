"""More than 3,000 public XSS payloads in every text field, in Chromium: none runs, each reads as typed.

Every form is filled in with a word of its own; then every word, wherever it was stored, becomes
all the payloads at once, past every limit of length, and each page that shows any of it is opened
in a real browser with a trap for whatever runs, is refused or asks another host. What a form
sends back is looked at in the same way, and what arrives over the socket in an open room.

"As typed" allows for: control characters and bidirectional overrides, which are taken out; line
ends, which become newlines, and are nothing in a field of one line; "https://" before the address
of a site in the library, which is not shown.
"""

import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from peer.accounts import queries, service
from peer.accounts.models import Account, Factor
from peer.accounts.models.oversight import Release
from peer.core import limits, markup, work
from peer.core.db import Base, database
from peer.core.errors import Nudge
from peer.core.settings import load
from peer.moderation.models import Report, ReviewItem
from peer.policy.rooms import MessageState
from peer.rooms.models import Message
from peer.rooms.service import post_message
from peer.wellbeing import service as wellbeing
from peer.wellbeing.models import PrivatePage, version_of
from tests.cast import Cast, private_key
from tests.plugins.site import SECRET, SignIn, csrf_of, free_port, quick_app
from tests.plugins.visitors import Visitors
from tests.rooms.place import a_room
from tests.threats.planting import PEOPLE, STEPS, Planted
from tests.threats.reading import EACH, FOREIGN, PAYLOADS, Reading, shown
from tests.threats.showing import TRAP, Showing
from tests.threats.walking import Form, Inside, Page, Walk, filled, named
from tests.threats.xss import originals

FEW = 9
OFTEN = 3  # pages on which the same words are looked at
SHARE = 160  # payloads that a form sends back at a time


def test_there_are_enough_payloads() -> None:
    """Others wrote so many; control characters taken out, they still differ, and rules add some."""
    assert len(originals()) >= 3000
    assert len({markup.tidy(text) for text in originals()}) >= 3000
    assert len(PAYLOADS) >= 3300


# --- what is stored -------------------------------------------------------------------------------


@dataclass
class Poison:
    """Turns words into payloads: the first word of a column into all of them, others into a few.

    With all of them in every word some pages would be endless.
    """

    word: re.Pattern[str]
    whole: dict[str, str] = field(default_factory=dict)  # table.column → the word with all

    def everywhere(self) -> None:
        """In whatever row and column, sealed or not."""
        with work.begin() as session:
            _unguard(session)
            for mapper in Base.registry.mappers:
                names = written(mapper.class_)
                for row in session.scalars(select(mapper.class_)) if names else ():
                    for name in names:
                        self._in(row, name)

    def _in(self, row: Any, name: str) -> None:
        where = f"{row.__tablename__}.{name}"
        value = getattr(row, name)
        changed = _changed(
            value, lambda text: self.word.sub(lambda found: self._said(found[0], where), text)
        )
        if changed != value:
            setattr(row, name, changed)

    def _said(self, word: str, where: str) -> str:
        whole = self.whole.setdefault(where, word) == word
        return shown(word, enumerate(PAYLOADS if whole else PAYLOADS[:FEW]))


@dataclass
class Poisoned:
    """The planted place with payloads wherever somebody wrote."""

    app: Flask
    whole: dict[str, str]


@pytest.fixture
def poisoned(planted_folder: Path, planted: Planted, tmp_path: Path) -> Iterator[Poisoned]:
    """The planted place with every word replaced by payloads."""
    folder = tmp_path / "poisoned"
    shutil.copytree(planted_folder, folder)
    app = quick_app(load(data_dir=folder, secret_key=SECRET, database_url="", redis_url=""))
    # The same megabytes stand on many pages: each text is made safe once, by the same function.
    app.jinja_env.filters["plain"] = cache(markup.plain)
    poison = Poison(re.compile("|".join(sorted(planted.words))))
    poison.everywhere()
    one_step_more()
    yield Poisoned(app, poison.whole)
    database.close()


def one_step_more() -> None:
    """Let pages show what they show a step later: a factor that counts, a reported text changed."""
    with work.begin() as session:
        for factor in session.scalars(select(Factor)):
            factor.confirmed_at = factor.made_at
        changed = [said.earlier for said in session.scalars(select(Message)) if said.earlier]
        for item in session.scalars(select(ReviewItem)):
            if reported := session.get(Message, item.subject_id):
                reported.earlier = max(changed, key=lambda texts: len(str(texts)))


def _unguard(session: Session) -> None:
    """Let lines be changed that are only added to: this is a copy, and no verb would change them."""
    guards = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for guard in guards:
        session.execute(text(f"DROP TRIGGER {guard}"))


def written(kind: type) -> list[str]:
    """The attributes of a table that may hold what people wrote, sealed ones too."""
    plain = [
        each.key
        for each in inspect(kind).column_attrs
        if not each.columns[0].primary_key and each.columns[0].type.python_type in {str, dict, list}
    ]
    sealed = {name for base in kind.__mro__ for name, each in vars(base).items() if _seals(each)}
    return [*plain, *sorted(sealed)]


def _seals(attribute: object) -> bool:
    return hasattr(attribute, "seal_in") and hasattr(attribute, "column")


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """The value with every text in it changed."""
    if isinstance(value, str):
        return change(value) if "zq" in value else value
    if isinstance(value, list):
        return [_changed(each, change) for each in value]
    if isinstance(value, dict):
        return {key: _changed(each, change) for key, each in value.items()}
    return value


def pages_with_payloads(app: Flask, planted: Planted, words: Collection[str]) -> Iterator[Page]:
    """Every page that shows any of it, as the first and the last of those who came to it.

    Then those on which somebody else met one of these words, where no page showed it yet.
    """
    browsers = {who: Inside.of(app, account_of(who)) for who in PEOPLE}
    walk = Walk(app, "", browsers["nobody"], lambda *_: None, {})
    first: dict[Any, tuple[str, str]] = {}
    last: dict[Any, tuple[str, str]] = {}
    for who, page in planted.pages:
        kind = walk.kind(page.path)
        if kind is not None and page.status == 200:
            first.setdefault(kind, (who, page.path))
            last[kind] = (who, page.path)
    known: set[tuple[Any, ...]] = set()
    seen: Counter[str] = Counter()  # somebody's own name is on every page of theirs
    for who, path in dict.fromkeys([*first.values(), *last.values(), *said_pages()]):
        page = opened(walk, browsers[who], path)
        marks = tuple(sorted(set(re.findall("⟦(zq\\w+)⟧", page.body))))
        if any(seen[mark] < OFTEN for mark in marks) and (walk.kind(path), marks) not in known:
            known.add((walk.kind(path), marks))
            seen.update(marks)
            yield page
    for who, met in planted.pages:
        if met.status == 200 and any(word in met.body for word in words if not seen[word]):
            page = opened(walk, browsers[who], met.path)
            seen.update(re.findall("⟦(zq\\w+)⟧", page.body))
            yield page


def opened(walk: Walk, browser: Inside, path: str) -> Page:
    """The page, once what it asks for first has been done: agreeing anew, taking an item."""
    page = Page(path, browser.get(path))
    asks = [form for form in page.forms if walk.endpoint(form.action, "POST")[0] in STEPS]
    for form in asks:
        browser.post(form.action, filled(form, {}))
    return Page(path, browser.get(path)) if asks else page


def said_pages() -> Iterator[tuple[str, str]]:
    """Where what was said since is read: who reads it, and at which address."""
    yield "Noor", "/account/second-factor"
    with work.begin(writes=False) as session:
        for message in session.scalars(select(Message)):
            if "⟦" in message.text:
                for who in ("nobody", "Noor", "Fay"):
                    yield who, f"/rooms/{message.room_id}"
                yield "nobody", f"/rooms/{message.room_id}/messages/{message.id}/edit"
        for report in session.scalars(select(Report)):
            if "⟦" in report.note:
                yield "Mo", f"/moderation/items/{report.item_id}"
    yield "Cora", f"/decisions/{export_of_a_paper()}"


def export_of_a_paper() -> str:
    """Cora asks to hand on what a paper names, whose days have passed: the act for two."""
    cora = queries.actor_from(named("Cora"))
    with work.begin() as session:
        papers = session.scalars(select(Release).where(Release.on_paper)).all()
        paper = next(each for each in papers if "⟦" in each.where_kept)
        paper.starts_at, paper.withdrawn_at, paper.ending = paper.given_at, None, ""
        return service.ask_export(cora, paper.id, "To hand it on.").id


def account_of(who: str) -> Account:
    """One of the demo's people; nobody is the one who has joined meanwhile."""
    if who != "nobody":
        return named(who)
    with work.begin(writes=False) as session:
        return session.scalars(select(Account).order_by(Account.created_at.desc())).first()


def test_xss_payloads_in_every_field_execute_nowhere_and_read_back_as_typed(
    poisoned: Poisoned, planted: Planted, browser: Browser
) -> None:
    showing, reading = Showing(browser, poisoned.app.test_client()), Reading()
    for page in pages_with_payloads(poisoned.app, planted, poisoned.whole.values()):
        reading.look(showing, page)
    showing.close()
    assert showing.wrong + reading.wrong == []
    columns = {where for where, word in poisoned.whole.items() if word not in reading.whole()}
    assert sorted(columns) == []
    assert reading.pages >= 20


# --- what only its person can open -----------------------------------------------------------------


def test_xss_payloads_in_private_pages_execute_nowhere_and_read_back_as_typed(
    app: Flask, cast: Cast, signed_in: SignIn, browser: Browser
) -> None:
    note, day = private_pages(cast)
    noor = Inside(signed_in("noor"))
    showing, reading = Showing(browser, app.test_client()), Reading()
    pages = ["", "/notes", f"/notes/{note}", f"/notes/{note}/edit", f"/notes/{note}/remove"]
    pages += ["/today", "/days", f"/days/{day}", "/plan", "/plan/next", "/plan/alone"]
    for path in pages:
        page = Page(f"/own{path}", noor.get(f"/own{path}"))
        assert (page.status, "⟦" in page.body) == (200, True), path
        reading.look(showing, page)
    showing.close()
    assert showing.wrong + reading.wrong == []
    assert reading.whole() == {"zqnote", "zqsentence", "zqnext", "zqline"}
    assert reading.most["zqopening"] == 1


PRIVATE = re.compile("zq(note|sentence|next|line|opening)")
QUIET = "The list of notes shows how each begins, on one line. " * 4


def private_pages(cast: Cast) -> tuple[str, str]:
    """Noor keeps a note, a day and a plan; then every word of them becomes all the payloads."""
    key = private_key(cast.account("noor"))
    with work.begin() as session:
        wellbeing.write_note(cast.noor, key, "zqopening")
        note = wellbeing.write_note(cast.noor, key, f"{QUIET}zqnote")
        day = wellbeing.check_in(cast.noor, key, {"today": "heavy"}, "zqsentence")
        wellbeing.save_next_step(cast.noor, key, "zqnext", version=version_of(""))
        wellbeing.save_list(cast.noor, key, "alone", ["Tea", "zqline"], version=version_of([]))
        for row in session.scalars(select(PrivatePage)):
            row.close_body(key, _changed(row.open_body(key), lambda text: PRIVATE.sub(_all, text)))
    return note, day


def _all(word: re.Match[str]) -> str:
    return shown(word[0], enumerate(PAYLOADS if word[1] != "opening" else PAYLOADS[:1]))


# --- what a form sends back -----------------------------------------------------------------------


def test_xss_payloads_in_every_form_that_is_sent_back_execute_nowhere(
    planted_folder: Path, planted: Planted, tmp_path: Path, browser: Browser
) -> None:
    folder = tmp_path / "echo"
    shutil.copytree(planted_folder, folder)
    app = quick_app(load(data_dir=folder, secret_key=SECRET, database_url="", redis_url=""))
    showing, reading, sent = Showing(browser, app.test_client()), Reading(), 0
    for who, form in one_of_each_form(app, planted):
        inside = Inside.of(app, None if "sign-in" in form.action else account_of(who))
        words = {each.name: a_share(sent + n) for n, each in enumerate(form.texts)}
        sent += len(words)
        body = filled(form, words | {"csrf_token": csrf_of(inside.client)})
        answer = (
            inside.get(f"{form.action}?{urlencode(body)}")
            if form.method == "get"
            else inside.post(form.action, body)
        )
        assert answer.status < 500
        if "⟦" in answer.body:
            page = Page(form.action, answer)
            reading.look(showing, page)
    showing.close()
    database.close()
    assert showing.wrong + reading.wrong == []
    assert sent * SHARE >= len(PAYLOADS)
    assert reading.pages >= 10


def one_of_each_form(app: Flask, planted: Planted) -> list[tuple[str, Form]]:
    """Each kind of form that takes words, by whom it was met."""
    walk = Walk(app, "", Inside(app.test_client()), lambda *_: None, {})
    found: dict[tuple[str, ...], tuple[str, Form]] = {}
    for who, page in planted.pages:
        for form in page.forms:
            endpoint = walk.endpoint(form.action, form.method.upper())[0]
            names = [each.name for each in form.texts]
            if names and endpoint != "accounts.change_passphrase":
                found[endpoint, *names] = (who, form)
    return list(found.values())


def a_share(turn: int) -> str:
    """Some of the payloads, others each time."""
    numbers = [(turn * SHARE + n) % len(PAYLOADS) for n in range(SHARE)]
    return shown(f"zq{turn}", [(number, PAYLOADS[number]) for number in numbers])


# --- what arrives while a room is open -------------------------------------------------------------


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The site of this process, for real browsers: pages and sockets."""
    port = free_port()
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_xss_payloads_that_arrive_in_an_open_room_execute_nowhere(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    room = a_room(cast, cast.noor, cast.zed, cast.fay)
    with served(app) as address:
        visitors = Visitors(browser, address)
        visitor = visitors.open(cast.account("noor"))
        visitor.context.add_init_script(TRAP)
        visitor.open(f"/rooms/{room.id}")
        sent = say_all(cast, room.id)
        read: dict[int, str] = {}
        until = time.monotonic() + 60
        while len(read) < sent and time.monotonic() < until:
            visitor.page.wait_for_timeout(100)
            read |= {int(number): text for number, text in visitor.page.evaluate(ARRIVED)}
        foreign = visitor.page.evaluate(FOREIGN)
        assert visitors.close() == []
    assert foreign == []
    assert {number: text for number, text in read.items() if text != PAYLOADS[number]} == {}
    assert sorted(read) == list(range(sent))


ARRIVED = """() => {
  const copy = document.querySelector('main').cloneNode(true);
  copy.querySelectorAll('br').forEach((br) => br.replaceWith('\\n'));
  return [...copy.textContent.matchAll(/⟦(\\d+)⟧([^]*?)⟦\\/\\1⟧/g)].map(([, n, text]) => [n, text]);
}"""


def say_all(cast: Cast, room_id: str) -> int:
    """Fay says every payload, many to a message; how many everybody sees."""
    waiting, number = list(EACH), 0
    while waiting:
        text = ""
        while waiting and len(text) + len(waiting[0]) < markup.LIMIT:
            text += waiting.pop(0) + "\n"
        number += 1
        say(cast, room_id, text, f"n{number}")
        limits.configure(SECRET)  # nobody's allowance is what this is about
    return len(EACH)


def say(cast: Cast, room_id: str, text: str, nonce: str) -> None:
    """Once more with its slip, where the author is asked to look again."""
    with work.begin():
        try:
            message = post_message(cast.fay, room_id, text=text, nonce=nonce)
        except Nudge as nudge:
            message = post_message(cast.fay, room_id, text=text, nonce=nonce, token=nudge.token)
    assert message.state == MessageState.VISIBLE

"""Every page of every role, in the demo's lived-in place.

Each person's browser starts at the front page and follows every link, until no new kind of page
turns up. What it meets on the way is looked at in light and dark, wide and narrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.exceptions import HTTPException

from peer.accounts import queries as accounts
from peer.accounts.models import Account
from peer.app import create_app
from peer.core import work
from peer.core.db import database
from peer.core.settings import load
from peer.demo import place
from peer.mentoring import queries as mentoring
from peer.policy import doors
from peer.policy.mentoring import ProposalState
from peer.rooms import queries as rooms
from peer.rooms.service import post_message
from tests.cast import Cast, passphrase_hash
from tests.plugins.site import SECRET, Site
from tests.plugins.visitors import Visitor, Visitors

# What nobody should learn from a browser's history or over a shoulder.
TELLING = re.compile(
    "traffick|survivor|victim|abus|exploit|violen|threat|unkind|crisis|harm|report|suspend|paused",
    re.IGNORECASE,
)
NOT_PAGES = {"static", "home.healthz", "home.readyz", "accounts.leave", "mentoring.calendar_file"}

LOOKS = """() => {
  const seen = (node) => Boolean(node && node.getClientRects().length);
  const foot = document.querySelector('footer');
  return {
    title: document.title,
    kinds: [...new Set([...document.querySelectorAll('main *')].map(
      (node) => `${node.parentElement.className}>${node.tagName}.${node.getAttribute('class')}`,
    ))].sort().join(),
    headings: [...document.querySelectorAll('h1')].filter(seen).length,
    lang: document.documentElement.lang,
    dir: document.documentElement.dir,
    helpline: seen(foot) && foot.innerText.includes('1-888-373-7888'),
    links: [...document.querySelectorAll('a[href]')]
      .filter((a) => a.origin === location.origin && !a.getAttribute('href').startsWith('#'))
      .map((a) => a.pathname + a.search),
  };
}"""

# How far the page is wider than the window, and where Leave is once one has read to the end.
FITS = """() => {
  scrollTo(0, document.documentElement.scrollHeight);
  const leave = document.querySelector('a.leave').getBoundingClientRect();
  const box = document.documentElement;
  const fits = {
    over: Math.max(0, box.scrollWidth - innerWidth),
    leave: leave.top >= 0 && leave.bottom <= innerHeight && leave.left >= 0
      && leave.right <= innerWidth && leave.height >= 44 && leave.width >= 44,
  };
  scrollTo(0, 0);
  return fits;
}"""

FOUND = """([context, options]) => axe.run(context, options).then(
  ({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))"""
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
COLOURS = EVERYTHING | {"runOnly": ["color-contrast", "link-in-text-block"]}

# In a long row of things that are made alike, the first few stand for the others.
MARK_MORE_OF_THE_SAME = """() => document.querySelectorAll('main *').forEach((node) => {
  let before = 0;
  for (let other = node.previousElementSibling; other; other = other.previousElementSibling) {
    before += other.tagName === node.tagName && other.className === node.className;
  }
  if (before >= 4) node.dataset.moreOfTheSame = '';
})"""
EVERYWHERE: dict[str, list[list[str]]] = {"exclude": []}
FIRST_ONES = {"exclude": [["[data-more-of-the-same]"]]}


@dataclass
class Walk:
    """One browser on its way through the place."""

    place: Place
    visitor: Visitor
    seen: dict[tuple[Any, ...], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def through(self, *start: str) -> None:
        """Look at these pages, and at every page that links lead to from them."""
        waiting = list(start)
        while waiting:
            path = waiting.pop(0)
            kind = self._kind(path)
            if kind is not None and kind not in self.seen:
                self.seen[kind] = path
                waiting += self.look(path)

    def _kind(self, path: str) -> tuple[Any, ...] | None:
        """Pages of one kind differ only in which thing they show."""
        found = urlsplit(path)
        asked = dict(parse_qsl(found.query))
        try:
            endpoint, given = self.place.flask.url_map.bind("").match(found.path)
        except HTTPException:
            endpoint, given = found.path, {}
        if endpoint in NOT_PAGES or "lang" in asked:
            return None
        words = sorted(value for name, value in given.items() if not name.endswith("_id"))
        return (endpoint, *words, *sorted(asked), asked.get("show") == "unmatched")

    def look(self, path: str) -> list[str]:
        """Look at one page; where its links lead."""
        page = self.visitor.page
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = self.visitor.open(path)
        looks = page.evaluate(LOOKS)
        self._expect(path, answer.status == 200, f"answered {answer.status}")
        self._expect(path, looks["headings"] == 1, f"{looks['headings']} main headings")
        self._expect(path, (looks["lang"], looks["dir"]) == ("en", "ltr"), "another language")
        self._expect(path, looks["helpline"], "no helpline")
        self._expect(path, not self._tells(looks["title"]), f"titled {looks['title']!r}")
        new = looks["kinds"] not in self.place.read
        self.place.read.add(looks["kinds"])
        page.evaluate(Axe().axe_script)
        page.evaluate(MARK_MORE_OF_THE_SAME)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            fits = page.evaluate(FITS)
            self._expect(path, not fits["over"], f"{fits['over']} px too wide at {width}")
            self._expect(path, fits["leave"], f"Leave is not there at {width}")
            if width == 1280 or (width == 390 and new):
                self._read_by_axe(path, width, new=new)
        return list(looks["links"])

    def _read_by_axe(self, path: str, width: int, *, new: bool) -> None:
        page = self.visitor.page
        # Of what axe looks at, only colours differ between the themes.
        for scheme, options in (("light", EVERYTHING), ("dark", COLOURS))[: 1 + new]:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            whole = new and (width, scheme) == (1280, "light")
            for fault in page.evaluate(FOUND, [EVERYWHERE if whole else FIRST_ONES, options]):
                self._expect(path, False, f"{fault} ({scheme}, {width})")

    def _tells(self, title: str) -> bool:
        return bool(TELLING.search(title)) or not self.place.names.isdisjoint(
            re.split(r"\W+", title)
        )

    def _expect(self, path: str, good: bool, fault: str) -> None:
        if not good:
            self.faults.append(f"{path}: {fault}")

    def endpoints(self) -> set[str]:
        """The doors that were gone through."""
        return {kind[0] for kind in self.seen}


@dataclass
class Place:
    """The demo's place, running."""

    flask: Flask
    visitors: Visitors
    names: set[str]
    # Which parts pages were made of that axe has seen in both themes and widths. Where somebody
    # else meets a page of the very same parts, one look is enough.
    read: set[str] = field(default_factory=set)

    def walk(self, account: Account | None) -> Walk:
        """A browser for somebody, before its first page."""
        visitor = self.visitors.open(account, color_scheme="light", reduced_motion="reduce")
        return Walk(self, visitor)

    def open_to(self, account: Account | None) -> set[str]:
        """The pages whose doors open to somebody."""
        actor = accounts.actor_from(account) if account else None
        return {
            rule.endpoint
            for rule in self.flask.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and doors.PAGES[rule.endpoint].opens_to(actor)
        } - NOT_PAGES


@pytest.fixture(scope="module")
def lived_in(running: Site, browser: Browser) -> Iterator[Place]:
    """The demo's people and what they did, and a running site over it."""
    settings = load(data_dir=running.folder, secret_key=SECRET, database_url="", redis_url="")
    flask = create_app(settings)
    place.make(passphrase_hash(), lambda _line: None)
    _say_something_new()
    with work.begin(writes=False):
        names = {account.name for account in accounts.all_accounts()}
    visitors = Visitors(browser, running.url)
    yield Place(flask, visitors, names)
    visitors.close()
    database.close()


def _say_something_new() -> None:
    """Own words can be changed for a quarter of an hour."""
    with work.begin():
        commons = next(room for room in rooms.all_group_rooms() if room.name == "Commons")
        noor = accounts.actor_from(_named("noor"))
        post_message(noor, commons.id, text="Good evening, all.", nonce="new")


def _named(name: str) -> Account:
    found = accounts.account_named(name)
    assert found is not None
    return found


def _somebody_who_is_asked() -> tuple[Account, str]:
    """A mentee of the round who has not answered yet, and the proposal."""
    with work.begin(writes=False):
        everyone = (mentoring.proposals_of(each.id) for each in mentoring.rounds())
        asked = next(
            each for row in everyone for each in row if each.state == ProposalState.APPROVED
        )
        return accounts.account_with(asked.mentee_id), asked.id


def person(name: str) -> Account | None:
    """Who goes for the walk."""
    if name == "nobody":
        return None
    if name == "newcomer":
        return Cast().newcomer()
    with work.begin(writes=False):
        return _named(name)


# Whose doors open to a role, but which lead nowhere for this person: they are signed in, or have
# nothing of the kind.
OWN_WORDS = {"rooms.edit", "rooms.remove", "rooms.report"}
SIGNED_IN = {"accounts.join", "accounts.sign_in"}
NOTHING_THERE: dict[str, set[str]] = {
    "nobody": set(),
    "newcomer": SIGNED_IN | OWN_WORDS | {"mentoring.mentorship", "mentoring.question"},
    "noor": SIGNED_IN | {"mentoring.question"},
    "tess": SIGNED_IN | {"rooms.edit"},
    "fay": SIGNED_IN | {"rooms.edit"},
    "mo": SIGNED_IN | OWN_WORDS | {"rooms.settings"},
    "cora": SIGNED_IN | OWN_WORDS | {"mentoring.mentorship"},
    "ada": SIGNED_IN | OWN_WORDS,
}


@pytest.mark.parametrize("name", NOTHING_THERE)
def test_every_page_is_whole_and_kind_to_everyone(lived_in: Place, name: str) -> None:
    account = person(name)
    walk = lived_in.walk(account)
    walk.through("/", "/welcome" if account else "/sign-in", "/nothing-here")
    walk.faults.remove("/nothing-here: answered 404")
    assert walk.faults + walk.visitor.wrong == []
    assert lived_in.open_to(account) - walk.endpoints() <= NOTHING_THERE[name]


def test_question_is_whole_and_kind_to_whom_it_is_asked(lived_in: Place) -> None:
    asked, proposal_id = _somebody_who_is_asked()
    walk = lived_in.walk(asked)
    for path in ("/", "/mentoring", f"/mentoring/proposals/{proposal_id}"):
        walk.look(path)
    assert walk.faults + walk.visitor.wrong == []


def test_arabic_is_written_from_the_right(lived_in: Place) -> None:
    walk = lived_in.walk(person("noor"))
    page = walk.visitor.page
    walk.visitor.open("/?lang=ar")
    for path in ("/", "/rooms", "/mentoring", "/mentoring/profile/mentee/hours", "/help"):
        walk.visitor.open(path)
        assert page.evaluate(LOOKS)["dir"] == "rtl"
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate(FITS) == {"over": 0, "leave": True}, (path, width)


def test_second_page_is_in_the_letters_of_the_house(lived_in: Place) -> None:
    visitor = lived_in.walk(None).visitor
    visitor.open("/help")
    visitor.page.evaluate("document.fonts.ready.then(() => true)")
    visitor.open("/sign-in")
    inside = visitor.context.new_cdp_session(visitor.page)
    for domain in ("DOM", "CSS"):
        inside.send(f"{domain}.enable")
    root = inside.send("DOM.getDocument")["root"]["nodeId"]
    heading = inside.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})
    used = inside.send("CSS.getPlatformFontsForNode", {"nodeId": heading["nodeId"]})["fonts"]
    assert [font["familyName"] for font in used] == ["Atkinson Hyperlegible Next"]

"""Every page of every role, in the demo's lived-in place.

Each person's browser starts at the front page and follows every link, until no new kind of page
turns up. What it meets on the way is looked at in light and dark, wide and narrow.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ViewportSize, expect
from werkzeug.exceptions import HTTPException

from peer.accounts import queries as accounts
from peer.accounts.models import Account, Factor, FactorKind
from peer.accounts.service import (
    cancel_recovery,
    hand_over_recovery,
    start_recovery,
    suspend,
)
from peer.app import create_app
from peer.core import clock, keys, work
from peer.core.db import database
from peer.core.settings import load
from peer.mentoring import queries as mentoring
from peer.policy import doors
from peer.policy.mentoring import ProposalState
from peer.rooms import queries as rooms
from peer.rooms.service import post_message
from tests.cast import PASSPHRASE, Cast
from tests.journeys import acts
from tests.plugins.site import SECRET, Site
from tests.plugins.visitors import Visitor, Visitors

AXE = Axe().axe_script
# What nobody should learn from a browser's history or over a shoulder.
TELLING = re.compile(
    "traffick|survivor|victim|abus|exploit|violen|threat|unkind|crisis|harm|report|suspend|paused",
    re.IGNORECASE,
)
WIDE: ViewportSize = {"width": 1280, "height": 844}
SAMPLE = Path(__file__).parents[2] / "docs" / "samples" / "mentees.csv"
NOT_PAGES = {"static", "home.healthz", "home.readyz", "accounts.leave", "mentoring.calendar_file"}
# The last two: parts of a page, for its script.
NOT_PAGES |= {"rooms.date_file", "rooms.now", "rooms.waiting"}

LOOKS = """() => {
  const seen = (node) => Boolean(node && node.getClientRects().length);
  const foot = document.querySelector('footer');
  return {
    title: document.title,
    words: document.querySelector('main').innerHTML
      .replace(/name="csrf_token" value="[^"]*"/g, ''),
    parts: [...new Set([...document.querySelectorAll('main *')].map(
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
# What is wrong is told by its markup: working out a selector for each node takes long.
BRIEFLY: dict[str, Any] = {"resultTypes": ["violations"], "preload": False, "selectors": False}
OF_COLOURS = ["color-contrast", "link-in-text-block"]
BUT_COLOURS = BRIEFLY | {"rules": {rule: {"enabled": False} for rule in OF_COLOURS}}
COLOURS = BRIEFLY | {
    "runOnly": OF_COLOURS,
    "resultTypes": ["violations", "passes"],
    "elementRef": True,
}
# Colours are what takes axe longest, and the same ones come again and again. This reads all text
# whose look axe has not passed yet: the text's own style, and all that shines through behind it
# down to the first ground that lets nothing through. Text that lies elsewhere than on what it is
# inside of has no such look; it is read every time. Of what looks alike on a page the first three
# are read. What comes back: what is wrong, what passed.
READ_COLOURS = """async ([passed, options]) => {
  const known = new Set(passed);
  const kept = new Map();
  const of = (node) => {
    if (!kept.has(node)) {
      const style = getComputedStyle(node);
      kept.set(node, {
        box: node.getBoundingClientRect(),
        letters: [style.color, style.font, style.textShadow, style.textDecorationLine,
          style.display, style.borderBottom].join(),
        behind: [style.backgroundColor, style.backgroundImage].join(),
        through: [style.opacity, style.filter, style.mixBlendMode].join(),
        solid: !/rgba|\\//.test(style.backgroundColor),
        moved: /absolute|fixed|sticky/.test(style.position),
        clips: style.overflowY !== 'visible',
      });
    }
    return kept.get(node);
  };
  const lies = (box, on) => box.left >= on.left - 1 && box.right <= on.right + 1
    && box.top >= on.top - 1 && box.bottom <= on.bottom + 1;
  const ground = (node) => {
    let { box } = of(node);
    let solid = false;
    const found = [];
    for (let each = node; each; each = each.parentElement) {
      const here = of(each);
      if (here.through !== '1,none,normal') found.push(here.through);
      if (solid) continue;
      if (here.behind !== 'rgba(0, 0, 0, 0),none') found.push(here.behind);
      solid = here.solid;
      if (solid ? !lies(box, here.box) : here.moved) return null;
      if (here.clips) box = here.box;
    }
    return found;
  };
  // Neither what axe reads no colours of, nor the link that shows only while it has the focus.
  const silent = 'option, .skip, [type=checkbox], [type=radio], [type=hidden], [type=range]';
  const words = (node) => [...node.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE)
    .map((each) => each.nodeValue.trim()).join('');
  const looks = new Map();
  const alike = new Map();
  const unread = [];
  for (const node of document.body.querySelectorAll('*')) {
    const text = words(node);
    if (node.matches(silent) || !(text || node.matches('input, select, textarea'))) continue;
    if (!node.checkVisibility({ visibilityProperty: true }) || node.offsetWidth <= 1) continue;
    const behind = ground(node);
    const look = behind && [
      text.length > 1, node.closest('a') !== null, of(node).letters,
      words(node.parentElement) !== '', of(node.parentElement).letters, ...behind,
    ].join();
    looks.set(node, look);
    if (known.has(look)) continue;
    alike.set(look, (alike.get(look) ?? 0) + 1);
    if (look === null || alike.get(look) <= 3) unread.push(node);
  }
  if (!unread.length) return [[], []];
  const { violations, passes } = await axe.run({ include: unread }, options);
  return [
    violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
    [...new Set(passes.filter(({ id }) => id === 'color-contrast').flatMap(({ nodes }) => nodes.map(({ element }) => looks.get(element))))]
      .filter(Boolean),
  ];
}"""

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
    theme: str = "light"

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
        """Go to a page and look at it; where its links lead."""
        answer = self.visitor.open(path)
        self._expect(path, answer.status == 200, f"answered {answer.status}")
        return self.look_here(path)

    def look_here(self, path: str) -> list[str]:
        """Look at the page that is open; where its links lead."""
        page = self.visitor.page
        page.wait_for_load_state()  # a heading may be there before the styles are
        looks = page.evaluate(LOOKS)
        self._expect(path, looks["headings"] == 1, f"{looks['headings']} main headings")
        self._expect(path, (looks["lang"], looks["dir"]) == ("en", "ltr"), "another language")
        self._expect(path, looks["helpline"], "no helpline")
        self._expect(path, not self._tells(looks["title"]), f"titled {looks['title']!r}")
        known, new = looks["words"] in self.place.read, looks["parts"] not in self.place.read
        self.place.read |= {looks["words"], looks["parts"]}
        if not known:
            page.evaluate(MARK_MORE_OF_THE_SAME)
        for width in (1280, 390, 320):
            if width != WIDE["width"]:
                page.set_viewport_size({"width": width, "height": 844})
            fits = page.evaluate(FITS)
            self._expect(path, not fits["over"], f"{fits['over']} px too wide at {width}")
            self._expect(path, fits["leave"], f"Leave is not there at {width}")
            if not known and (width == 1280 or (width == 390 and new)):
                self._read_by_axe(path, whole=new and width == WIDE["width"])
                self._read_colours(path, width, both=new)
        page.set_viewport_size(WIDE)
        return list(looks["links"])

    def _read_by_axe(self, path: str, *, whole: bool) -> None:
        part = EVERYWHERE if whole else FIRST_ONES
        for fault in self.visitor.page.evaluate(FOUND, [part, BUT_COLOURS]):
            self._expect(path, False, fault)

    def _read_colours(self, path: str, width: int, *, both: bool) -> None:
        page = self.visitor.page
        # Of what axe looks at, only colours differ between the themes.
        themes = ("light", "dark")[: 1 + both]
        # Wide ends with the theme that narrow begins with: changing it lays the page out anew.
        for theme in themes if width == WIDE["width"] else reversed(themes):
            if theme != self.theme:
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                self.theme = theme
            passed = self.place.passed[theme]
            wrong, new = page.evaluate(READ_COLOURS, [list(passed), COLOURS])
            passed.update(new)
            for fault in wrong:
                self._expect(path, False, f"{fault} ({theme}, {width})")

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
    # What axe has seen: the same words for somebody else need no other look; other words in the
    # same parts need one, but not again in both themes and widths.
    read: set[str] = field(default_factory=set)
    # The looks of text that axe has let pass, in each theme.
    passed: dict[str, set[str]] = field(default_factory=lambda: {"light": set(), "dark": set()})

    def walk(self, account: Account | None) -> Walk:
        """A browser for somebody, before its first page."""
        visitor = self.visitors.open(
            account, color_scheme="light", reduced_motion="reduce", viewport=WIDE
        )
        visitor.context.add_init_script(AXE)  # sent once, and compiled once, for all pages
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
def lived_in(
    lived_in_folder: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The demo's people and what they did, and a running site over it."""
    folder = tmp_path_factory.mktemp("every")
    shutil.copytree(lived_in_folder, folder, dirs_exist_ok=True)
    site = Site(folder, {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET})
    site.start()
    flask = create_app(load(data_dir=folder, secret_key=SECRET, database_url="", redis_url=""))
    _say_something_new()
    with work.begin(writes=False):
        names = {account.name for account in accounts.all_accounts()}
    yield Place(flask, Visitors(browser, site.url), names)
    database.close()
    keys.close()
    site.end()


@pytest.fixture(autouse=True)
def going_home(lived_in: Place) -> Iterator[None]:
    """Who has come for a test closes their browser after it: many pages left open take much."""
    yield
    lived_in.visitors.close()


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
OWN_WORDS = {
    f"rooms.{page}" for page in ("edit", "remove", "report", "distance", "away", "taking_out")
}
OWN_PAGES = {f"wellbeing.{page}" for page in ("note", "edit_note", "remove_note", "day")}
# No link leads there: one is sent when it is needed, or is on the way through a form.
SENT_THERE = {"accounts.unlock", "accounts.app", "accounts.passkey", "accounts.cover"}
# For people who cannot sign in any more; looked at below.
SHUT_OUT = {"accounts.receipt", "accounts.erase_paused"}
# What a moderator has to ask for first; looked at below.
OPENED = {"moderation.more", "accounts.decision"}
SIGNED_IN = {"accounts.join", "accounts.sign_in", "accounts.recover"} | SENT_THERE | SHUT_OUT
NOTHING_THERE: dict[str, set[str]] = {
    "nobody": {"accounts.cover"} | SHUT_OUT,
    "newcomer": SIGNED_IN
    | OWN_WORDS
    | OWN_PAGES
    | {"mentoring.mentorship", "mentoring.question", "rooms.name"},
    "noor": SIGNED_IN | {"mentoring.question"},
    "tess": SIGNED_IN | OWN_PAGES | {"rooms.edit", "rooms.dates", "rooms.name"},
    "fay": SIGNED_IN | OWN_PAGES | {"rooms.edit", "rooms.name"},
    "mo": SIGNED_IN
    | OWN_WORDS
    | OWN_PAGES
    | OPENED
    | {"rooms.settings", "rooms.lead", "rooms.name"},
    "cora": SIGNED_IN
    | OWN_WORDS
    | OWN_PAGES
    | {"mentoring.mentorship", "mentoring.change", "rooms.lead", "rooms.name"},
    "ada": SIGNED_IN | OWN_WORDS | OWN_PAGES | {"rooms.lead", "rooms.name"},
}


@pytest.mark.parametrize("name", NOTHING_THERE)
def test_every_page_is_whole_and_kind_to_everyone(lived_in: Place, name: str) -> None:
    account = person(name)
    walk = lived_in.walk(account)
    # One's own page, which may come first in the list of people, offers less than those of others.
    zed = person("zed")
    others = [f"/people/{zed.id}"] if zed and name in {"cora", "ada"} else []
    walk.through(*others, "/", "/welcome" if account else "/sign-in", "/nothing-here")
    walk.faults.remove("/nothing-here: answered 404")
    assert walk.faults + walk.visitor.wrong == []
    assert lived_in.open_to(account) - walk.endpoints() <= NOTHING_THERE[name]


def test_ways_in_are_whole_and_kind(lived_in: Place) -> None:
    account = Cast().newcomer()
    walk = lived_in.walk(account)
    page = walk.visitor.page
    walk.look("/account/unlock?next=/account/recovery-codes")
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_label("Passphrase you use now").fill(PASSPHRASE)
    page.get_by_role("button", name="Show them").click()
    expect(page.get_by_role("heading", name="Your ten codes")).to_be_visible()
    walk.look_here("ten codes")
    walk.visitor.open("/account/second-factor")
    page.get_by_label("A word for it").fill("garden")
    page.get_by_label("Passphrase you use now").fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="First: let the app know")).to_be_visible()
    walk.look_here("an app to set up")
    code = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", "")).at(clock.now())
    page.get_by_label("The six figures it shows now").fill("000000")
    page.get_by_role("button", name="It works").click()
    expect(page.get_by_text("That code does not fit.")).to_be_visible()
    walk.look_here("an app with a code that does not fit")
    page.get_by_label("The six figures it shows now").fill(code)
    page.get_by_role("button", name="It works").click()
    expect(page.get_by_text("It counts from now on.")).to_be_visible()
    walk.look_here("a second factor")
    again = lived_in.walk(None)
    acts.signs_in(again.visitor, account.name)
    expect(again.visitor.page.get_by_role("heading", name="One more step")).to_be_visible()
    again.look_here("the second step")
    assert walk.faults + walk.visitor.wrong + again.faults + again.visitor.wrong == []


def test_being_let_back_in_is_whole_and_kind(lived_in: Place) -> None:
    account = Cast().newcomer()
    actor = accounts.actor_from(account)
    with work.begin():
        start_recovery(
            accounts.actor_from(_named("cora")), account.id, reason="I know them.", hours=1
        )
    walk = lived_in.walk(account)
    walk.look("/rooms")
    cora = lived_in.walk(person("cora"))
    cora.look(f"/people/{account.id}")
    with clock.stopped_at(clock.now() + timedelta(hours=2)), work.begin():
        hand_over_recovery(accounts.actor_from(_named("cleo")), account.id)
    cora.look(f"/people/{account.id}")
    with work.begin():
        cancel_recovery(actor)
    assert walk.faults + walk.visitor.wrong + cora.faults + cora.visitor.wrong == []


def test_release_on_paper_is_whole_to_whom_it_concerns(lived_in: Place) -> None:
    account = Cast().newcomer()
    cora, walk = lived_in.walk(person("cora")), lived_in.walk(account)
    page = cora.visitor.page
    cora.look(f"/people/{account.id}/paper")
    page.get_by_label("To which agency").fill("The housing office")
    page.get_by_label("What for").fill("A flat")
    page.get_by_label("Your account").check()
    page.get_by_label("Where the paper lies").fill("The grey folder")
    last = page.get_by_label("The last day on which it holds")
    usual = last.input_value()
    last.fill("2999-01-01")
    page.get_by_label("Passphrase you use now").fill(PASSPHRASE)
    with page.expect_navigation():
        page.get_by_role("button", name="Write it down").click()
    cora.look_here("a paper that holds for too long")
    last.fill(usual)
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Written down. They can read it, and say no.")).to_be_visible()
    cora.look_here("a paper that was written down")
    walk.look("/account/releases")
    page = walk.visitor.page
    page.get_by_role("button", name="I did not sign this").click()
    expect(page.get_by_text("You said that you did not sign it")).to_be_visible()
    walk.look_here("a paper that nobody signed")
    cora.look(f"/people/{account.id}")
    for each in (cora, walk):
        assert each.faults + each.visitor.wrong == []


def test_paused_person_with_a_passkey_is_asked_for_it_kindly(lived_in: Place) -> None:
    account = Cast().newcomer()
    with work.begin() as session:
        found = Factor(account_id=account.id, kind=FactorKind.PASSKEY, made_at=account.created_at)
        found.label, found.confirmed_at = "kite", account.created_at
        found.credential_id, found.public_key = "Y3JlZGVudGlhbA", b"\xa1\x01\x02"
        session.add(found)
        suspend(account.id, by=accounts.actor_from(_named("mo")), days=7)
    walk = lived_in.walk(None)
    page = walk.visitor.page
    walk.look("/erase")
    page.get_by_label("Name you use here").fill(account.name)
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    page.get_by_label("Erase my account and everything of mine").check()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_role("button", name="Erase with a passkey")).to_be_visible()
    walk.look_here("erasing with a passkey")
    assert walk.faults + walk.visitor.wrong == []


def test_pages_of_those_who_are_shut_out_are_whole(lived_in: Place) -> None:
    walk = lived_in.walk(None)
    for path in ("/receipt", "/erase"):
        walk.look(path)
    assert walk.faults + walk.visitor.wrong == []


def test_question_is_whole_and_kind_to_whom_it_is_asked(lived_in: Place) -> None:
    asked, proposal_id = _somebody_who_is_asked()
    walk = lived_in.walk(asked)
    for path in ("/", "/mentoring", f"/mentoring/proposals/{proposal_id}"):
        walk.look(path)
    assert walk.faults + walk.visitor.wrong == []


def test_forms_with_gaps_are_answered_kindly(lived_in: Place) -> None:
    walk = lived_in.walk(None)
    page = walk.visitor.page
    for path, button in (("/sign-in", "Sign in"), ("/join", "Join")):
        walk.visitor.open(path)
        page.locator("main form").evaluate("form => { form.noValidate = true; }")
        page.locator("main form").get_by_role("button", name=button, exact=True).last.click()
        expect(page.get_by_role("alert").first).to_be_visible()
        walk.look_here(f"{path}, not filled in")
    assert walk.faults + walk.visitor.wrong == []


def test_paused_person_is_told_kindly(lived_in: Place) -> None:
    paused = Cast().newcomer()
    with work.begin():
        suspend(paused.id, by=accounts.actor_from(_named("mo")), days=7)
    walk = lived_in.walk(None)
    acts.signs_in(walk.visitor, paused.name)
    expect(walk.visitor.page.get_by_role("heading", name="Your account is paused")).to_be_visible()
    walk.look_here("a paused account")
    assert walk.faults + walk.visitor.wrong == []


def test_room_is_whole_while_it_asks_for_another_look(lived_in: Place) -> None:
    walk = lived_in.walk(person("noor"))
    page = walk.visitor.page
    walk.visitor.open("/rooms")
    page.locator("main").get_by_role("link", name="Commons").click()
    acts.writes(page, "Write to me at calm.river@example.org if you like.")
    expect(page.get_by_role("button", name="Send as it is")).to_be_visible()
    walk.look_here("a room that nudges")
    page.get_by_role("button", name="Change it").click()
    acts.writes(page, "I do not want to be here any more. I want to end my life.")
    expect(page.get_by_role("heading", name="What you wrote sounds heavy.")).to_be_visible()
    walk.look_here("a room that offers help")
    assert walk.faults + walk.visitor.wrong == []


def test_item_is_whole_once_it_is_taken(lived_in: Place) -> None:
    walk = lived_in.walk(person("mo"))
    page = walk.visitor.page
    walk.visitor.open("/moderation/queue")
    page.locator(".case", has_text="unkind").click()
    acts.takes(page)
    page.get_by_text("Show the text").click()
    walk.look_here("an item to decide")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    walk.look_here("an item, decided by halves")
    acts.asks(page, "This is not enough to decide", "Why do you need to read more?")
    expect(page.get_by_role("heading", name="More of the conversation")).to_be_visible()
    walk.look_here("more of the conversation")
    page.get_by_role("link", name="The item").click()
    acts.asks(page, "Who reported this?", "Why do you need to know?")
    expect(page.get_by_text("Somebody else has to say yes to this.")).to_be_visible()
    walk.look_here("a decision for two")
    walk.visitor.open("/moderation/queue")
    page.locator(".case", has_text="unkind").click()
    acts.decides(page, outcome="Let it stand", follows="A kind warning")
    walk.look_here("an item that is decided")
    assert walk.faults + walk.visitor.wrong == []


def test_what_cora_makes_is_whole(lived_in: Place) -> None:
    walk = lived_in.walk(person("cora"))
    page = walk.visitor.page
    acts.invites(walk.visitor)
    walk.look_here("an invitation")
    walk.visitor.open("/mentoring/rounds")
    page.get_by_role("button", name="Start a round").click()
    expect(page.get_by_text("Open for decisions")).to_be_visible()
    walk.look_here("a round to decide about")
    with page.expect_navigation():
        page.get_by_role("button", name="Approve the chosen ones").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    walk.look_here("a round, nothing chosen")
    walk.visitor.open("/mentoring/import")
    page.get_by_label("The file").set_input_files(SAMPLE)
    with page.expect_navigation():
        page.locator("main form").get_by_role("button").last.click()
    walk.look_here("a sheet and its columns")
    assert walk.faults + walk.visitor.wrong == []


def test_arabic_is_written_from_the_right(lived_in: Place) -> None:
    walk = lived_in.walk(person("noor"))
    page = walk.visitor.page
    walk.visitor.open("/?lang=ar")
    own = ("/own", "/own/today", "/own/days", "/own/plan", "/own/notes/new")
    for path in ("/", "/rooms", "/mentoring", "/mentoring/profile/mentee/hours", "/help", *own):
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

"""One evening, played by six people at browsers of their own on a running site."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import WebSocket, expect

from peer.accounts import service
from peer.accounts.models import AccountState
from peer.core import work
from tests.cast import Cast
from tests.journeys import acts
from tests.mentoring.making import vetted_mentor, would_like_a_mentor
from tests.plugins.site import Site
from tests.plugins.visitors import Visit, Visitor, hears
from tests.promises import kept_within
from tests.rooms.place import a_room

CRUEL = "Nobody asked you, Noor. You are pathetic, just go away."
SOON = 2.0  # seconds within which the page of somebody suspended says so

# The page notes for itself when it was closed.
NOTE_THE_END = """() => new MutationObserver(() => {
  const said = document.querySelector('main h1');
  if (!window.closedAt && said?.textContent.includes('closed')) window.closedAt = Date.now();
}).observe(document.querySelector('main'), { childList: true, subtree: true })"""

# When a form was answered, as the page to which the answer led remembers it.
ANSWERED_AT = """() => performance.timeOrigin
  + performance.getEntriesByType('navigation')[0].redirectEnd"""

# Tries to say something on the page's own line.
SAY_SOMETHING = """async (room) => {
  const { src } = document.querySelector('script[src*="/js/inbox"]');
  const { socket } = (await import(src)).$live;
  return new Promise((done) => {
    socket.once('connect_error', () => done('refused'));
    const say = () => socket.emit('message:post', { room, nonce: 'late', text: 'late' }, done);
    if (socket.connected) say();
    else socket.once('connect', say).connect();
  });
}"""


@contextmanager
def busy_worker(site: Site) -> Iterator[None]:
    """The worker gets to nothing new meanwhile."""
    assert site.process is not None
    top = site.process.pid
    children = Path(f"/proc/{top}/task/{top}/children").read_text().split()
    command = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    worker = next(pid for pid, words in command.items() if words.endswith(b"worker\0"))
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def test_an_evening_with_everybody(live: Site, cast: Cast, visit: Visit) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    would_like_a_mentor(cast.account("noor"), interests={"books": 3})
    vetted_mentor(cast, cast.account("tess"), interests={"books": 2})
    cora, noor, tess, zed, mo = (visit(name) for name in ("cora", "noor", "tess", "zed", "mo"))
    june = visit()
    for each in (noor, zed):
        each.open(f"/rooms/{room.id}")
    mo.open("/moderation/queue")
    expect(mo.page.get_by_text("Nothing waits for a look").first).to_be_visible()
    for each in (noor, zed, mo):
        hears(each.page)

    somebody_new_comes_in(cora, june, noor)
    noor_gets_a_mentor(live, cora, noor, tess)
    noor.open(f"/rooms/{room.id}")
    zed_is_cruel_and_mo_hides_it(zed, noor, mo, everybody=(noor, zed, june))
    mo_suspends_zed(cast, mo, zed, room.id)
    acts.writes(june.page, "I am glad this place is looked after.")
    acts.sees(noor.page, "I am glad this place is looked after.")


def somebody_new_comes_in(cora: Visitor, june: Visitor, noor: Visitor) -> None:
    acts.joins(june, acts.invites(cora), "June")
    acts.comes_in(june, "Commons")
    acts.writes(june.page, "Hello, this is my first evening.")
    acts.sees(june.page, "Hello, this is my first evening.")
    acts.sees(noor.page, "Hello, this is my first evening.")


def noor_gets_a_mentor(live: Site, cora: Visitor, noor: Visitor, tess: Visitor) -> None:
    heard: list[str] = []
    cora.page.on("websocket", lambda line: keep_progress(line, heard))
    cora.open("/mentoring/rounds")
    with busy_worker(live):
        cora.page.get_by_role("button", name="Start a round").click()
        expect(cora.page.get_by_role("progressbar")).to_be_visible()
        hears(cora.page)
    expect(cora.page.get_by_text("Open for decisions")).to_be_visible()  # nobody reloaded it
    assert any('"solving"' in each for each in heard)
    acts.approves(cora.page, "Noor", "Tess")
    expect(noor.page.locator(".top__me [data-unread]")).to_be_visible()
    for each in (noor, tess):
        acts.says_yes(each)
    expect(noor.page.get_by_text("Your answer is yes.")).to_be_visible()
    tess.page.get_by_role("link", name="Go to your room").click()
    noor.open("/rooms")
    noor.page.locator("main").get_by_role("link", name="Tess").click()
    acts.writes(noor.page, "Hello Tess, good to meet you.")
    acts.sees(tess.page, "Hello Tess, good to meet you.")
    acts.writes(tess.page, "Hello Noor. What would you like to begin with?")
    acts.sees(noor.page, "What would you like to begin with?")


def keep_progress(line: WebSocket, heard: list[str]) -> None:
    def keep(frame: str | bytes) -> None:
        if "round:progress" in str(frame):
            heard.append(str(frame))

    line.on("framereceived", keep)


def zed_is_cruel_and_mo_hides_it(
    zed: Visitor, noor: Visitor, mo: Visitor, everybody: tuple[Visitor, ...]
) -> None:
    acts.writes(zed.page, CRUEL)
    for each in everybody:
        acts.sees(each.page, CRUEL)
    acts.tells_a_moderator(noor.page, CRUEL)
    expect(mo.page.get_by_text("Waiting: 1.")).to_be_visible()  # nobody reloaded it
    mo.page.get_by_role("link", name="Show", exact=True).click()
    mo.page.locator(".case").click()
    acts.takes(mo.page)
    mo.page.get_by_text("Show the text").click()
    expect(mo.page.locator(".msg--subject", has_text=CRUEL)).to_be_visible()
    acts.decides(mo.page, outcome="Take it out of view")
    for each in everybody:
        expect(each.page.locator(".msg", has_text=CRUEL)).to_have_count(0)


def mo_suspends_zed(cast: Cast, mo: Visitor, zed: Visitor, room_id: str) -> None:
    def seconds() -> float:
        if cast.account("zed").state == AccountState.SUSPENDED:
            lets_in_again(cast, zed, room_id)
        zed.page.evaluate(NOTE_THE_END)
        hears(zed.page)
        mo.page.get_by_role("button", name="Look at it again").click()
        acts.takes(mo.page)
        acts.decides(mo.page, outcome="Take it out of view", follows="for 7 days")
        answered = mo.page.evaluate(ANSWERED_AT)
        expect(zed.page.get_by_role("heading", name="This page has been closed")).to_be_visible()
        return float(zed.page.evaluate("window.closedAt") - answered) / 1000

    kept_within(SOON, seconds)
    assert zed.page.evaluate(SAY_SOMETHING, room_id) == "refused"
    zed.open(f"/rooms/{room_id}")
    expect(zed.page).to_have_url(re.compile(f"^{zed.address}/sign-in"))
    acts.signs_in(zed, "zed")
    expect(zed.page.get_by_role("heading", name="Your account is paused")).to_be_visible()


def lets_in_again(cast: Cast, zed: Visitor, room_id: str) -> None:
    """For another look at how fast the page says so."""
    with work.begin():
        service.reinstate(cast.zed.id, by=cast.mo)
    zed.signs_in(cast.account("zed"))
    zed.open(f"/rooms/{room_id}")

"""As deployed: nginx, two web processes, PostgreSQL, Redis. The conversation goes on in order."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from peer.accounts import service
from peer.accounts.models import Account
from peer.accounts.queries import actor_from
from peer.core import work
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.behind import Deployed
from tests.rooms.place import a_room, word

expect.set_options(timeout=15_000)

MOST = 12  # people to open the room until somebody is on the other process


class Somebody:
    """A person with the room open in a browser of their own, and the process they are on."""

    def __init__(self, site: Deployed, browser: Browser, account: Account, room: Room) -> None:
        with work.begin():
            token = service.start_session(account)
        self.account = account
        self.context: BrowserContext = browser.new_context(ignore_https_errors=True)
        self.context.add_cookies(
            [{"name": "__Host-s", "value": token, "url": site.url, "secure": True}]
        )
        before = {port: site.sockets(port) for port in site.ports}
        self.page: Page = self.context.new_page()
        self.page.goto(f"{site.url}/rooms/{room.id}")
        expect(self.page.locator("span[data-here]")).to_be_visible()
        (self.port,) = [port for port in site.ports if site.sockets(port) > before[port]]

    def write(self, text: str) -> None:
        self.page.get_by_label("Write to").fill(text)
        self.page.get_by_role("button", name="Send").click()

    def sees(self, texts: list[str]) -> None:
        parts = self.page.locator('li[data-id] [data-part="text"]')
        expect(parts).to_have_text(texts)


@pytest.fixture
def place(deployed: Deployed, browser: Browser) -> Iterator["Place"]:
    found = Place(deployed, browser)
    yield found
    for person in found.people:
        person.context.close()


class Place:
    """A room with people in it, some on one process and some on the other."""

    def __init__(self, site: Deployed, browser: Browser) -> None:
        self.site, self.cast, self.people = site, Cast(), list[Somebody]()
        accounts = [self.cast.account(name) for name in ("noor", "zed")]
        accounts += [self.cast.newcomer() for _ in range(MOST)]
        self.room = a_room(self.cast, *map(actor_from, accounts))
        for account in accounts:
            self.people.append(Somebody(site, browser, account, self.room))
            if len(self.people) > 2 and len({person.port for person in self.people}) == 2:
                return
        pytest.fail("nginx sends everybody to one process")

    def two_apart(self) -> tuple[Somebody, Somebody]:
        """Two people on different processes."""
        one = self.people[-1]
        return one, next(person for person in self.people if person.port != one.port)


def test_conversation_goes_on_when_somebody_is_suspended_and_a_process_dies(place: Place) -> None:
    one, other = place.two_apart()
    third = next(person for person in place.people if person not in (one, other))
    spoken: list[str] = []

    def speak(person: Somebody, *, listeners: list[Somebody]) -> None:
        spoken.append(f"{word(len(spoken))} is said")
        person.write(spoken[-1])
        for listener in listeners:
            listener.sees(spoken)

    for person in (one, other, third, one, other):
        speak(person, listeners=[one, other, third])

    with work.begin():
        service.suspend(third.account.id, by=place.cast.mo, days=1)
    expect(third.page.get_by_text("is said")).to_have_count(0)
    for person in (one, other):
        speak(person, listeners=[one, other])

    place.site.kill(other.port)
    for person in (other, one, other, one):
        speak(person, listeners=[one, other])
    one.page.reload()
    one.sees(spoken)

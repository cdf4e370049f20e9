"""What a room's page costs on a slow line, counted by the browser itself."""

from playwright.sync_api import Browser, Page

from peer.accounts import service
from peer.core import work
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.behind import Deployed
from tests.plugins.visitors import Visit, hears, visit
from tests.rooms.place import a_room, said

__all__ = ["visit"]
EVENING = 10  # messages that are there already
PHONE = {"width": 390, "height": 844}


def loaded(page: Page, address: str) -> dict[str, int]:
    """Bytes on the line, with headers, of each address that the page asks for."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    asked: dict[str, str] = {}
    found: dict[str, int] = {}
    line.on(
        "Network.requestWillBeSent",
        lambda told: asked.update({told["requestId"]: told["request"]["url"]}),
    )
    line.on(
        "Network.loadingFinished",
        lambda told: found.update({asked[told["requestId"]]: int(told["encodedDataLength"])}),
    )
    page.goto(address)
    hears(page)
    page.wait_for_load_state("networkidle")
    line.detach()
    return found


def an_evening(cast: Cast) -> Room:
    room = a_room(cast, cast.noor, cast.zed)
    for _ in range(EVENING):
        said(cast.zed, room, "A few words, as people say them on an evening.")
    return room


def test_room_with_scripts_and_font_is_light_at_first_and_lighter_after(
    visit: Visit, cast: Cast
) -> None:
    room = an_evening(cast)
    noor = visit("noor", viewport=PHONE)
    address = f"{noor.address}/rooms/{room.id}"
    first = loaded(noor.page, address)
    assert any(url.endswith("socket.io.js") for url in first)
    assert any(url.endswith(".woff2") for url in first)
    assert sum(first.values()) <= 58_000, first
    again = loaded(noor.page, address)
    assert sum(again.values()) <= 9_600, again


def test_room_is_as_light_behind_nginx_with_https(deployed: Deployed, browser: Browser) -> None:
    cast = Cast()
    room = an_evening(cast)
    with work.begin():
        token = service.start_session(cast.account("noor"))
    context = browser.new_context(ignore_https_errors=True, viewport=PHONE)
    context.add_cookies([{"name": "__Host-s", "value": token, "url": deployed.url, "secure": True}])
    page = context.new_page()
    first = loaded(page, f"{deployed.url}/rooms/{room.id}")
    assert any(url.endswith("socket.io.js") for url in first)
    assert any(url.endswith(".woff2") for url in first)
    assert sum(first.values()) <= 58_800, first
    again = loaded(page, f"{deployed.url}/rooms/{room.id}")
    context.close()
    assert sum(again.values()) <= 10_000, again

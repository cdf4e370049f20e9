"""What a room's page costs on a slow line, counted by the browser itself."""

from playwright.sync_api import Page

from tests.cast import Cast
from tests.plugins.visitors import Visit, hears, visit
from tests.rooms.place import a_room, said

__all__ = ["visit"]
EVENING = 10  # messages that are there already


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


def test_room_with_scripts_and_font_is_light_at_first_and_lighter_after(
    visit: Visit, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    for _ in range(EVENING):
        said(cast.zed, room, "A few words, as people say them on an evening.")
    noor = visit("noor", viewport={"width": 390, "height": 844})
    address = f"{noor.address}/rooms/{room.id}"
    first = loaded(noor.page, address)
    assert any(url.endswith("socket.io.js") for url in first)
    assert any(url.endswith(".woff2") for url in first)
    assert sum(first.values()) <= 60_000, first
    again = loaded(noor.page, address)
    assert sum(again.values()) <= 10_000, again

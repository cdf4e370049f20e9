"""The page of a room in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from peer.accounts import queries as accounts
from peer.accounts import service
from peer.core import clock, work
from peer.core.realtime.door import SOCKETS_OF_SESSION
from peer.rooms import service as rooms
from peer.rooms.models import Room
from peer.rooms.subjects import MessageSubject
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket
from tests.rooms.place import a_private_room, a_room, said, word

HOSTILE = "<img src=x onerror=\"document.title='caught'\"> <script>1</script> {{7*7}} &amp;"
Visit = Callable[..., Page]
Meanwhile = Callable[[str], None]
CONNECT = """async () => {
  const { src } = document.querySelector('script[src*="/js/inbox"]');
  (await import(src)).$live.socket.connect();
}"""


@pytest.fixture
def visit(browser: Browser, live: Site, cast: Cast):
    """`visit("noor", room)` is Noor's page of the room; nothing on it may fail."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(who: str, room: Room, **options: object) -> Page:
        with work.begin():
            token = service.start_session(cast.account(who))
        context = browser.new_context(**options)
        contexts.append(context)
        context.add_cookies([{"name": "s", "value": token, "url": live.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if "Policy" in line.text else None)
        page.goto(f"{live.url}/rooms/{room.id}")
        expect(page.locator("span[data-here]")).to_be_visible()  # from now on it follows
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def room(live: Site, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed)


def write(page: Page, text: str) -> None:
    page.get_by_label("Write to").fill(text)
    page.get_by_role("button", name="Send").click()


def bubble(page: Page, text: str) -> Locator:
    return page.locator('li[data-id] [data-part="text"]', has_text=text)


def texts(page: Page) -> list[str]:
    return page.locator('li[data-id] [data-part="text"]').all_inner_texts()


def test_words_travel_and_stay_words(visit: Visit, room: Room, cast: Cast) -> None:
    said(cast.zed, room, HOSTILE)
    noor, zed = visit("noor", room), visit("zed", room)
    expect(noor.locator("span[data-here]")).to_contain_text("2 here now")
    write(noor, HOSTILE + "\nsecond line")
    for each in (noor, zed):
        expect(each.locator("li[data-id]")).to_have_count(2)
    assert texts(zed) == texts(noor) == [HOSTILE, HOSTILE + "\nsecond line"]
    expect(noor.get_by_label("Write to")).to_have_value("")
    assert "caught" not in zed.title()
    zed.reload()
    assert texts(zed) == [HOSTILE, HOSTILE + "\nsecond line"]


def test_live_message_looks_like_a_loaded_one(visit: Visit, room: Room, cast: Cast) -> None:
    noor = visit("noor", room)
    expect(noor.locator("span[data-here]")).to_be_visible()
    first = said(cast.zed, room, "one")
    said(cast.zed, room, "two")
    said(cast.zed, room, "three, hidden behind a note", note="about a letter")
    said(cast.noor, room, "four", reply_to=first.id)
    expect(noor.locator("li[data-id]")).to_have_count(4)
    shape = """() => [...document.querySelectorAll('[data-messages] > li')].map((li) => [
        li.className, li.innerText.replace(/\\s+/g, ' ').trim(),
        [...li.querySelectorAll('.menu__item')].map((a) => a.getAttribute('href') || a.value).join(),
        li.querySelector('form')?.getAttribute('action')])"""
    live = [each for each in noor.evaluate(shape) if "unread" not in each[0]]
    noor.reload()
    assert [each for each in noor.evaluate(shape) if "unread" not in each[0]] == live


def test_what_a_moderator_hides_vanishes_and_what_is_held_shows_it(
    visit: Visit, room: Room, cast: Cast
) -> None:
    message = said(cast.zed, room, "something cruel")
    noor = visit("noor", room)
    expect(bubble(noor, "something cruel")).to_be_visible()
    with work.begin():
        MessageSubject().hide(message.id, cast.mo)
    expect(bubble(noor, "something cruel")).to_have_count(0)
    expect(noor.get_by_text("It is quiet here")).to_be_visible()


def test_mentor_sees_that_her_number_waits(visit: Visit, live: Site, cast: Cast) -> None:
    private = a_private_room(cast, "browser")
    tess, noor = visit("tess", private), visit("noor", private)
    write(tess, "Ring me on 07700 900123")
    expect(tess.get_by_text("Waiting, only you see this")).to_be_visible()
    write(tess, "See you on Thursday")
    expect(bubble(noor, "See you on Thursday")).to_be_visible()
    assert texts(noor) == ["See you on Thursday"]


def test_nudge_keeps_the_words_and_sends_them_when_asked(visit: Visit, room: Room) -> None:
    noor, zed = visit("noor", room), visit("zed", room)
    write(noor, "  call 07700 900123")
    panel = noor.locator("section[data-nudge]")
    expect(panel).to_contain_text("07700 900123 Looks like a phone number")
    panel.get_by_role("button", name="Change it").click()
    expect(noor.get_by_label("Write to")).to_be_focused()
    expect(noor.get_by_label("Write to")).to_have_value("  call 07700 900123")
    noor.get_by_role("button", name="Send").click()
    panel.get_by_role("button", name="Send as it is").click()
    expect(bubble(zed, "call 07700 900123")).to_be_visible()


def test_help_is_offered_gently(visit: Visit, room: Room) -> None:
    noor, zed = visit("noor", room), visit("zed", room)
    write(noor, "I want to die")
    expect(noor.locator("section[data-help]")).to_be_visible()
    expect(bubble(zed, "I want to die")).to_be_visible()
    expect(zed.locator("section[data-help]")).to_be_hidden()
    noor.get_by_role("button", name="Not now").click()
    expect(noor.locator("section[data-help]")).to_be_hidden()


def test_words_survive_a_lost_connection(visit: Visit, room: Room, cast: Cast) -> None:
    noor = visit("noor", room)
    expect(noor.locator("span[data-here]")).to_be_visible()
    noor.context.set_offline(True)
    noor.evaluate("performance.now()")
    write(noor, "from the tunnel")
    expect(noor.get_by_role("button", name="Try again")).to_be_visible()
    expect(noor.get_by_label("Write to")).to_have_value("from the tunnel")
    said(cast.zed, room, "said meanwhile")
    noor.context.set_offline(False)
    expect(bubble(noor, "said meanwhile")).to_be_visible()
    expect(bubble(noor, "from the tunnel")).to_have_count(1)
    expect(noor.get_by_label("Write to")).to_have_value("")


def test_ended_session_covers_the_page_and_says_why(visit: Visit, live: Site, cast: Cast) -> None:
    guest = cast.newcomer()
    actor = accounts.actor_from(guest)
    room = a_room(cast, cast.zed, actor)
    said(cast.zed, room, "private words")
    page = visit(guest.name, room)
    expect(page.locator("span[data-here]")).to_be_visible()
    page.get_by_label("Write to").fill("not sent yet")
    with work.begin():
        service.suspend(guest.id, by=cast.mo, days=None)
    expect(page.get_by_text("Your account is paused")).to_be_visible()
    expect(page.get_by_text("private words")).to_have_count(0)
    expect(page.locator(".top__end details")).to_have_count(
        0
    )  # no menu of theirs, nor an empty one
    expect(page.locator("[data-ended-words]")).to_be_hidden()
    page.get_by_text("What you had not sent yet").click()
    expect(page.locator("[data-ended-words]")).to_have_text("not sent yet")
    page.evaluate(CONNECT)
    page.wait_for_timeout(1500)  # refused, and asked about: the card stays with its words
    expect(page.locator("[data-ended-words]")).to_have_text("not sent yet")
    assert page.url.endswith(room.id)


def end_elsewhere(account_id: str) -> None:
    """The person signs this device out from another one."""
    service.end_sessions(account_id, "ended_elsewhere")


def run_out(account_id: str) -> None:
    """More time has passed than a session may last."""
    for row in accounts.sessions_of(account_id):
        row.created_at -= timedelta(days=400)


def be_swept(account_id: str) -> None:
    """The same, and what has run out has been cleared away."""
    service.end_sessions(account_id, "expired")


def be_suspended(account_id: str) -> None:
    service.end_sessions(account_id, "suspended")


def cover(account_id: str) -> None:
    """The person puts the cover on in another tab."""
    for row in accounts.sessions_of(account_id):
        row.covered_at = clock.now()


@pytest.mark.parametrize(
    ("meanwhile", "sentence", "offered"),
    [
        (end_elsewhere, "You are signed out here.", False),
        (run_out, "You were away for a while", True),
        (be_swept, "You were away for a while", True),
        (be_suspended, "Your account is paused.", True),
    ],
)
def test_page_that_comes_back_too_late_offers_its_words_only_if_the_site_ended_it(
    visit: Visit, room: Room, cast: Cast, meanwhile: Meanwhile, sentence: str, offered: bool
) -> None:
    page = writes_and_is_away(visit, room)
    with work.begin():
        meanwhile(cast.noor.id)
    page.context.set_offline(False)
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_text("private words")).to_have_count(0)
    expect(page.get_by_text("What you had not sent yet")).to_be_visible(visible=offered)


def test_page_that_comes_back_under_the_cover_shows_nothing_of_the_room(
    visit: Visit, room: Room, cast: Cast
) -> None:
    page = writes_and_is_away(visit, room)
    with work.begin():
        cover(cast.noor.id)
    page.context.set_offline(False)
    page.wait_for_url("**/notes")
    expect(page.get_by_text("from the tunnel")).to_have_count(0)


@pytest.mark.parametrize("way", ["/inbox", "?before=9", "/messages/{message}/report"])
@pytest.mark.parametrize("away", [False, True])
def test_other_page_leaves_when_its_session_was_ended_elsewhere_with_what_stands_on_it(
    visit: Visit, room: Room, cast: Cast, way: str, away: bool
) -> None:
    message = said(cast.zed, room, "private words")
    page = visit("noor", room)
    here = page.url if way[0] != "/" or "message" in way else page.url.split("/rooms")[0]
    page.goto(here + way.format(message=message.id))
    for field in page.locator("main textarea").all():
        field.evaluate("each => { each.value = 'she writes to me'; }")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(away)
    with work.begin():
        end_elsewhere(cast.noor.id)
    if away:
        page.wait_for_timeout(1500)  # the word of it has gone out: only asking tells by now
    page.context.set_offline(False)
    page.wait_for_url("**/sign-in?ended=*")
    expect(page.get_by_role("main")).to_contain_text("You signed this device out from another one.")


@pytest.mark.parametrize("before", ["nothing", "signed out", "run out"])
def test_page_that_slept_while_the_browser_was_left_shows_nothing_of_this_place(
    visit: Visit, room: Room, cast: Cast, before: str
) -> None:
    slept = visit("noor", room)
    line = slept.context.new_cdp_session(slept)
    line.send("Network.enable")
    asleep = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {"offline": True, **asleep})
    expect(slept.get_by_text("You are not connected just now")).to_be_visible()
    other = slept.context.new_page()
    here = slept.url.split("/rooms")[0]
    other.goto(here)
    leave_to = other.evaluate("() => document.querySelector('[data-leave]').dataset.leaveTo")
    slept.context.route(leave_to, lambda route: route.fulfill(body="Sunny."))
    other.close()
    if before == "signed out":
        with work.begin():
            service.end_sessions(cast.noor.id, "signed_out")
    elif before == "run out":
        with work.begin():
            run_out(cast.noor.id)
    if before != "nothing":  # another page of the browser is told, and gets another cookie
        slept.context.request.get(here + "/sign-in")
    slept.context.request.post(here + "/leave")
    line.send("Network.emulateNetworkConditions", {"offline": False, **asleep})
    slept.wait_for_url(leave_to)


@pytest.mark.parametrize("answer", ["still signed in", "no answer worth anything", "signed out"])
def test_page_that_is_refused_shows_nothing_until_it_is_known_why(
    visit: Visit, room: Room, cast: Cast, answer: str
) -> None:
    said(cast.zed, room, "private words")
    page = visit("noor", room)
    page.get_by_label("Write to").fill("half a sent")
    (mine,) = [each for each in page.context.cookies() if each["name"] == "s"]
    asked: list[Route] = []
    page.context.route("**/inbox", lambda one: one.continue_() if asked else asked.append(one))
    page.context.set_offline(True)
    expect(page.get_by_text("You are not connected just now")).to_be_visible()
    page.context.add_cookies([{**mine, "value": "another-token-on-its-way"}])
    page.context.set_offline(False)
    main = page.locator("#main")
    expect(main).to_be_hidden()
    while not asked:
        page.wait_for_timeout(50)
    if answer == "signed out":
        asked[0].continue_()
        expect(page.get_by_text("You are signed out here.")).to_be_visible()
        expect(page.get_by_text("private words")).to_have_count(0)
        return
    page.context.add_cookies([mine])
    if answer == "still signed in":
        asked[0].fulfill(status=200, body="")
    else:
        asked[0].fulfill(status=503, body="")
        page.wait_for_timeout(500)
        expect(main).to_be_hidden()
    expect(page.get_by_text("private words")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Write to")).to_have_value("half a sent")


@pytest.mark.parametrize("meanwhile", [run_out, be_swept])
def test_second_page_of_a_browser_still_learns_why_and_keeps_its_words(
    visit: Visit, room: Room, cast: Cast, meanwhile: Meanwhile
) -> None:
    slept = writes_and_is_away(visit, room)
    with work.begin():
        meanwhile(cast.noor.id)
    token = next(each for each in slept.context.cookies() if each["name"] == "s")
    other = slept.context.browser.new_context()
    other.add_cookies([token])
    first = other.new_page()
    first.goto(slept.url.split("/rooms")[0] + "/sign-in")  # it is told, and has another cookie now
    expect(first.get_by_role("main")).to_contain_text("after a while without use")
    slept.context.add_cookies([each for each in other.cookies() if each["name"] == "s"])
    other.close()
    slept.context.set_offline(False)
    expect(slept.get_by_text("You were away for a while")).to_be_visible()
    expect(slept.get_by_text("What you had not sent yet")).to_be_visible()


def test_page_whose_cookies_hold_odd_ones_of_others_is_let_in(
    browser: Browser, live: Site, cast: Cast
) -> None:
    guest = cast.newcomer()
    room = a_room(cast, accounts.actor_from(guest))
    with work.begin():
        token = service.start_session(guest)
    context = browser.new_context()
    context.add_cookies(
        [
            {"name": "consent", "value": '{"all":"yes no"}', "url": live.url},
            {"name": "s", "value": token, "url": live.url},
        ]
    )
    page = context.new_page()
    page.goto(f"{live.url}/rooms/{room.id}")
    expect(page.locator("span[data-here]")).to_be_visible()
    context.close()


def writes_and_is_away(visit: Visit, room: Room) -> Page:
    """Noor's page of the room, without a line, and something on it that could not be sent."""
    page = visit("noor", room)
    page.context.set_offline(True)
    write(page, "from the tunnel")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    return page


def test_one_page_too_many_is_without_a_line_and_goes_on_when_another_is_closed(
    browser: Browser, live: Site, cast: Cast
) -> None:
    guest = cast.newcomer()
    room = a_room(cast, accounts.actor_from(guest))
    with work.begin():
        token = service.start_session(guest)
    others = [Socket(live.url, token) for _ in range(SOCKETS_OF_SESSION)]
    context = browser.new_context()
    context.add_cookies([{"name": "s", "value": token, "url": live.url}])
    page = context.new_page()
    page.goto(f"{live.url}/rooms/{room.id}")
    expect(page.get_by_text("You are not connected just now.")).to_be_visible()
    for other in others:
        other.client.disconnect()
    expect(page.locator("span[data-here]")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Connected again.")).to_be_visible()
    context.close()


def test_reader_is_not_pulled_down_and_earlier_words_are_one_press_away(
    visit: Visit, room: Room, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms.posting, "POSTING", "10000/second")
    with work.begin():
        for n in range(120):
            rooms.post_message(cast.zed, room.id, text=word(n), nonce=str(n))
    noor = visit("noor", room, viewport={"width": 390, "height": 700})
    expect(noor.locator("span[data-here]")).to_be_visible()
    expect(noor.locator("li[data-id]")).to_have_count(50)
    noor.get_by_role("link", name="Show earlier messages").click()
    expect(noor.locator("li[data-id]")).to_have_count(100)
    noor.get_by_role("link", name="Show earlier messages").click()
    expect(noor.locator("li[data-id]")).to_have_count(120)
    assert texts(noor) == [word(n) for n in range(120)]
    noor.locator("[data-log]").evaluate("(log) => { log.scrollTop = -2000; }")
    before = noor.locator("[data-log]").evaluate("(log) => log.scrollHeight + log.scrollTop")
    said(cast.zed, room, "something new")
    expect(noor.get_by_role("button", name="New messages")).to_be_visible()
    after = noor.locator("[data-log]").evaluate("(log) => log.scrollHeight + log.scrollTop")
    assert abs(after - before) < 200
    noor.get_by_role("button", name="New messages").click()
    expect(bubble(noor, "something new")).to_be_in_viewport()
    expect(noor.locator("[data-announce]")).to_contain_text("something new")


def test_zed_reacts_and_noor_sees_it(visit: Visit, room: Room, cast: Cast) -> None:
    said(cast.noor, room, "hello")
    noor, zed = visit("noor", room), visit("zed", room)
    zed.locator("summary", has_text="More for the message of Noor").click()
    zed.get_by_role("button", name="With you").click()
    expect(noor.locator(".chip:visible")).to_contain_text("With you · 1")
    expect(zed.locator(".chip:visible")).to_have_attribute("aria-pressed", "true")
    zed.locator(".chip:visible").click()
    expect(noor.locator(".chip:visible")).to_have_count(0)


def test_others_see_that_someone_writes(visit: Visit, room: Room) -> None:
    noor, zed = visit("noor", room), visit("zed", room)
    expect(noor.locator("span[data-here]")).to_contain_text("2 here now")
    zed.get_by_label("Write to").press_sequentially("hm")
    expect(noor.get_by_text("Someone is writing")).to_be_visible()


def test_closing_takes_the_writing_box_away(visit: Visit, room: Room, cast: Cast) -> None:
    noor = visit("noor", room)
    expect(noor.locator("span[data-here]")).to_be_visible()
    with work.begin():
        rooms.close_room(cast.cora, room.id)
    expect(noor.get_by_text("This room is closed just now.")).to_be_visible()
    expect(noor.get_by_label("Write to")).to_be_hidden()


def in_the_log(panel: Locator) -> bool:
    """Whether all of an open menu can be seen, and stands within the conversation."""
    return bool(
        panel.evaluate("""panel => {
          const [box, log] = [panel, document.querySelector('[data-log]')].map((each) => each.getBoundingClientRect());
          return box.left >= log.left && box.right <= log.right && box.top >= log.top - 1 && box.bottom <= log.bottom + 1;
        }""")
    )


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_menu_of_a_message_is_whole_wherever_it_opens(
    visit: Visit, room: Room, cast: Cast, lang: str, width: int
) -> None:
    for text in (
        "No.",
        "\n".join(["one line of many"] * 8),
        "A longer sentence, said slowly. " * 4,
    ):
        for who in (cast.zed, cast.noor):
            said(who, room, text)
    noor = visit("noor", room, viewport={"width": width, "height": 844})
    noor.goto(f"{noor.url}?lang={lang}")
    expect(noor.locator("span[data-here]")).to_be_visible()
    items = noor.locator("li[data-id]")
    for each in range(items.count()):
        item = items.nth(each)
        item.evaluate("item => item.scrollIntoView()")
        item.locator(".msg__more > summary").click()
        expect(item.locator(".menu__panel")).to_be_in_viewport(ratio=0.99)
        assert in_the_log(item.locator(".menu__panel")), (each, item.inner_text())
        noor.keyboard.press("Escape")


@pytest.mark.parametrize("width", [320, 360, 414])
def test_name_of_a_room_has_its_room_beside_long_words(
    visit: Visit, room: Room, width: int
) -> None:
    noor = visit("noor", room, viewport={"width": width, "height": 844})
    noor.goto(f"{noor.url}?lang=es")
    expect(noor.locator("span[data-here]")).to_be_visible()
    assert noor.locator(".room__head").evaluate("head => head.offsetHeight") < 130

"""Whatever somebody does with a message in a room, what they are writing meanwhile is not lost."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from peer.accounts import service as accounts
from peer.accounts.queries import actor_from
from peer.core import work
from peer.moderation import queries as moderation
from peer.rooms import queries, service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.visitors import Visitors
from tests.rooms.place import a_room, said
from tests.rooms.test_being_in_browser import whole
from tests.rooms.test_page_live import Visit, bubble, visit

__all__ = ["visit"]
HALF = "half a thought"
TOO_MANY = 20  # reports of one person in an hour, and no more


@pytest.fixture
def room(live: Site, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed)


@pytest.fixture
def noor(visit: Visit, room: Room, cast: Cast) -> Page:
    """Noor's page; Zed has said something, and so has she, and she is writing more."""
    said(cast.zed, room, "quite a lot")
    said(cast.noor, room, "my own words")
    page = visit("noor", room)
    page.get_by_label("Write to").fill(HALF)
    return page


def chooses(page: Page, message: str, what: str) -> None:
    """Open the menu of a message and go to one of its links."""
    item = page.locator("li[data-id]", has_text=message)
    item.locator(".msg__more > summary").click()
    item.get_by_role("link", name=what).click()


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name)


def messages_of(room: Room, cast: Cast) -> dict[str, str]:
    """What has been said in the room, and the message it was said in."""
    with work.begin(writes=False):
        lines, _ = queries.page_of(room.id, cast.noor.id)
        return {line.text: line.id for line in lines}


def still_writes(page: Page) -> None:
    """The page is the same, and what was being written is in its box."""
    expect(page.get_by_label("Write to")).to_have_value(HALF)
    assert page.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]


def test_taking_somebody_out_keeps_what_is_being_written(
    visit: Visit, room: Room, cast: Cast
) -> None:
    guest = actor_from(cast.newcomer())
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
        service.agree(cast.fay, room.id)
        service.agree(guest, room.id)
    said(guest, room, "something cruel")
    fay = visit("fay", room)
    fay.get_by_label("Write to").fill(HALF)
    with work.begin():
        service.leave_room(guest, room.id)
    chooses(fay, "something cruel", "Take out of the room")
    expect(heading(fay, f"Keep \u2068{guest.name}\u2069 out of this room?")).to_be_focused()
    assert whole(fay) == []
    fay.get_by_role("button", name="Keep out").click()
    expect(fay.get_by_text("They are no longer in this room.")).to_be_visible()
    still_writes(fay)
    with work.begin(writes=False):
        assert queries.is_taken_out(room.id, guest.id)
    said(cast.zed, room, "and live")
    chooses(fay, "and live", "Take out of the room")
    expect(heading(fay, "Take \u2068Zed\u2069 out of this room?")).to_be_focused()
    still_writes(fay)


def test_menu_of_a_moderator_spares_who_leads_the_room_also_in_what_comes_live(
    visit: Visit, room: Room, cast: Cast
) -> None:
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
        for who in (cast.fay, cast.mo):
            service.agree(who, room.id)
    mo = visit("mo", room)
    for who, times in ((cast.fay, 0), (cast.zed, 1)):
        words = f"{who.name} is here"
        said(who, room, words)
        expect(bubble(mo, words)).to_be_visible()
        line = mo.locator("li[data-id]", has_text=words)
        out = line.get_by_role("link", name="Take out of the room", include_hidden=True)
        expect(out).to_have_count(times)


def test_changing_ones_words_keeps_what_is_being_written(
    noor: Page, visit: Visit, room: Room
) -> None:
    zed = visit("zed", room)
    chooses(noor, "my own words", "Change my words")
    expect(heading(noor, "Change my words")).to_be_focused()
    expect(noor.get_by_label("Your words")).to_have_value("my own words")
    assert whole(noor) == []
    noor.get_by_label("Your words").fill("other words")
    noor.get_by_role("button", name="Save").click()
    expect(heading(noor, "Change my words")).to_have_count(0)
    for page in (noor, zed):
        expect(bubble(page, "other words")).to_be_visible()
    still_writes(noor)


@pytest.mark.parametrize("size", [(320, 640), (390, 500), (1280, 560)])
def test_all_of_it_can_be_reached_on_a_small_screen(noor: Page, size: tuple[int, int]) -> None:
    noor.set_viewport_size({"width": size[0], "height": size[1]})
    chooses(noor, "my own words", "Change my words")
    noor.get_by_text("Add a note").first.click(trial=True)
    noor.get_by_label("Your words").click(trial=True)
    noor.get_by_role("button", name="Save").click(trial=True)
    noor.get_by_role("button", name="Send").click(trial=True)
    noor.locator(".about").get_by_role("link", name="Helplines").click(trial=True)
    covered = """() => document.querySelector('.room').getBoundingClientRect().bottom
      - document.querySelector('.about').getBoundingClientRect().top"""
    if size[0] < 1000:
        assert noor.evaluate(covered) <= 0


def test_taking_back_keeps_what_is_being_written(noor: Page) -> None:
    chooses(noor, "my own words", "Take it back")
    expect(heading(noor, "Take it back?")).to_be_focused()
    assert whole(noor) == []
    noor.get_by_role("link", name="Leave it there").click()
    expect(heading(noor, "Take it back?")).to_have_count(0)
    chooses(noor, "my own words", "Take it back")
    noor.get_by_role("button", name="Take it back").click()
    expect(noor.locator("[data-line]")).to_contain_text("Your words have been taken back")
    expect(bubble(noor, "my own words")).to_have_count(0)
    expect(bubble(noor, "quite a lot")).to_be_visible()
    still_writes(noor)


def test_change_is_looked_at_once_more_beside_the_conversation(noor: Page) -> None:
    chooses(noor, "my own words", "Change my words")
    noor.get_by_label("Your words").fill("call me on 212 555 0143")
    noor.get_by_role("button", name="Save").click()
    expect(heading(noor, "One look before it goes?")).to_be_focused()
    assert whole(noor) == []
    noor.locator("[data-aside-panel]").get_by_role("button", name="Change it").click()
    expect(noor.get_by_label("Your words")).to_have_value("call me on 212 555 0143")
    noor.get_by_label("Your words").fill("I will tell you another day")
    noor.get_by_role("button", name="Save").click()
    expect(bubble(noor, "I will tell you another day")).to_be_visible()
    still_writes(noor)


def test_words_that_sound_heavy_are_changed_and_help_is_offered(noor: Page) -> None:
    chooses(noor, "my own words", "Change my words")
    noor.get_by_label("Your words").fill("I want to kill myself")
    noor.get_by_role("button", name="Save").click()
    expect(heading(noor, "You do not have to carry it alone")).to_be_focused()
    still_writes(noor)


def reported_often(page: Page, message: str) -> None:
    """As many reports as somebody may send in an hour, in the page's own browser."""
    form = {
        "category": "other",
        "csrf_token": page.locator("[name=csrf_token]").first.input_value(),
    }
    for _ in range(TOO_MANY):
        sent = page.request.post(
            f"{page.url}/messages/{message}/report", form=form, max_redirects=0
        )
        assert sent.status == 303


def test_report_that_is_refused_keeps_its_words_and_what_is_being_written(
    browser: Browser, live: Site, cast: Cast
) -> None:
    somebody = cast.newcomer()  # whose hour is not everybody's
    room = a_room(cast, actor_from(somebody), cast.zed)
    often, unkind = said(cast.zed, room, "this and that"), said(cast.zed, room, "quite a lot")
    visitors = Visitors(browser, live.url)
    page = visitors.open(somebody).page
    page.goto(f"{live.url}/rooms/{room.id}")
    reported_often(page, often.id)
    page.get_by_label("Write to").fill(HALF)
    chooses(page, "quite a lot", "Tell a moderator")
    told = page.get_by_label("What would you like us to know?")
    page.get_by_text("Add something in your own words").click()
    told.fill("it goes on for days")
    page.get_by_role("button", name="It is unkind").click()
    refusal = page.locator("[data-aside-panel] .banner")
    expect(refusal).to_contain_text("That was a lot at once")
    expect(refusal).to_contain_text("Your words are still here.")
    expect(refusal).to_be_focused()
    expect(told).to_have_value("it goes on for days")
    assert whole(page) == []
    still_writes(page)
    page.get_by_role("button", name="It is unkind").click()
    expect(refusal).to_have_count(1)  # said once more, not twice
    still_writes(page)
    with work.begin(writes=False):
        assert moderation.item_of("message", unkind.id) is None
    assert {each[:4] for each in visitors.close()} == {"429:"}


def test_what_is_taken_back_meanwhile_can_still_be_told_of(
    noor: Page, cast: Cast, room: Room
) -> None:
    unkind = messages_of(room, cast)["quite a lot"]
    chooses(noor, "quite a lot", "Tell a moderator")
    with work.begin():
        service.remove_message(cast.zed, unkind)
    expect(bubble(noor, "quite a lot")).to_have_count(0)
    noor.get_by_role("button", name="It is unkind").click()
    expect(noor.locator("[data-line]")).to_contain_text("A moderator will look at it")
    with work.begin(writes=False):
        assert moderation.item_of("message", unkind) is not None
    still_writes(noor)


@pytest.mark.parametrize("what", ["Change my words", "Take it back", "Tell a moderator"])
def test_what_cannot_be_fetched_just_now_leaves_the_page_as_it_is(noor: Page, what: str) -> None:
    noor.route("**/messages/**", lambda route: route.abort())
    chooses(noor, "quite a lot" if what == "Tell a moderator" else "my own words", what)
    expect(noor.locator("[data-line]")).to_contain_text("That did not work just now")
    still_writes(noor)


def test_words_are_too_old_to_be_changed_and_the_page_says_so_where_it_is(
    noor: Page, cast: Cast, room: Room
) -> None:
    with work.begin():
        queries.locked_message(messages_of(room, cast)["my own words"]).at -= timedelta(minutes=16)
    chooses(noor, "my own words", "Change my words")
    expect(noor.locator("[data-line]")).to_contain_text("Words can be changed for 15 minutes")
    still_writes(noor)


def test_two_things_are_begun_and_the_words_of_both_are_kept(noor: Page) -> None:
    told = noor.get_by_label("What would you like us to know?")
    chooses(noor, "quite a lot", "Tell a moderator")
    noor.get_by_text("Add something in your own words").click()
    told.fill("it goes on for days")
    chooses(noor, "my own words", "Change my words")
    noor.get_by_label("Your words").fill("not yet")
    noor.get_by_role("link", name="Leave it as it is").click()
    chooses(noor, "quite a lot", "Tell a moderator")
    expect(told).to_be_visible()
    expect(told).to_have_value("it goes on for days")
    chooses(noor, "my own words", "Change my words")
    expect(noor.get_by_label("Your words")).to_have_value("not yet")
    still_writes(noor)
    noor.reload()
    expect(noor.get_by_label("Write to")).to_have_value("")  # kept in this page alone


def test_session_ends_and_what_was_begun_beside_the_conversation_is_shown_too(
    noor: Page, cast: Cast
) -> None:
    chooses(noor, "my own words", "Change my words")
    noor.get_by_label("Your words").fill("another word")
    with work.begin():
        accounts.end_sessions(cast.noor.id, "expired")
    kept = noor.locator("[data-ended-words]")
    expect(kept).to_contain_text(HALF)
    expect(kept).to_contain_text(
        "Change my words\nanother word"
    )  # so that nothing is taken for the other


def test_what_was_begun_and_emptied_again_is_not_shown(noor: Page, cast: Cast) -> None:
    noor.get_by_label("Write to").fill("")
    chooses(noor, "my own words", "Change my words")
    noor.get_by_label("Your words").fill(" ")
    with work.begin():
        accounts.end_sessions(cast.noor.id, "expired")
    expect(noor.locator("[data-ended-reason]")).to_be_visible()
    expect(noor.locator("[data-ended-draft]")).to_be_hidden()


def test_words_written_while_others_are_on_their_way_stay(noor: Page) -> None:
    chooses(noor, "my own words", "Change my words")
    own = noor.get_by_label("Your words")
    own.fill("other words")
    noor.route("**/edit", lambda route: (own.fill("and more"), route.continue_()))
    noor.get_by_role("button", name="Save").click()
    expect(bubble(noor, "other words")).to_be_visible()
    expect(own).to_have_value("and more")
    still_writes(noor)


def test_topic_that_was_chosen_is_still_chosen_when_one_comes_back(noor: Page) -> None:
    chooses(noor, "my own words", "Change my words")
    noor.get_by_label("Your words").fill("not yet")
    noor.locator("[data-aside-panel] summary").click()
    noor.locator("[data-aside-panel] select").select_option(index=2)
    chosen = noor.locator("[data-aside-panel] select").input_value()
    chooses(noor, "quite a lot", "Tell a moderator")
    chooses(noor, "my own words", "Change my words")
    expect(noor.locator("[data-aside-panel] select")).to_have_value(chosen)


def test_whoever_writes_meanwhile_goes_on_writing(noor: Page) -> None:
    box = noor.get_by_label("Write to")
    noor.route("**/edit", lambda route: (box.focus(), route.continue_()))
    chooses(noor, "my own words", "Change my words")
    expect(heading(noor, "Change my words")).to_be_visible()
    expect(box).to_be_focused()
    noor.get_by_label("Your words").fill("other words")
    noor.get_by_role("button", name="Save").click()
    expect(heading(noor, "Change my words")).to_have_count(0)
    expect(box).to_be_focused()


def test_whoever_writes_while_it_is_refused_goes_on_writing(noor: Page) -> None:
    box = noor.get_by_label("Write to")
    chooses(noor, "my own words", "Change my words")
    noor.route("**/edit", lambda route: (box.focus(), route.abort()))
    noor.get_by_label("Your words").fill("other words")
    noor.get_by_role("button", name="Save").click()
    expect(noor.locator("[data-aside-panel] .banner")).to_contain_text("That did not work")
    expect(box).to_be_focused()


def test_of_two_menus_the_last_one_pressed_opens(noor: Page) -> None:
    waiting = []
    noor.route("**/edit", lambda route: waiting.append(route))
    chooses(noor, "my own words", "Change my words")
    chooses(noor, "quite a lot", "Tell a moderator")
    expect(heading(noor, "Tell a moderator")).to_be_visible()
    with noor.expect_response("**/edit"):
        waiting[0].continue_()
    noor.wait_for_timeout(200)
    expect(heading(noor, "Tell a moderator")).to_be_visible()


def test_without_scripts_all_of_it_goes_as_forms(
    browser: Browser, live: Site, room: Room, cast: Cast
) -> None:
    said(cast.zed, room, "quite a lot")
    said(cast.noor, room, "my own words")
    visitors = Visitors(browser, live.url)
    page = visitors.open(cast.account("noor"), scripts=False).page
    page.goto(f"{live.url}/rooms/{room.id}")
    chooses(page, "my own words", "Change my words")
    page.get_by_label("Your words").fill("call me on 212 555 0143")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Your words").fill("other words")
    page.get_by_role("button", name="Save").click()
    expect(bubble(page, "other words")).to_be_visible()
    chooses(page, "other words", "Take it back")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Your words have been taken back")).to_be_visible()
    chooses(page, "quite a lot", "Tell a moderator")
    page.get_by_text("Add something in your own words").click()
    page.get_by_label("What would you like us to know?").fill("it goes on for days")
    page.get_by_role("button", name="It is unkind").click()
    expect(page.get_by_text("Thank you for telling us")).to_be_visible()
    assert visitors.close() == []

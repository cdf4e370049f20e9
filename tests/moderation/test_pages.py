"""The queue and its items as plain pages, without any script."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.core import clock, work
from peer.moderation import queries, service
from peer.policy.moderation import Outcome
from peer.rooms import queries as rooms
from tests.cast import Cast
from tests.moderation.place import UNKIND, item_with, report, reported
from tests.rooms.place import a_room, said

Post = Callable[..., TestResponse]
SignIn = Callable[[str], FlaskClient]

HIDE = {"outcome": "hide", "rule": "kindness", "note": "A slight, and the second today."}


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def url_of(item_id: str, verb: str = "") -> str:
    return f"/moderation/items/{item_id}" + (f"/{verb}" if verb else "")


def taken(cast: Cast, item_id: str) -> int:
    """Mo takes an item; the version that the page then shows."""
    with work.begin():
        return service.claim(cast.mo, item_id).version


def test_an_empty_queue_is_calm(signed_in: SignIn) -> None:
    mo = signed_in("mo")
    assert "A good moment for a break" in page(mo, "/moderation/queue")
    for tab in queries.TABS:
        page(mo, f"/moderation/queue?tab={tab}")
    assert "Minutes until a first look" not in page(mo, "/moderation/queue")


def test_the_queue_says_what_where_and_why_but_shows_no_text(signed_in: SignIn, cast: Cast) -> None:
    reported(cast)
    found = page(signed_in("mo"), "/moderation/queue")
    for words in ("Soon", "It is unkind or threatening", "Commons · 1 report · waiting"):
        assert words in found
    assert UNKIND not in found


@pytest.mark.parametrize("tab", ["all", "reported"])
def test_the_most_urgent_stands_first(tab: str, signed_in: SignIn, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    first, second = said(cast.zed, room, "One."), said(cast.zed, room, "Two.")
    report(cast.noor, first, category="other")
    report(cast.noor, second, category="worried")
    found = page(signed_in("mo"), f"/moderation/queue?tab={tab}")
    assert found.index("I am worried about this person") < found.index("Something else")


def test_an_item_shows_its_text_covered_with_context(signed_in: SignIn, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    said(cast.noor, room, "I baked bread today.")
    item = report(cast.noor, said(cast.zed, room, UNKIND), note="It hurt.")
    taken(cast, item)
    found = page(signed_in("mo"), url_of(item))
    covered = found.split('<details class="cover">')[1].split("</details>")[0]
    assert UNKIND in covered
    assert "I baked bread today." in covered
    assert covered.count("This message") == 1
    assert UNKIND not in found.replace(covered, "")
    assert "It hurt." in found
    assert "Zed" in found


def test_nobody_reads_what_they_have_not_taken(signed_in: SignIn, cast: Cast) -> None:
    item, mia = reported(cast, note="It hurt."), signed_in("mia")
    for _before_and_after in range(2):
        found = page(mia, url_of(item))
        assert UNKIND not in found
        assert "It hurt." not in found
        taken(cast, item)
    with work.begin():
        version = item_with(item, cast.mo).version
        service.decide(cast.mo, item, version=version, outcome=Outcome.STAND, rule="none")
    assert UNKIND not in page(signed_in("mo"), url_of(item))


def test_who_reported_is_not_on_the_page(signed_in: SignIn, cast: Cast) -> None:
    item = reported(cast)
    taken(cast, item)
    found = page(signed_in("mo"), url_of(item))
    assert "Reported:" in found
    assert "Noor" not in found


def test_contact_details_are_covered_once_more(signed_in: SignIn, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    with pytest.raises(Exception, match="find or reach you") as nudged:
        said(cast.zed, room, "Ring me: 555 010 9999, or zed@lamp.example.com")
    message = said(
        cast.zed,
        room,
        "Ring me: 555 010 9999, or zed@lamp.example.com",
        token=nudged.value.token,  # type: ignore[attr-defined]
    )
    item = report(cast.noor, message, category="contact")
    taken(cast, item)
    found = page(signed_in("mo"), url_of(item))
    context, covered = found.split("Show contact details that are covered")
    assert "number covered" in context
    assert "e-mail address covered" in context
    assert "555 010" not in context
    assert "555 010 9999" in covered


def test_moderator_takes_an_item_and_hands_it_on(signed_in: SignIn, post: Post, cast: Cast) -> None:
    item, mo = reported(cast), signed_in("mo")
    assert "What should happen?" not in page(mo, url_of(item))
    assert post(mo, url_of(item, "claim")).status_code == 303
    found = page(mo, url_of(item))
    assert "With you" in found
    assert "What should happen?" in found
    assert " checked" not in found
    assert "With Mo" in page(signed_in("mia"), url_of(item))
    assert post(mo, url_of(item, "pass")).status_code == 303
    assert "With Mo" not in page(signed_in("mia"), url_of(item))


def test_hiding_takes_the_message_out_of_the_room(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    item, mo = reported(cast), signed_in("mo")
    version = taken(cast, item)
    answer = post(mo, url_of(item, "decide"), {**HIDE, "version": version, "then": "next"})
    assert answer.status_code == 303
    assert answer.location == "/moderation/queue"
    with work.begin(writes=False):
        subject = rooms.message_with(queries.item_for(cast.mo, item).subject_id)
        assert subject.state == "removed"
    found = page(mo, url_of(item))
    for words in ("Decided so far", "Taken out of view", HIDE["note"], "Look at it again"):
        assert words in found


def test_after_one_comes_the_next(signed_in: SignIn, post: Post, cast: Cast) -> None:
    first, other = reported(cast), reported(cast, "Go away.")
    version = taken(cast, first)
    answer = post(
        signed_in("mo"), url_of(first, "decide"), {**HIDE, "version": version, "then": "next"}
    )
    assert answer.location == url_of(other)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"outcome": ""}, "Choose what should happen."),
        ({"rule": ""}, "Choose the house rule that it is about."),
        ({"rule": "none"}, "Choose the house rule that was broken."),
        ({"note": "x" * 601}, "Up to 600 characters fit here."),
        ({"follow": "mute:5"}, "Not a valid choice."),
        ({"outcome": "explode"}, "Not a valid choice."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    wrong: dict[str, str], words: str, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    item = reported(cast)
    sent = {**HIDE, "follow": "mute:24", "version": taken(cast, item), **wrong}
    answer = post(signed_in("mo"), url_of(item, "decide"), sent)
    found = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in found
    assert str(sent["note"]) in found
    if sent["follow"] == "mute:24":
        assert '<option selected value="mute:24">' in found
    assert item_with(item, cast.mo).state == "claimed"


def test_second_decider_learns_who_has_it_and_loses_nothing(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    item, mo = reported(cast), signed_in("mo")
    with clock.stopped_at(clock.now() - timedelta(hours=1)):
        version = taken(cast, item)
    with work.begin():
        service.claim(cast.mia, item)
    answer = post(mo, url_of(item, "decide"), {**HIDE, "version": version})
    found = answer.get_data(as_text=True)
    assert answer.status_code == 409
    for words in ("Another moderator has just taken this", "With Mia", HIDE["note"]):
        assert words in found
    assert "Take it out of view" in found
    assert item_with(item, cast.mo).rulings == []


def test_what_came_in_meanwhile_is_shown_before_deciding(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    item, mo = reported(cast), signed_in("mo")
    version = taken(cast, item)
    with work.begin():
        subject_id = item_with(item, cast.mo).subject_id
        service.file_report(cast.noor, "message", subject_id, "personal", "And it is my name.")
    answer = post(mo, url_of(item, "decide"), {**HIDE, "version": version})
    found = answer.get_data(as_text=True)
    assert answer.status_code == 409
    for words in ("Something new came in", "And it is my name.", HIDE["note"]):
        assert words in found
    new = found.split('name="version" type="hidden" value="')[1].split('"')[0]
    assert post(mo, url_of(item, "decide"), {**HIDE, "version": new}).status_code == 303


def test_a_decided_item_is_not_decided_again(signed_in: SignIn, post: Post, cast: Cast) -> None:
    item = reported(cast)
    version = taken(cast, item)
    with work.begin():
        service.decide(cast.mo, item, version=version, outcome=Outcome.STAND, rule="none")
    answer = post(signed_in("mia"), url_of(item, "claim"))
    assert answer.status_code == 409
    assert "decided already" in answer.get_data(as_text=True)


def test_a_decision_can_be_looked_at_again(signed_in: SignIn, post: Post, cast: Cast) -> None:
    item = reported(cast)
    version = taken(cast, item)
    with work.begin():
        service.decide(cast.mo, item, version=version, outcome=Outcome.HIDE, rule="kindness")
    mia = signed_in("mia")
    assert url_of(item) in page(mia, "/moderation/queue?tab=done")
    now = item_with(item, cast.mia).version
    assert post(mia, url_of(item, "reopen"), {"version": now}).status_code == 303
    assert url_of(item) in page(mia, "/moderation/queue")
    again = post(mia, url_of(item, "reopen"), {"version": now})
    assert again.status_code == 409


def test_who_wrote_it_meets_a_closed_door(signed_in: SignIn, post: Post, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.mo)
    item = report(cast.noor, said(cast.mo, room, UNKIND), note="Mo was short with me.")
    mo = signed_in("mo")
    assert url_of(item) not in page(mo, "/moderation/queue")
    answer = mo.get(url_of(item))
    assert answer.status_code == 403
    assert "Another moderator decides" in answer.get_data(as_text=True)
    assert "Mo was short with me." not in answer.get_data(as_text=True)
    assert post(mo, url_of(item, "claim")).status_code == 403
    assert url_of(item) in page(signed_in("mia"), "/moderation/queue")


def test_who_reported_it_sees_it_and_leaves_it_to_others(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    room = a_room(cast, cast.zed, cast.mo)
    item, mo = report(cast.mo, said(cast.zed, room, UNKIND)), signed_in("mo")
    found = page(mo, url_of(item))
    assert "You reported this yourself" in found
    assert "Take this" not in found
    assert post(mo, url_of(item, "claim")).status_code == 403


def test_a_message_that_is_gone_leaves_an_item_that_can_be_closed(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    item = reported(cast)
    with work.begin() as session:
        session.delete(rooms.message_with(item_with(item, cast.mo).subject_id))
    mo = signed_in("mo")
    page(mo, "/moderation/queue")
    assert "What this was about is gone." in page(mo, url_of(item))
    version = taken(cast, item)
    answer = post(mo, url_of(item, "decide"), {"outcome": "stand", "version": version})
    assert answer.status_code == 303


def test_a_person_page_tells_decisions_and_no_messages(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    item, mo = reported(cast), signed_in("mo")
    version = taken(cast, item)
    post(mo, url_of(item, "decide"), {**HIDE, "version": version, "follow": "mute:24"})
    url = f"/moderation/people/{cast.zed.id}"
    found = page(mo, url)
    for words in ("Taken out of view", "Read without writing", HIDE["note"], "Let them write"):
        assert words in found
    assert UNKIND not in found
    assert post(mo, f"{url}/unmute").status_code == 303
    assert "Let them write" not in page(mo, url)
    assert post(mo, f"{url}/unmute").status_code == 409


def test_suspended_person_is_let_back_in(signed_in: SignIn, post: Post, cast: Cast) -> None:
    item, mo, zed = reported(cast), signed_in("mo"), signed_in("zed")
    version = taken(cast, item)
    post(mo, url_of(item, "decide"), {**HIDE, "version": version, "follow": "suspend"})
    assert zed.get("/rooms").status_code == 303  # to the sign-in page
    url = f"/moderation/people/{cast.zed.id}"
    assert "They cannot come in" in page(mo, url)
    assert post(mo, f"{url}/reinstate").status_code == 303
    assert signed_in("zed").get("/rooms").status_code == 200


def test_nobody_looks_up_themselves_or_people_without_decisions(
    signed_in: SignIn, cast: Cast
) -> None:
    mo = signed_in("mo")
    for who in (cast.mo, cast.noor):
        assert mo.get(f"/moderation/people/{who.id}").status_code == 404


@pytest.mark.parametrize("who", ["noor", "tess", "fay", "cora", "ada"])
def test_to_everybody_else_none_of_it_is_there(
    who: str, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    item, client = reported(cast), signed_in(who)
    for url in ("/moderation/queue", url_of(item), f"/moderation/people/{cast.zed.id}"):
        assert client.get(url).status_code == 404
    for verb in ("claim", "pass", "decide", "reopen"):
        assert post(client, url_of(item, verb), HIDE).status_code == 404
    for verb in ("unmute", "reinstate"):
        assert post(client, f"/moderation/people/{cast.zed.id}/{verb}").status_code == 404


def test_minutes_until_a_first_look_come_with_a_table(signed_in: SignIn, cast: Cast) -> None:
    with clock.stopped_at(clock.now() - timedelta(minutes=7)):
        item = reported(cast)
    taken(cast, item)
    found = page(signed_in("mo"), "/moderation/queue")
    assert "Minutes until a first look" in found
    assert '<td class="num">7</td>' in found


def test_hostile_words_stay_words(signed_in: SignIn, cast: Cast) -> None:
    item = reported(cast, "<script>alert(1)</script> & \u202e" + "x<y " * 900, note="<b>bold</b>")
    taken(cast, item)
    found = page(signed_in("mo"), url_of(item))
    assert "<script>alert" not in found
    assert "<b>bold" not in found
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in found

"""Topics of messages, and messages folded for whoever would rather not meet one."""

import pytest
from flask import Flask

from peer.core import work
from peer.core.errors import Invalid
from peer.rooms import queries, service
from peer.rooms.models import Message, Room, Unwanted
from tests.cast import Cast
from tests.rooms.place import a_room, said
from tests.rooms.test_pages import Post, SignIn, bubbles, page


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed)


def again(message: Message) -> Message:
    with work.begin(writes=False):
        return queries.message_with(message.id)


def test_a_message_keeps_the_topic_it_was_marked_with(room: Room, cast: Cast) -> None:
    marked = said(cast.zed, room, "they wrote to me", topic="court")
    assert again(marked).topic == "court"
    with work.begin():
        service.edit_message(cast.zed, marked.id, text="they wrote to me again")
    assert again(marked).topic == "court"
    with work.begin():
        service.edit_message(cast.zed, marked.id, text="they wrote to me again", topic="")
    assert (again(marked).topic, again(marked).edited_at is None) == ("", False)


def test_topics_are_those_of_the_list(room: Room, cast: Cast) -> None:
    with pytest.raises(Invalid):
        said(cast.zed, room, "hello", topic="weather")
    with pytest.raises(Invalid), work.begin():
        service.choose_unwanted(cast.noor, ["court", "weather"])
    with work.begin(writes=False):
        assert queries.unwanted_by(cast.noor.id) == frozenset()


def test_what_is_chosen_is_changed_and_taken_back(room: Room, cast: Cast) -> None:
    for chosen in (["court", "debt"], ["debt"], ["debt", "debt"], [], []):
        with work.begin():
            service.choose_unwanted(cast.noor, chosen)
        with work.begin(writes=False) as session:
            assert queries.unwanted_by(cast.noor.id) == set(chosen)
            assert (session.get(Unwanted, cast.noor.id) is None) == (not chosen)


def test_it_goes_with_the_account(room: Room, cast: Cast) -> None:
    with work.begin():
        service.choose_unwanted(cast.noor, ["court"])
        assert service.forget_person(cast.noor.id)["unwanted_topics"] == 1


# --- pages ------------------------------------------------------------------------------------


@pytest.fixture
def here(app: object, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed)


def log(text: str) -> str:
    return text.split("<template")[0]


def test_chosen_by_form_and_folded_to_the_note_for_that_person_alone(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    noor, zed = signed_in("noor"), signed_in("zed")
    form = {"text": "they wrote to me", "nonce": "n1", "topic": "court", "note": "a letter"}
    assert post(zed, f"/rooms/{here.id}/messages", form).status_code == 303
    said(cast.zed, here, "see you there", note="about my lawyer")
    said(cast.zed, here, "and a cake", note="sweet")
    assert post(noor, "/rooms/topics", {"topic": ["court", "grief"]}).status_code == 303
    chosen = noor.get("/rooms/topics").get_data(as_text=True)
    assert chosen.count(" checked") == 2
    text = log(page(noor, here))
    assert text.count('data-fold-by="topic"') == 2
    assert text.count("Note: Courts and police · a letter") == 1
    assert text.count("Note: about my lawyer") == 1
    assert bubbles(text) == ["they wrote to me", "see you there", "and a cake"]
    others = log(page(zed, here))
    assert "data-fold-by" not in others
    assert "Note: Courts and police · a letter" in others


def test_unknown_topic_in_a_form_changes_nothing(signed_in: SignIn, post: Post, here: Room) -> None:
    noor = signed_in("noor")
    assert post(noor, "/rooms/topics", {"topic": ["weather"]}).status_code == 422
    assert " checked" not in noor.get("/rooms/topics").get_data(as_text=True)


def test_words_that_were_not_sent_come_back_with_their_topic(
    signed_in: SignIn, post: Post, here: Room
) -> None:
    noor = signed_in("noor")
    form = {"text": "x" * 4001, "nonce": "n1", "topic": "debt"}
    answer = post(noor, f"/rooms/{here.id}/messages", form)
    assert answer.status_code == 422
    assert '<option value="debt" selected>' in answer.get_data(as_text=True)
    form |= {"text": "call 07700 900123"}
    nudged = post(noor, f"/rooms/{here.id}/messages", form).get_data(as_text=True)
    assert '<textarea hidden name="topic">' in nudged


def test_change_of_words_shows_the_topic_and_can_take_it_off(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    marked = said(cast.noor, here, "they wrote to me", topic="court")
    noor = signed_in("noor")
    edit = f"/rooms/{here.id}/messages/{marked.id}/edit"
    assert '<option value="court" selected>' in noor.get(edit).get_data(as_text=True)
    assert post(noor, edit, {"text": "they wrote", "note": "", "topic": ""}).status_code == 303
    assert "Courts and police" not in log(page(noor, here)).split("data-composer")[0]

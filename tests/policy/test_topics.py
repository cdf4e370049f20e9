"""Which messages are folded for somebody who would rather not meet a topic: pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.policy import topics as policy

topic = st.sampled_from(["", *policy.TOPICS])
unwanted = st.frozensets(st.sampled_from(list(policy.TOPICS)))
notes = st.one_of(
    st.text(max_size=80),
    st.sampled_from(["my court date", "sobre mi hijo", "عن المحكمة", "a letter", ""]),
)


@given(topic, notes)
def test_nothing_is_folded_for_who_has_chosen_nothing(marked: str, note: str) -> None:
    assert not policy.is_folded(marked, note, frozenset())


@given(topic, notes, unwanted)
def test_a_chosen_topic_is_always_folded_whatever_the_note_says(
    marked: str, note: str, chosen: frozenset[str]
) -> None:
    if marked in chosen:
        assert policy.is_folded(marked, note, chosen)


@given(topic, notes, unwanted, unwanted)
def test_choosing_more_never_unfolds(
    marked: str, note: str, chosen: frozenset[str], more: frozenset[str]
) -> None:
    if policy.is_folded(marked, note, chosen):
        assert policy.is_folded(marked, note, chosen | more)


@given(topic, notes)
def test_a_message_is_about_topics_of_the_list_only(marked: str, note: str) -> None:
    assert policy.topics_of(marked, note) <= policy.TOPICS.keys()


@pytest.mark.parametrize(
    ("note", "topic"),
    [
        ("Courts again", "court"),
        ("a word from the POLICE", "court"),
        ("mi abogada", "court"),
        ("والمحكمة غدًا", "court"),
        ("about my kids", "children"),
        ("los niños", "children"),
        ("suicidal thoughts", "self_harm"),
        ("a relapse", "substances"),
        ("بعد وفاة أمي", "grief"),
        ("the visa came", "immigration"),
    ],
)
def test_words_of_a_note_tell_its_topic(note: str, topic: str) -> None:
    assert topic in policy.topics_in(note)


@pytest.mark.parametrize("note", ["a letter", "un jardín", "رسالة", "escort? no: a walk", "divisa"])
def test_other_notes_tell_none(note: str) -> None:
    assert policy.topics_in(note) == frozenset()


def test_every_topic_has_words_by_which_notes_are_read() -> None:
    assert all(any(policy._FOUND[topic].pattern) for topic in policy.TOPICS)

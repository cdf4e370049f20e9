"""What screening notices, what it leaves alone, and that distress is never held back."""

import json
import re
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.moderation import automod
from peer.moderation.automod import contact, screen
from tests.promises import TRIES


def categories(text: str, **more: object) -> tuple[str, ...]:
    return screen(text, author="member", **more).categories  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("phone", "call me 415 555 0123"),
        ("phone", "+44 20 7946 0958"),
        ("phone", "06.12.34.56.78"),
        ("phone", "4 1 5 5 5 5 0 1 2 3"),
        ("phone", "four one five five five five zero one two three"),
        ("phone", "mi número: seis uno dos tres cuatro cinco seis siete ocho"),
        ("phone", "4\u200b15\u200b555\u200b0123"),
        ("phone", "４１５５５５０１２３"),
        ("phone", "my case number is 4155550123"),
        ("email", "lamp.post@example.com"),
        ("email", "lamp at gmail dot com"),
        ("email", "lamp [at] gmail [punto] com"),
        ("email", "l a m p @ g m a i l . c o m"),
        ("email", "lаmp@gmаil.com"),
        ("url", "see example.com/x"),
        ("url", "hxxp://evil.example/join"),
        ("url", "wa.me/abc"),
        ("handle", "my insta is lampglow"),
        ("handle", "IG lamp77"),
        ("handle", "agrégame en whatsapp"),
        ("handle", "lamp#1234"),
    ],
)
def test_contact_details_are_noticed_however_they_are_written(category: str, text: str) -> None:
    verdict = screen(text, author="member")
    assert category in verdict.categories
    assert verdict.verdict == "nudge"
    assert screen(text, author="mentor").verdict == "hold"
    assert screen(text, author="staff").verdict == "allow"


@pytest.mark.parametrize(
    "text",
    [
        "You can call 988 or 1-888-373-7888 any time, or text 233733.",
        "988 1-888-373-7888",
        "+1 (888) 373-7888",
        "Call 911 if you are in danger, text HOME to 741741",
        "It was 10.30 - 11.45 on 12/04/2021, or 2026-10-25T18:30:00",
        "I was there 2019-2020 and paid $12,500.00",
        "I count 1 2 3 4 5 6 7 8 9 10 when I panic",
        "ten nine eight seven six five four three two one",
        "my case number is 8837465",
        "I am at work. Me too",
        "I am better now.So much",
        "my insta is private and instagram is bad for me",
        "dot the i and cross the t, meet me at the office",
        "ممكن نلتقي غدا",
        "",
        "   \n",
    ],
)
def test_everyday_talk_and_hotlines_are_left_alone(text: str) -> None:
    assert screen(text, author="member") == automod.Verdict()


def test_helplines_of_the_organisation_are_left_alone() -> None:
    try:
        automod.trust("0800 555 0199", "")
        assert categories("Ring 0800-555-0199 at any hour") == ()
        assert categories("Ring 0800-555-0198 at any hour") == ("phone",)
    finally:
        automod.trust()


def test_number_spread_over_messages_is_put_together() -> None:
    assert categories("0123", recent=["hello", "415", "555"]) == ("phone",)
    assert categories("0123", recent=["hello", "I am 41", "5 of us here"]) == ()
    assert categories("73 78 88", recent=["1 888 3"]) == ()


def test_spans_are_places_in_the_text_as_it_was_given() -> None:
    text = "Ṱ mail 𝕝amp\u200b@gmail.com 🌿 or 4\u200b15 555 0123."
    found = {
        category: text[start:end] for start, end, category in screen(text, author="member").spans
    }
    assert found == {"email": "𝕝amp\u200b@gmail.com", "phone": "4\u200b15 555 0123"}


@pytest.mark.parametrize(
    "name", ["telegram: lamp.post", "insta lamp_77", "snap as lamp_77", "whatsapp"]
)
def test_name_after_the_service_is_covered_with_it(name: str) -> None:
    text = f"Add me on {name} please"
    ((start, end, _category),) = screen(text, author="member").spans
    assert text[start:end] == f"Add me on {name}"


@pytest.mark.parametrize(
    ("tier", "text"),
    [
        (4, "I took all my pills"),
        (4, "he’s outside my door and I’m scared"),
        (4, "me tienen encerrada"),
        (3, "I’m going to kill myself tonight"),
        (3, "I am going back to him"),
        (3, "voy a suicidarme"),
        (2, "I don’t want to be alive anymore"),
        (2, "i wanna die"),
        (2, "ya no quiero vivir"),
        (2, "No puedo más"),
        (1, "I used to want to die"),
        (1, "I'm not suicidal"),
        (1, "no quiero morir"),
        (1, "my friend wanted to kill herself"),
        (1, "I was suicidal years ago"),
        (1, "hace años quiero morir pensaba"),
        (0, "this homework is killing me, I'm dead tired"),
        (0, "me muero de risa"),
        (0, "I never want to go back to him"),
    ],
)
def test_distress_is_noticed_by_how_near_it_is(tier: int, text: str) -> None:
    verdict = screen(text, author="member")
    assert (verdict.verdict, verdict.tier) == ("allow", tier)
    assert ("crisis" in verdict.categories) == (tier > 0)


@pytest.mark.parametrize("author", ["member", "mentor", "staff"])
@pytest.mark.parametrize(
    "more",
    [
        "write to me at lamp@gmail.com, 415 555 0123",
        "I know where you live",
        "you can earn 500 a day",
        "where do you live?",
    ],
)
def test_distress_is_never_held_nudged_or_blocked(author: automod.Author, more: str) -> None:
    for text in (f"I want to die. {more}", f"{more}. quiero morirme"):
        verdict = screen(text, author=author)
        assert verdict.verdict == "allow"
        assert verdict.tier >= 2
        assert len(verdict.categories) > 1, "moderators still see what else it holds"


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("lure", "I know a place that is hiring now. Cash, and the room is included."),
        ("lure", "Girls you can earn 500 a day modeling"),
        ("lure", "Don't tell the moderators about this"),
        ("lure", "conozco un trabajo, pagan en efectivo, sin papeles"),
        ("buyer", "how much for an hour"),
        ("threat", "I will find you and hurt you"),
        ("threat", "sé dónde vives"),
        ("hate", "you are a worthless whore"),
        ("hate", "Nobody believes you"),
        ("age_ask", "how old are you"),
        ("location", "where are you staying?"),
    ],
)
def test_what_is_aimed_at_somebody_waits_for_a_moderator(category: str, text: str) -> None:
    for author in ("member", "mentor"):
        verdict = screen(text, author=author)  # type: ignore[arg-type]
        assert (verdict.verdict, category in verdict.categories) == ("hold", True)


def test_staff_may_ask_what_others_may_not() -> None:
    assert screen("how old are you?", author="staff").verdict == "allow"
    assert screen("I will find you and hurt you", author="staff").verdict == "hold"


@pytest.mark.parametrize(
    "text",
    [
        "he said he would kill me and that nobody believes you",
        "they called me a whore",
        "My trafficker told me: I know where you live",
        "I have a job interview, the travel is included",
        "I am looking for a job and a room, cash is tight",
        "you deserve this rest",
        "I will find you a good lawyer",
        "please don't tell anyone yet, I am scared",
        "I make 300 a week now",
        "how old are your kids?",
    ],
)
def test_ones_own_story_and_kindness_are_not_held(text: str) -> None:
    assert screen(text, author="member").verdict == "allow"


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=6))
def test_any_text_gets_a_verdict_with_places_inside_it(text: str, recent: list[str]) -> None:
    verdict = screen(text, author="member", recent=recent)
    assert all(0 <= start < end <= len(text) for start, end, _category in verdict.spans)
    assert {category for _start, _end, category in verdict.spans} == set(verdict.categories)
    assert verdict == screen(text, author="member", recent=recent)
    assert verdict.verdict == "allow" or verdict.tier == 0


@given(st.text(max_size=80), st.sampled_from(["\u200b", "\u2060", "\ufeff", "\u00ad"]))
def test_signs_that_nobody_sees_change_nothing(text: str, unseen: str) -> None:
    plain = f"{text} lamp@gmail.com"
    hidden = f"{text} l{unseen}am{unseen}p@gm{unseen}ail.c{unseen}om"
    assert categories(plain) == categories(hidden)


# As it was before its first part was bounded; on what people can write the two find the same.
_WITHOUT_BOUNDS = re.compile(contact._EMAIL.pattern.replace("{2,64}+@", "{2,}@"))


@given(st.lists(st.sampled_from(["a ", "1 ", "@ ", "@", ".", ". ", "com", "b", " ", "x@y.org "])))
def test_a_bounded_rule_finds_what_it_found(parts: list[str]) -> None:
    text = "".join(parts)
    assert "{2,64}+@" in contact._EMAIL.pattern
    before = [match.span() for match in _WITHOUT_BOUNDS.finditer(text)]
    assert [match.span() for match in contact._EMAIL.finditer(text)] == before


@pytest.mark.parametrize("run", [60, 100, 1900])
def test_an_address_after_a_long_run_of_letters_is_still_noticed(run: int) -> None:
    assert categories("a " * run + "@ g m a i l . c o m") == ("email",)


# Words that every rule looks at closely, and none of them minds.
LOOKED_AT = (
    " Girls work here; do you call it a secret where to find trash? Nobody asked how old the cuarto "
    "is. The door is red. We go back to life: reasons to live are there for those who kill time."
)


def taken(text: str) -> float:
    """Seconds of the processor that screening takes, when nothing comes between."""
    spans = []
    for _ in range(5):
        began = time.process_time()
        screen(text, author="member")
        spans.append(time.process_time() - began)
    return min(spans)


@pytest.mark.parametrize("part", ["1 ", "a ", ". ", "1.", "a @ ", "a.", "oh ", "a at b ", "$1,"])
def test_a_hostile_text_is_read_as_fast_as_any_other(part: str) -> None:
    """Looked at up to three times: other work of the machine may slow one of them, not every one."""
    hostile, calm = (part * 4000)[:4000], ("I had a good day today. " * 200)[:3760] + LOOKED_AT
    assert not screen(calm, author="member").spans
    assert any(taken(hostile) < 3 * taken(calm) for _ in range(TRIES))


def test_program_answers_each_line_and_survives_bad_ones() -> None:
    lines = [
        json.dumps({"id": "a", "text": "ring 415 555 0123", "author": "mentor", "recent": []}),
        "not json",
        "",
        json.dumps({"id": 2, "text": "0123", "author": "member", "recent": ["415", "555"]}),
        json.dumps({"id": "c", "text": "quiero morirme"}),
        json.dumps({"id": "d"}),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "peer.moderation.automod"],
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert answers[0] == {
        "id": "a",
        "verdict": "hold",
        "tier": 0,
        "categories": ["phone"],
        "spans": [[5, 17, "phone"]],
        "flags": ["contact.phone"],
    }
    assert [answer.get("verdict") for answer in answers] == ["hold", None, "nudge", "allow", None]
    assert answers[3]["tier"] == 2
    assert "error" in answers[1]
    assert answers[4]["id"] == "d"

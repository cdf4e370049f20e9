"""Hours as people write them into forms, read and said back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.mentoring.sheets import Unread, read_hours, said_hours

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG = ("Mondays", "tuesday", "WEDNESDAYS", "Thurs.", "viernes", "sábado", "الأحد")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Mon 6-8pm", "Mon 18:00-20:00"),
        ("Tuesday evenings", "Tue 17:00-21:00"),
        ("Mon/Wed 18:30–20:00", "Mon 18:30-20:00; Wed 18:30-20:00"),
        ("Sat & Sun", "Sat 09:00-21:00; Sun 09:00-21:00"),
        ("Mon-Tue 9am to noon; Sat morning", "Mon 09:00-12:00; Tue 09:00-12:00; Sat 08:00-12:00"),
        ("Sat-Mon 10-11", "Mon 10:00-11:00; Sat 10:00-11:00; Sun 10:00-11:00"),
        ("Mon 9-11, 14-16", "Mon 09:00-11:00, 14:00-16:00"),
        ("M W 6-8pm", "Mon 18:00-20:00; Wed 18:00-20:00"),
        ("T/Th 18:00-19:00", "Tue 18:00-19:00; Thu 18:00-19:00"),
        ("6-8pm Mon, 7-9pm Tue", "Mon 18:00-20:00; Tue 19:00-21:00"),
        ("between 5 and 7pm on Fridays", "Fri 17:00-19:00"),
        ("Mon evening 6-8", "Mon 18:00-20:00"),
        ("Mon evenings after 7", "Mon 19:00-21:00"),
        ("Monday evening and Wed morning", "Mon 17:00-21:00; Wed 08:00-12:00"),
        ("Lunes y miércoles de 18:00 a 20:00", "Mon 18:00-20:00; Wed 18:00-20:00"),
        ("Thu 11am-1", "Thu 11:00-13:00"),
        ("Thu 10-2pm", "Thu 10:00-14:00"),
        ("Wed 9-5", "Wed 09:00-17:00"),
        ("Fri 22:00-02:00", "Fri 22:00-24:00; Sat 00:00-02:00"),
        ("0900-1100 Mon", "Mon 09:00-11:00"),
        ("18h-20h lunes", "Mon 18:00-20:00"),
        ("before 10am Mon", "Mon 08:00-10:00"),
        ("Mon 6 pm onwards", "Mon 18:00-22:00"),
        ("Mon 18:15-20:10", "Mon 18:30-20:00"),
        ("Saturday; Mon after 5", "Mon 17:00-22:00; Sat 09:00-21:00"),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, said: str) -> None:
    assert said_hours(read_hours(written)) == said


@pytest.mark.parametrize("words", ["weekdays after 17:00", "Mon to Fri 17:00-22:00"])
def test_weekdays_are_five_days(words: str) -> None:
    assert said_hours(read_hours(words)).count("17:00-22:00") == 5


def test_hours_without_a_day_are_those_of_every_day() -> None:
    assert len(read_hours("evenings")) == 7 * 8
    assert read_hours("6-8pm", frozenset({2})) == read_hours("Wed 6-8pm")


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("Mon 6-8", "6-8"),
        ("after 9", "9"),
        ("not Mondays", "not"),
        ("every day except Sunday", "except"),
        ("Mon 7pm", "7pm"),
        ("Mon 25:00-26:00", "25:00"),
        ("Mon 18:10-18:20", "18:10"),
        ("evenings on weekdays and Saturday mornings", "mornings"),
        ("whenever the moon is full", "whenever"),
        ("2 evenings a week", "2"),
    ],
)
def test_what_is_not_clear_is_asked_about(written: str, part: str) -> None:
    with pytest.raises(Unread) as unread:
        read_hours(written)
    assert part in str(unread.value.params["part"])
    assert unread.value.message % unread.value.params


@given(st.frozensets(st.integers(0, 335)))
def test_said_hours_are_read_back(cells: frozenset[int]) -> None:
    said = said_hours(cells)
    if len(said) <= 600:
        assert read_hours(said) == cells


def _clock(half: int, style: str) -> str:
    hour, minute = divmod(half * 30, 60)
    if style == "24":
        return f"{hour:02}:{minute:02}"
    shown = f"{hour % 12 or 12}" + (f":{minute:02}" if minute else "")
    return f"{shown}{' ' if style == '12 spaced' else ''}{'pm' if hour >= 12 else 'am'}"


@given(
    day=st.integers(0, 6),
    begin=st.integers(0, 46),
    length=st.integers(1, 20),
    style=st.sampled_from(["24", "12", "12 spaced"]),
    names=st.sampled_from([DAYS, LONG]),
    dash=st.sampled_from(["-", " – ", " to ", " until "]),
)
def test_any_range_in_any_style_is_the_same_hours(
    day: int, begin: int, length: int, style: str, names: tuple[str, ...], dash: str
) -> None:
    end = min(begin + length, 47)
    words = f"{names[day]} {_clock(begin, style)}{dash}{_clock(end, style)}"
    assert read_hours(words) == frozenset(range(day * 48 + begin, day * 48 + end))


@given(st.text(max_size=80))
def test_no_words_break_the_reading(words: str) -> None:
    try:
        cells = read_hours(words)
    except Unread:
        return
    assert all(0 <= cell < 336 for cell in cells)


PIECES = "mon wed evenings 6 8pm 18:00 - to , ; and after before between 6-8 9-5 + / ) h 0900 am"


@given(st.lists(st.sampled_from(PIECES.split()), max_size=9))
def test_no_order_of_known_words_breaks_the_reading(pieces: list[str]) -> None:
    try:
        cells = read_hours(" ".join(pieces))
    except Unread:
        return
    assert read_hours(said_hours(cells)) == cells

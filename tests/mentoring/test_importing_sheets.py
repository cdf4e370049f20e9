"""Files as spreadsheets save them, columns as forms name them, cells as people fill them."""

import json
from typing import Any

import pytest

from peer.mentoring.sheets import (
    LARGEST,
    BadSheet,
    ColumnPlan,
    Grid,
    Reading,
    Unread,
    fitting,
    groups,
    guess,
    load,
    read_people,
    read_sheet,
    said_hours,
    written,
)
from peer.mentoring.sheets.values import (
    read_accepted,
    read_identity,
    read_languages,
    read_number,
    read_yes,
    read_zone,
)

FORM = """Timestamp,What is your name?,Which languages do you speak?,When are you free?,Time zone,\
Gender,How many people could you meet?,Topics you would rather not talk about
1/2/26,Añil Ro,"Spanish (fluent), English basic",Mon 6-8pm,Pacific,Female,up to two,"court; grief"
1/3/26,"Bo
Li","en, Français (B2)","Sat morning
Sun 10-12",Europe/Paris,prefer not to say,1,none
"""


def people(text: str, side: Any = "mentors", **plan: Any) -> Reading:
    sheet = read_sheet(text.encode())
    made = guess(sheet.headers, side).model_copy(update=plan)
    return read_people(sheet, made, side, timezone="UTC")


def said(reading: Reading) -> list[tuple[int, str, str]]:
    return [(each.line, each.column, each.message % each.params) for each in reading.faults]


def test_exported_form_answers_are_read() -> None:
    first, second = people(FORM).people
    assert first.values == {
        "languages": {"es": 3, "en": 1},
        "cells": (36, 37, 38, 39),
        "timezone": "America/Los_Angeles",
        "identity": "woman",
        "capacity": 2,
        "declines": ("court", "grief"),
    }
    assert second.who == "bo li"
    assert second.values["languages"] == {"en": 2, "fr": 2}
    assert said_hours(second.values["cells"]) == "Sat 08:00-12:00; Sun 10:00-12:00"
    assert second.values["identity"] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_of_every_spreadsheet_are_read_alike(encoding: str, delimiter: str) -> None:
    cells = [["Name", "Idiomas"], ["Añil; Ro, Z", "Español\nInglés"], [], ["Zoë", "en"]]
    rows = [delimiter.join(f'"{cell}"' for cell in row) for row in cells]
    for end in ("\n", "\r\n"):
        sheet = read_sheet(end.join(rows).encode(encoding))
        assert sheet.headers == ("Name", "Idiomas")
        assert [line.cells[0] for line in sheet.lines] == ["Añil; Ro, Z", "Zoë"]
        assert sheet.lines[1].number == 5


def test_first_line_that_names_the_separator_is_no_row() -> None:
    assert read_sheet(b"sep=;\r\nName;Languages\r\nBo;en\r\n").headers == ("Name", "Languages")


def test_double_empty_and_missing_headers_get_names_of_their_own() -> None:
    sheet = read_sheet(b"Name,Times,,Times\nBo,x\nLi,a,b,c,d\n")
    assert sheet.headers == ("Name", "Times", "Column C", "Times (2)", "Column E")
    assert sheet.lines[0].cells == ("Bo", "x", "", "", "")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * (LARGEST + 1), "larger than"),
        (b"PK\x03\x04 workbook", "workbook"),
        (b"", "no rows"),
        (b"\n \n,,\n", "no rows"),
        (b"Name\nBo\0\x01\x02", "not text"),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "more than 1000 columns"),
        (b"Name\n" + b"Bo\n" * 5_001, "more than 5000 rows"),
        (b'Name\n"' + b"x" * 140_000, "never closed"),
    ],
)
def test_hostile_files_are_refused_kindly(data: bytes, words: str) -> None:
    with pytest.raises(BadSheet) as fault:
        read_sheet(data)
    assert words in fault.value.message % fault.value.params


def test_formulas_are_words_like_any_other() -> None:
    sheet = read_sheet(b"Name,Notes\n=HYPERLINK(1),'+1\n")
    assert sheet.lines[0].cells == ("=HYPERLINK(1)", "+1")
    again = written(sheet.headers, [line.cells for line in sheet.lines])
    assert "'=HYPERLINK(1),'+1" in again
    assert read_sheet(again.encode()).lines[0].cells == sheet.lines[0].cells


@pytest.mark.parametrize(
    ("header", "side", "meaning"),
    [
        ("Full name", "mentees", "who"),
        ("Avialability", "mentees", "times"),
        ("When are you free? [Monday]", "mentees", "times"),
        ("Viernes", "mentees", "times"),
        ("What is your time zone?", "mentees", "timezone"),
        ("Langauges", "mentors", "languages"),
        ("¿Qué idiomas hablas?", "mentors", "languages"),
        ("Preferred gender of your mentor", "mentees", "accepts"),
        ("Pronouns", "mentees", "identity"),
        ("Topics you would rather not discuss", "mentors", "declines"),
        ("What would you like to talk about?", "mentees", "topics"),
        ("How many mentees can you take?", "mentors", "capacity"),
        ("How many mentees can you take?", "mentees", "leave"),
        ("Anyone you should not be matched with?", "mentees", "avoids"),
        ("Phone number", "mentees", "leave"),
        ("Nickname", "mentees", "pseudonym"),
        ("Shoe size", "mentees", "leave"),
    ],
)
def test_usual_headers_are_known(header: str, side: Any, meaning: str) -> None:
    assert guess(["Name of the person", header], side).columns[header] == meaning or (
        meaning == "who" and guess([header], side).columns[header] == "who"
    )


def test_each_unreadable_row_is_told_with_line_column_and_remedy() -> None:
    text = FORM + "1/4/26,Cy,Klingonese,Mon 6-8,,,9,kites\n1/5/26,,en,Mon 6-8pm,,,1,\n"
    reading = people(text)
    assert [person.line for person in reading.people] == [2, 3]
    assert reading.bad_lines == [6, 7]
    faults = {(line, column): words for line, column, words in said(reading)}
    assert "Spanish (fluent)" in faults[6, "Which languages do you speak?"]
    assert "6-8pm or 18:00-20:00" in faults[6, "When are you free?"]
    assert "from 0 to 6" in faults[6, "How many people could you meet?"]
    assert "court, immigration" in faults[6, "Topics you would rather not talk about"]
    assert "tells who this is" in faults[7, "What is your name?"]


def test_same_person_twice_is_not_taken_twice() -> None:
    reading = people("Name,Languages\nBo Li,en\n BO  LI ,fr\n")
    assert [person.line for person in reading.people] == [2]
    assert said(reading)[0][:2] == (3, "Name")


def test_unknown_interests_are_left_out_and_told_but_boundaries_are_not() -> None:
    text = 'Name,Interests,Topics you avoid\nBo,"Cooking, kites",\nLi,sewing,kites\n'
    reading = people(text)
    assert reading.people[0].values["interests"] == {"cooking": 2}
    assert reading.unknown == {"interests": {"kites": None}, "declines": {"kites": None}}
    assert reading.bad_lines == [3]
    taught = {"interests": {"Kites": "crafts"}, "declines": {"kites": ""}}
    reading = people(text, values=taught)
    assert reading.people[0].values["interests"] == {"cooking": 2, "crafts": 2}
    assert not reading.faults


def test_columns_of_days_and_of_hours_are_put_together() -> None:
    text = 'Name,Free? [Monday],Free? [Sunday],Free? [6-7pm]\nBo,"6-8pm, 21-22",no,"Tue, Wed"\n'
    hours = said_hours(people(text).people[0].values["cells"])
    assert hours == "Mon 18:00-20:00, 21:00-22:00; Tue 18:00-19:00; Wed 18:00-19:00"


def grid_sheet(marks: dict[int, str], count: int = 168) -> str:
    headers = ",".join(f"Slot {number}" for number in range(1, count + 1))
    return f"Name,{headers}\nBo,{','.join(marks.get(n, '0') for n in range(1, count + 1))}\n"


def test_numbered_columns_are_a_grid_once_somebody_says_so() -> None:
    text = grid_sheet({1: "1", 2: "1", 25: "2", 168: "x"})
    assert [
        (group.prefix, len(group.places)) for group in groups(read_sheet(text.encode()).headers)
    ]
    assert "cells" not in people(text).people[0].values
    grid = Grid(prefix="slot", first="09:00", minutes=30)
    reading = people(text, grids=[grid])
    assert said_hours(reading.people[0].values["cells"]) == (
        "Mon 09:00-10:00; Tue 09:00-09:30; Sun 20:30-21:00"
    )
    reading = people(text, grids=[grid], on_the_hour=True)
    assert said_hours(reading.people[0].values["cells"]) == "Mon 09:00-10:00"


def test_grid_can_have_hours_quarters_and_other_days() -> None:
    days: Any = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    reading = people(grid_sheet({1: "1", 25: "1"}), grids=[Grid(prefix="Slot", days=days)])
    assert said_hours(reading.people[0].values["cells"]) == "Mon 00:00-01:00; Sun 00:00-01:00"
    quarters = Grid(prefix="Slot", first="09:00", minutes=15)
    reading = people(grid_sheet({1: "1", 2: "1", 3: "1"}), grids=[quarters])
    assert said_hours(reading.people[0].values["cells"]) == "Mon 09:00-09:30"


def test_marks_of_a_grid_can_be_named_and_strange_ones_are_told() -> None:
    grid = Grid(prefix="Slot", free=["frei", "2"])
    reading = people(grid_sheet({1: "Frei", 2: "1"}), grids=[grid])
    assert said_hours(reading.people[0].values["cells"]) == "Mon 00:00-01:00"
    reading = people(grid_sheet({3: "perhaps"}), grids=[Grid(prefix="Slot")])
    assert said(reading)[0][:2] == (2, "Slot 3")


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"columns": {}}, "tells who it is"),
        ({"columns": {"Name": "who", "Slot 1": "shoe"}}, "not something that a column can mean"),
        ({"columns": {"Name": "who", "Slot 1": "area", "Slot 2": "area"}}, "Two columns"),
        ({"grids": [Grid(prefix="Else")]}, "no numbered columns"),
        ({"grids": [Grid(prefix="Slot", days=["mon", "tue", "wed", "thu", "fri"])]}, "evenly"),
        ({"grids": [Grid(prefix="Slot", first="09:00")]}, "past midnight"),
        ({"timezone": "Nowhere"}, "not a time zone"),
        ({"values": {"interests": {"kites": "kites"}}}, "not something"),
    ],
)
def test_plan_that_does_not_fit_is_refused(plan: dict[str, Any], words: str) -> None:
    with pytest.raises(BadSheet) as fault:
        people(grid_sheet({}), **plan)
    assert words in fault.value.message % fault.value.params


def test_plan_is_kept_as_json() -> None:
    plan = ColumnPlan(columns={"Name": "who"}, grids=[Grid(prefix="Slot")], timezone="UTC")
    assert load(plan.model_dump_json()) == plan
    for wrong in (
        "",
        "[]",
        '{"colums": {}}',
        json.dumps({"grids": [{"prefix": "x", "minutes": 7}]}),
    ):
        with pytest.raises(BadSheet):
            load(wrong)


def test_saved_plan_is_found_by_the_columns_of_the_sheet() -> None:
    saved = {
        "spring": ColumnPlan(columns={"Name": "who", "Langs": "languages"}),
        "other": ColumnPlan(columns={"Person": "who"}),
    }
    assert fitting(saved, ["Name", "Langs"]) == "spring"
    assert fitting(saved, ["Name", "Hours"]) is None


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("Fluent in French; a little Arabic", {"fr": 3, "ar": 1}),
        ("Español nativo, inglés (B1)", {"es": 3, "en": 2}),
        ("English and Spanish", {"en": 2, "es": 2}),
        ("Kreyòl (native, from home) / English - C1", {"ht": 3, "en": 3}),
        ("العربية، Mandarin Chinese", {"ar": 2, "zh": 2}),
        ("English (US), EN basic", {"en": 2}),
        ("none", {}),
    ],
)
def test_languages_are_read_with_their_levels(written: str, levels: dict[str, int]) -> None:
    assert read_languages(written) == levels


def test_small_words_are_understood() -> None:
    assert [read_number(text, least=0, most=6) for text in ("2", "two", "1-2", "none")] == [
        2,
        2,
        2,
        0,
    ]
    assert [read_yes(text) for text in ("Yes, please", "no", "✓", "Sí")] == [
        True,
        False,
        True,
        True,
    ]
    assert [
        read_zone(text) for text in ("PST", "new york", "Eastern Time (US & Canada)", "UTC")
    ] == [
        "America/Los_Angeles",
        "America/New_York",
        "America/New_York",
        "UTC",
    ]
    assert [read_identity(text) for text in ("she/her", "Non-binary", "")] == [
        "woman",
        "nonbinary",
        None,
    ]
    assert read_accepted("Women only") == ("woman",)
    assert read_accepted("female or non-binary") == ("nonbinary", "woman")
    assert read_accepted("No preference") is None


@pytest.mark.parametrize(
    ("read", "text"),
    [(read_yes, "maybe"), (read_zone, "UTC-5"), (read_identity, "robot"), (read_accepted, "kind")],
)
def test_other_words_are_asked_about(read: Any, text: str) -> None:
    with pytest.raises(Unread) as unread:
        read(text)
    assert text in unread.value.message % unread.value.params

"""The answers to OWASP ASVS stand on what is there: each id once, each path real, each sum right."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has.
SECTIONS = {
    "V1": (2, 9, 11, 3, 2),
    "V2": (3, 3, 4, 1),
    "V3": (0, 2, 4, 6, 5, 0, 2),
    "V4": (3, 1, 2, 4),
    "V5": (1, 3, 2, 3),
    "V6": (3, 12, 4, 4, 5, 3, 0, 4),
    "V7": (3, 4, 2, 5, 2, 2),
    "V8": (2, 3, 1, 1),
    "V9": (3, 4),
    "V10": (2, 2, 4, 11, 5, 2, 3),
    "V11": (2, 3, 3, 4, 1, 1),
    "V12": (3, 2, 4),
    "V13": (1, 5, 2, 5),
    "V14": (2, 4, 3),
    "V15": (3, 3, 7),
    "V16": (1, 5, 4, 3, 3),
    "V17": (1, 4, 2),
}
AS_A_WHOLE = {"V10", "V17"}  # not applicable as a whole: out of scope
ANSWERS = ("met", "not met", "not applicable")
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
FILE = re.compile(
    r"`((?:[\w.-]+/)+[\w.-]*|[\w.-]+\.(?:lock|toml|md|py))(?:::(\w+))?`"
)  # not an address such as /healthz


def page() -> str:
    return (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")


def rows() -> list[tuple[str, str, str, str]]:
    """(id, level, answer, where or why) of every requirement on the page."""
    return [(each[0], each[1], each[3], each[4]) for each in ROW.findall(page())]


def chapter(requirement: str) -> str:
    return requirement.partition(".")[0]


def test_every_requirement_has_one_answer() -> None:
    ids = [each[0] for each in rows()]
    assert len(ids) == len(set(ids)) == 253
    sections = Counter(tuple(each.split(".")[:2]) for each in ids)
    assert sections == {
        (name, str(number)): count
        for name, counts in SECTIONS.items()
        for number, count in enumerate(counts, 1)
        if count
    }
    assert {each[2] for each in rows()} <= set(ANSWERS)


def test_what_is_met_is_there() -> None:
    wrong = []
    for requirement, _level, answer, where in rows():
        named = FILE.findall(where)
        if answer == "met" and not named:
            wrong.append(f"{requirement}: no file is named")
        for path, test in named:
            found = ROOT / path
            if not found.exists():
                wrong.append(f"{requirement}: {path} is not there")
            elif test and f"def {test}(" not in found.read_text(encoding="utf-8"):
                wrong.append(f"{requirement}: {path} has no {test}")
    assert wrong == []


def test_sums_are_right() -> None:
    counted = Counter(each[2] for each in rows() if chapter(each[0]) not in AS_A_WHOLE)
    scope = sum(counted.values())
    assert (
        f"In scope: {scope} (without V10 and V17). Met: {counted['met']}. Not met: "
        f"{counted['not met']}. Not applicable: {counted['not applicable']}."
    ) in page()
    for name in SECTIONS:
        answers = Counter(each[2] for each in rows() if chapter(each[0]) == name)
        figures = [str(sum(answers.values())), *(str(answers[answer]) for answer in ANSWERS)]
        assert re.search(rf"^\| {name} \| .+ \| {' [|] '.join(figures)} \|$", page(), re.MULTILINE)


def test_what_is_not_met_says_why_and_chapters_left_out_are_so_whole() -> None:
    assert all(len(where) > 5 for *_, where in rows())
    assert {each[2] for each in rows() if chapter(each[0]) in AS_A_WHOLE} == {"not applicable"}


@pytest.mark.parametrize("page_name", ["asvs.md", "security.md"])
def test_links_between_the_pages_hold(page_name: str) -> None:
    text = (ROOT / "docs" / page_name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (ROOT / "docs" / link).exists(), link


def test_no_door_mixes_the_address_with_the_form() -> None:
    mixing = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "peer").rglob("*.py")
        if "request.values" in path.read_text(encoding="utf-8")
    ]
    assert mixing == []

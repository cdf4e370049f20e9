"""Every abuse case of the threat model has a test of its own, named after what it says."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "docs" / "threat-model.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/.-]+)`")
# Words that every other sentence has.
SMALL = {"the", "and", "for", "with", "within", "from", "not", "only", "does", "that", "every"}

CASES = ROW.findall(MODEL.read_text(encoding="utf-8"))


def words_of(text: str) -> set[str]:
    """The telling words of a sentence or a name, without their endings."""
    plain = re.sub(r"['’]s?\b", "", text.lower().replace("e-mail", "email"))
    return {word.rstrip("s") for word in re.findall(r"[a-z0-9]{2,}", plain)} - SMALL


def test_threat_model_lists_all_25_cases_in_order() -> None:
    assert [int(number) for number, *_ in CASES] == list(range(1, 26))


def test_files_of_cases_are_all_in_the_threat_model() -> None:
    linked = {path for *_, tests in CASES for path in NAMED.findall(tests)}
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "tests/threats").glob("test_*.py")}
    assert there <= linked


@pytest.mark.parametrize(("number", "statement", "tests"), [(n, s, t) for n, s, _, _, t in CASES])
def test_case_has_a_test_named_after_it(number: str, statement: str, tests: str) -> None:
    main, *_ = NAMED.findall(tests)
    assert main.startswith(f"tests/threats/test_{int(number):02}_")
    tree = ast.parse((ROOT / main).read_text(encoding="utf-8"))
    names = [each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    alike = [
        name
        for name in names
        if name.startswith("test_") and len(words_of(name) & words_of(statement)) >= 3
    ]
    assert alike, f"no test of {main} is named after “{statement}”"


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = set(NAMED.findall(MODEL.read_text(encoding="utf-8")))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []

"""Every limit on tries stands in docs/security.md, as it is in the code, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from peer.core.realtime.door import _events

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| .+ \| `(\d+/[\w ]+)` \| .+ \| `([\w:-]+)` \|$", re.MULTILINE)
USUAL = "60/10 second"  # of a socket event: one row stands for all of them


def _words(tree: ast.Module) -> dict[str, str]:
    """The texts that a module's constants stand for."""
    found: dict[str, str] = {}
    for each in ast.walk(tree):
        if not isinstance(each, ast.Assign):
            continue
        for target in each.targets:
            pairs = [(target, each.value)]
            if isinstance(target, ast.Tuple) and isinstance(each.value, ast.Tuple):
                pairs = list(zip(target.elts, each.value.elts, strict=True))
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    found[name.id] = str(value.value)
    return found


def spent(path: Path) -> Iterator[tuple[str, str]]:
    """Rate and mark of every `limits.spend`, `limits.spend_here` and `limits.check` in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = _words(tree)
    for each in ast.walk(tree):
        if not isinstance(each, ast.Call) or not isinstance(each.func, ast.Attribute):
            continue
        whose = each.func.value
        if not isinstance(whose, ast.Name) or whose.id != "limits" or len(each.args) < 2:
            continue
        if each.func.attr in {"spend", "spend_here", "check"} and path.name != "door.py":
            rate, mark = each.args[:2]
            assert isinstance(mark, ast.Constant), f"{path}: a mark is a fixed word"
            said = words[rate.id] if isinstance(rate, ast.Name) else ast.literal_eval(rate)
            yield str(said), str(mark.value)


def in_the_code() -> set[tuple[str, str]]:
    files = (ROOT / "peer").rglob("*.py")
    found = {limit for path in files for limit in spent(path)}
    own = {(event.rate, name) for name, event in _events.items() if event.rate != USUAL}
    return found | own | {(USUAL, "event")}


def test_table_of_limits_says_what_the_code_does(app: Flask) -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    section = page.split("\n## Limits\n")[1].split("\n## ")[0]
    rows = ROW.findall(section)
    assert len(rows) == len(set(rows))
    there, written = in_the_code(), set(rows)
    assert there - written == set(), "write these into the table of limits in docs/security.md"
    assert written - there == set(), "the code has no such limits any more"
    assert any(event.rate == USUAL for event in _events.values())


def test_limits_in_prose_and_in_the_table_are_the_same() -> None:
    """What stands beside the ways in repeats rows of the table."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    ways = page.split("\n## Ways in\n")[1].split("\n## ")[0]
    rates = {mark: rate for rate, mark in ROW.findall(page)}
    for words, mark in {
        "{} tries a minute and address": "join-from",
        "{} tries a minute for a name from one address, 300 from all, 30 and address, 5 at": "sign-in",
        "10 tries a minute for a name from one address, {} from all, 30 and address, 5": "sign-in-name",
        "for a name from one address, {} from all, 30 and address; every session": "recover-name",
        "{} taken names an hour and code": "taken",
    }.items():
        assert words.format(rates[mark].split("/")[0]) in ways

"""What stays behind in a browser, or shows over a shoulder, says nothing about who was here."""

import ast
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask

from peer.core import paths
from tests.threats.planting import Planted

ROOT = Path(__file__).parents[2]
# In titles and notices; and in addresses, where only what points at people's past counts.
TELLING = re.compile(
    "traffick|survivor|victim|abus|exploit|violen|threat|unkind|crisis|harm|report|suspend|paused"
    "|trauma|rescue|shelter|escape|safety|police|suicid|self-harm|therap",
    re.IGNORECASE,
)
TELLING_ADDRESS = re.compile(
    "traffick|surviv|victim|abus|exploit|violen|crisis|trauma|rescue|shelter|escape|suicid",
    re.IGNORECASE,
)
SEARCHES = {"q"}  # what somebody searches the library for is theirs to type


def test_titles_icon_addresses_and_notices_are_neutral(planted: Planted) -> None:
    names = {page.title for _, page in planted.pages if page.title}
    assert len(names) >= 20
    assert [title for title in sorted(names) if TELLING.search(title)] == []
    assert {icon for _, page in planted.pages for icon in page.icons} == {
        f"/static/{paths.edition()}/img/icon.svg",
    }


def test_titles_hold_nothing_that_people_wrote(planted: Planted) -> None:
    titles = " ".join(page.title for _, page in planted.pages)
    assert [place for word, place in planted.words.items() if word in titles] == []


def test_addresses_hold_nothing_that_people_wrote(planted: Planted) -> None:
    wrong = set()
    for _, page in planted.pages:
        for link in [page.path, *page.links]:
            found = urlsplit(link)
            if found.netloc or found.scheme:
                continue
            asked = [value for name, value in parse_qsl(found.query) if name not in SEARCHES]
            said = " ".join([found.path, *asked]).lower()
            wrong |= {place for word, place in planted.words.items() if word in said}
    assert wrong == set()


def test_addresses_are_neutral(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    assert [rule for rule in rules if TELLING_ADDRESS.search(rule)] == []


def test_icon_says_nothing() -> None:
    icon = (ROOT / "static/img/icon.svg").read_text()
    assert not re.search("<(text|title|desc|image|script|style)", icon)


def sentences_of_notices() -> list[str]:
    """Every sentence that a service leaves in somebody's inbox."""
    found = []
    for path in (ROOT / "peer").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for call in ast.walk(ast.parse(text)) if "notify(" in text else ():
            if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "notify":
                inside = [node for argument in call.args for node in ast.walk(argument)]
                found += [
                    node.args[0].value
                    for node in inside
                    if isinstance(node, ast.Call)
                    and ast.unparse(node.func) == "N_"
                    and isinstance(node.args[0], ast.Constant)
                ]
    return [str(each) for each in found]


def test_there_are_notices_to_look_at() -> None:
    assert len(sentences_of_notices()) >= 5


@pytest.mark.parametrize("sentence", sentences_of_notices())
def test_notice_is_neutral(sentence: str) -> None:
    assert not TELLING_ADDRESS.search(sentence)

"""Words that the project does not say, and things that its pages do not hold."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"node_modules", "var", "build", "dist", "test-results"}
NOWHERE = {
    "the path of somebody's machine": r"(?<![\w.~-])/(?:root|home|tmp|work|Users)/\w",
    "the host of a package index": r"pypi[.]org|pythonhosted[.]|npm[j]s|registry[.]yarnpkg",
    "unfinished work": r"\b(?:TO[D]O|FIX[M]E|HAC[K])\b|(?i:coming[ ]soon|not[ ]yet[ ]implemented)",
}
# Plain, warm, never pitying: see "Words on screen" in the contributing guide.
NOT_ON_SCREEN = {
    "an exclamation mark": r"[!¡！]",
    "a word that reduces people": r"(?i)\bvictim|víctima|victime\b",
}
NOT_IN_A_PAGE = {
    "text let through unescaped": r"\|\s*safe\b|\{%-?\s*autoescape\s+false",
    "inline script": r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']|javascript:",
    "inline style": r"<style\b|\sstyle\s*=",
    "something of another host": r"\b(?:src|srcset|action|poster)\s*=\s*[\"'](?:https?:)?//",
}
SHOWN_ATTRIBUTES = {
    "alt",
    "title",
    "placeholder",
    "label",
    "aria-label",
    "aria-description",
    "content",
}
TRANSLATED = {"_": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def tracked_files() -> list[Path]:
    """What git tracks; without git, everything but what is made."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        )
        return [ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    ours = (path for path in ROOT.rglob("*") if path.is_file())
    return [path for path in ours if not _made(path.relative_to(ROOT).parts)]


def _made(parts: tuple[str, ...]) -> bool:
    return any(part in NOT_OURS or (part[0] == "." and part != ".ci") for part in parts[:-1])


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked_files():
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # A picture or a font; or a file removed but not yet committed.


def found(pattern: str, pieces: Iterator[tuple[str, str]]) -> list[str]:
    """`place: line` for every line of the pieces that holds the pattern."""
    wrong = re.compile(pattern)
    return [
        f"{place}: {line.strip()[:100]}"
        for place, text in pieces
        if wrong.search(text)
        for line in text.splitlines()
        if wrong.search(line)
    ]


class _Shown(HTMLParser):
    """The text of a page that people see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_code = tag in ("script", "style")
        self.pieces += [value for name, value in attrs if value and name in SHOWN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self.in_code = False

    def handle_data(self, data: str) -> None:
        if not self.in_code:
            self.pieces.append(data)


def template_words(source: str) -> str:
    """Text between tags, shown attributes, and the literals in Jinja expressions."""
    markup, literals = "", []
    for _, kind, value in Environment().lex(source):
        if kind == "data":
            markup += value
        elif kind == "string":
            literals.append(value[1:-1])
    page = _Shown()
    page.feed(markup)
    page.close()
    return "\n".join([*page.pieces, *literals])


def shown_words() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        yield str(path.relative_to(ROOT)), template_words(path.read_text(encoding="utf-8"))
    for package in ("peer", "matching"):
        python = extract_from_dir(ROOT / package, [("**.py", "python")], keywords=TRANSLATED)
        for name, line, message, *_ in python:
            yield f"{package}/{name}:{line}", lines(message)
    for path in sorted((ROOT / "peer" / "translations").rglob("*.po")):
        with path.open("rb") as source:
            shown = [message for message in read_po(source) if message.id]  # not its head
        for translated in shown:
            place = f"{path.relative_to(ROOT)}:{translated.lineno}"
            yield place, lines(translated.string or "")


def lines(message: str | Sequence[str]) -> str:
    return message if isinstance(message, str) else "\n".join(message)


@pytest.mark.parametrize("what", NOWHERE)
def test_no_file_holds(what: str) -> None:
    assert found(NOWHERE[what], texts()) == []


@pytest.mark.parametrize("what", NOT_ON_SCREEN)
def test_no_person_is_shown(what: str) -> None:
    assert found(NOT_ON_SCREEN[what], shown_words()) == []


@pytest.mark.parametrize("what", NOT_IN_A_PAGE)
def test_no_template_holds(what: str) -> None:
    pages = ((place, text) for place, text in texts() if place.startswith("templates/"))
    assert found(NOT_IN_A_PAGE[what], pages) == []


def test_every_shown_word_of_a_template_is_looked_at() -> None:
    source = """<!doctype html><!-- no! --><p class="{{ a != b }}">One{# no! #} <b>two</b></p>
        {% if a != b %}<img alt="three">{% endif %}{{ _("four") }}{% trans %}five{% endtrans %}
        <script src="x.js">no!</script>"""
    assert template_words(source).split() == ["One", "two", "three", "five", "four"]


@pytest.mark.parametrize(
    ("what", "markup"),
    [
        ("text let through unescaped", "{{ text | safe }}"),
        ("inline script", '<script type="module">go()</script>'),
        ("inline script", '<button onclick="go()">'),
        ("inline style", '<p style="color: red">'),
        ("something of another host", '<img src="//elsewhere.example/x.png">'),
    ],
)
def test_a_page_with_it_would_be_found(what: str, markup: str) -> None:
    assert found(NOT_IN_A_PAGE[what], iter([("page", markup)]))

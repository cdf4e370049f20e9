"""The rules of the look that can be read from its files: colours, style sheets, templates."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def css(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)


# --- Colours ---------------------------------------------------------------------------

TOKENS = css(STATIC / "css" / "tokens.css")
SOFT = [f"{name}-soft" for name in ("primary", "guide", "note", "danger", "info", "ok")]
PAPER = ["bg", "surface", "sunken"]
TEXT = [
    *itertools.product(["ink", "ink-2", "primary", "danger", "note"], PAPER),
    *itertools.product(["ink", "primary"], SOFT),
    *[(name.removesuffix("-soft"), name) for name in SOFT],
    *[("on-primary", "primary"), ("on-primary", "primary-strong")],
    *[("on-exit", "exit"), ("surface", "ink-2"), ("guide", "surface")],
]
CONTROLS = [*itertools.product(["line-strong", "focus", "primary", "exit"], PAPER)]


def colours(selector: str) -> dict[str, str]:
    """The --c- values of the first rule with exactly this selector."""
    found = re.search(rf"(?:^|[}}{{;])\s*{re.escape(selector)}\s*\{{([^}}]*)\}}", TOKENS)
    assert found, selector
    return dict(re.findall(r"--c-([\w-]+):\s*([^;]+);", found[1]))


LIGHT = colours(":root")
THEMES = {"light": LIGHT, "dark": {**LIGHT, **colours(':root[data-theme="dark"]')}}


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, WCAG 2.2."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio from 1 to 21, WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read(theme: str) -> None:
    palette = THEMES[theme]
    faint = {
        f"{ink} on {paper}": round(contrast(palette[ink], palette[paper]), 2)
        for ink, paper in TEXT
        if contrast(palette[ink], palette[paper]) < 4.5
    }
    assert not faint


@pytest.mark.parametrize("theme", THEMES)
def test_every_control_and_focus_ring_can_be_seen(theme: str) -> None:
    palette = THEMES[theme]
    faint = [pair for pair in CONTROLS if contrast(palette[pair[0]], palette[pair[1]]) < 3]
    assert not faint


def test_both_ways_into_the_dark_show_the_same_colours() -> None:
    by_device, by_choice = colours(':root:not([data-theme="light"])'), THEMES["dark"]
    assert {**LIGHT, **by_device} == by_choice
    assert set(by_device) == set(LIGHT)


# --- Style sheets ----------------------------------------------------------------------


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_style_sheet_is_whole_and_speaks_to_old_phones(sheet: Path) -> None:
    text = css(sheet)
    assert not re.search(r"@layer|@scope|@container|light-dark\(|color-mix\(|@import", text)
    around: list[str] = []
    for before, brace in re.findall(r"([^{}]*)([{}]|$)", text):
        if brace == "{":
            selector = before.rpartition(";")[2].strip()
            assert selector, "a block without a selector"
            assert not around or around[-1].startswith("@"), f"{selector} is nested"
            around.append(selector)
        elif brace:
            assert around, "a closing brace too many"
            around.pop()
    assert not around, "a block stays open"


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_style_sheet_works_in_both_directions_of_writing(sheet: Path) -> None:
    text = css(sheet)
    assert not re.findall(r"(?<![\w-])(?:[\w-]+-)?(?:left|right)(?![\w-]*\s*[{,.])\b[^;]*", text)
    assert not re.findall(r"[;{\s](?:[a-z]+-)?(?:top|bottom)\s*:[^;]*", text)


@pytest.mark.parametrize("sheet", [s for s in SHEETS if s.stem != "tokens"], ids=name)
def test_colours_come_from_the_tokens_only(sheet: Path) -> None:
    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", css(sheet))


def test_every_variable_that_is_used_is_defined() -> None:
    text = "".join(css(sheet) for sheet in SHEETS)
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+)\s*:", text))


def test_every_class_in_a_template_has_a_rule() -> None:
    rules = set(re.findall(r"\.([a-z][\w-]*)", "".join(css(sheet) for sheet in SHEETS)))
    lost = {}
    for template in TEMPLATES:
        plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "~", template.read_text("utf-8"))
        words = {word for value in re.findall(r'class="([^"]*)"', plain) for word in value.split()}
        missing = {word for word in words if "~" not in word} - rules - {"app"}
        if missing:
            lost[name(template)] = sorted(missing)
    assert not lost


# --- Templates and scripts --------------------------------------------------------------

PARSER = jinja2.Environment(extensions=["jinja2.ext.i18n"])
# The macros that take the name of an icon, and where.
ICON_PLACES = {"icon": 0, "empty_state": 0, "badge": 2, "banner": 3, "submit": 4}


def tree(template: Path) -> nodes.Template:
    return PARSER.parse(template.read_text("utf-8"))


def icons_of(template: nodes.Template) -> Iterator[str]:
    """Each icon name that stands in a call of one of our macros."""
    for call in template.find_all(nodes.Call):
        macro = call.node.attr if isinstance(call.node, nodes.Getattr) else None
        macro = call.node.name if isinstance(call.node, nodes.Name) else macro
        if macro not in ICON_PLACES:
            continue
        place = ICON_PLACES[macro]
        given = [*call.args[place : place + 1]]
        given += [word.value for word in call.kwargs if word.key == "icon_name"]
        for value in given:
            keys = {id(pair.key) for pair in value.find_all(nodes.Pair)}
            constants = [value] if isinstance(value, nodes.Const) else value.find_all(nodes.Const)
            yield from (
                c.value for c in constants if isinstance(c.value, str) and id(c) not in keys
            )


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_template_is_short_and_trusts_nobody(template: Path) -> None:
    text = template.read_text("utf-8")
    assert len(text.splitlines()) < 80
    parsed = tree(template)
    assert not [f.name for f in parsed.find_all(nodes.Filter) if f.name == "safe"]
    assert not [n.name for n in parsed.find_all(nodes.Name) if n.name == "Markup"]
    assert not list(parsed.find_all(nodes.ScopedEvalContextModifier)), "autoescape stays on"


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_template_keeps_script_and_style_in_files(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"<style|\sstyle\s*=|javascript:", text, re.I)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text, re.I)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text, re.I))


@pytest.mark.parametrize("path", [*TEMPLATES, *SHEETS, *SCRIPTS], ids=name)
def test_nothing_is_asked_of_another_host(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"""(?:src|href|action|from|import|url|fetch)\s*[=(]?\s*["'(]*(?:https?:)?//\w""", text
    )


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    often, more = (ids_of(name) for name in ("icons.svg", "icons-more.svg"))
    basics = (ROOT / "templates/components/basics.html").read_text("utf-8")
    named = re.search(r"set more = \[([^]]+)\]", basics)
    assert named
    assert set(re.findall(r"'([\w-]+)'", named[1])) == more
    assert not often & more
    used = {icon for template in TEMPLATES for icon in icons_of(tree(template))}
    drawn = set(re.findall(r"icons\.svg#([\w-]+)", "".join(s.read_text("utf-8") for s in SCRIPTS)))
    assert {"menu", "log-out", "chevron-left"} <= used | drawn, "the search finds what is there"
    assert used <= often | more
    assert drawn <= often


def ids_of(sprite: str) -> set[str]:
    text = (STATIC / "img" / sprite).read_text("utf-8")
    return set(re.findall(r'<symbol id="([\w-]+)"', text))


# --- Files that others wrote -------------------------------------------------------------


def test_vendored_files_are_the_ones_that_were_chosen() -> None:
    script = ROOT / "tools" / "vendor.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_vendored_file_is_listed_with_its_licence() -> None:
    entries = json.loads((STATIC / "vendor" / "VENDOR.json").read_text("utf-8"))
    listed = {path for entry in entries for path in entry["sha256"]}
    here = {p for folder in ("fonts", "vendor") for p in (STATIC / folder).iterdir() if p.is_file()}
    papers = {"static/vendor/VENDOR.json", "static/vendor/LICENSES.txt"}
    assert {path.relative_to(ROOT).as_posix() for path in here} - papers <= listed
    licences = (STATIC / "vendor" / "LICENSES.txt").read_text("utf-8")
    assert all(f"{e['name']} {e['version']} ({e['licence']})" in licences for e in entries)

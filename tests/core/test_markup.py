"""What people write is shown as exactly what they wrote, and never as anything else."""

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.core import markup

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "\"><iframe src='//elsewhere.example'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<math><mi xlink:href='data:x,<script>alert(4)</script>'>",
    "<style>@import 'x'</style><!-- --><![CDATA[<b>]]>",
    "{{ 7 * 7 }} {% raw %}",
    "x<y and z>w & a&b; &#x41;",
    "<p/onclick=alert(/a/)>a",
]


class Tags(HTMLParser):
    """Which elements a browser would make."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag if not attrs else f"{tag} with attributes")


def elements(html: str) -> set[str]:
    parser = Tags()
    parser.feed(html)
    parser.close()
    return set(parser.found)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    html = str(markup.plain(text))
    assert elements(html) <= {"br"}
    assert unescape(html.replace("<br>", "\n")) == text


@given(st.text(alphabet=st.characters(exclude_characters="\r"), max_size=200))
def test_any_text_reads_back_as_it_was(text: str) -> None:
    html = str(markup.plain(markup.tidy(text)))
    assert elements(html) <= {"br"}
    shown = unescape(html.replace("<br>", "\n"))
    assert shown == unescape(markup.tidy(text)) or shown == markup.tidy(text)


def test_tidy_drops_what_cannot_be_seen_and_keeps_lines() -> None:
    assert markup.tidy(" one\r\ntwo\rthree\x00\x07 \n") == "one\ntwo\nthree"
    assert markup.tidy("abc\u202etxt.exe") == "abctxt.exe"  # a right-to-left override
    assert markup.tidy("مرحبا\u200f (test)") == "مرحبا\u200f (test)"  # a mark that letters need


def test_four_thousand_hostile_characters_are_shown_whole() -> None:
    text = ("<b onload=x>&'\"" * 300)[: markup.LIMIT]
    assert unescape(str(markup.plain(text))) == text

"""What people write becomes text on a page: one function over bleach.

Text is stored raw and made safe where it is shown. Escaping comes before cleaning: bleach alone
swallows parts of texts such as "x<y and z>w". bleach gets no further releases, so it stays
behind this one function and can be replaced in one line.
"""

import re

import bleach.sanitizer
from jinja2.ext import Extension
from markupsafe import Markup, escape

LIMIT = 4000  # characters of one message

_cleaner = bleach.sanitizer.Cleaner(tags=set(), attributes={}, strip=False)
# Control characters, and the bidirectional overrides that can make a text read as another.
_dropped = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, *range(8234, 8239)])


def tidy(text: str) -> str:
    """`text` as it is stored: without control characters, line ends as newlines, trimmed."""
    if text.isprintable():  # most are one line, and nothing in them has to be looked for
        return text.strip()
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_dropped).strip()


def plain(text: str) -> Markup:
    """`text` as safe HTML that shows exactly its characters; newlines become <br>."""
    cleaned = _cleaner.clean(str(escape(text)))
    return Markup(cleaned.replace("\n", "<br>"))  # noqa: S704 # nosec B704


def apart(text: str) -> str:
    """`text` isolated for a sentence in a language that may run the other way."""
    return f"\u2068{text}\u2069"


class Unindented(Extension):
    """Templates without the blanks that stand before their lines, which nobody sees on a page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """A template as it is read; its lines keep their numbers."""
        return re.sub(r"(?m)^[ \t]+", "", source)

"""XSS payloads: what others wrote, and what grows from it by stated rules.

`payloads/README.md` says where the originals come from. Each rule below turns one payload into
another; a payload is used in its original form and in as many others as `least` asks for.
"""

import gzip
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

PACKED = Path(__file__).parent / "payloads" / "xss.json.gz"
SEED = 23


def originals() -> list[str]:
    """What others wrote: ours, or in this run what is in the files that PEER_XSS_PAYLOADS names."""
    others = os.environ.get("PEER_XSS_PAYLOADS", "")
    if not others:
        packed = json.loads(gzip.decompress(PACKED.read_bytes()))
        found = [text for texts in packed.values() for text in texts]
    else:
        files = [Path(path) for path in filter(None, others.split(os.pathsep))]
        found = [
            text
            for file in files
            for text in file.read_text(encoding="utf-8", errors="replace").splitlines()
        ]
    return list(dict.fromkeys(text for text in found if text.strip()))


def _mixed_case(text: str, dice: random.Random) -> str:
    """<ScRiPt>: names of tags and attributes are read without regard to case."""
    return re.sub(
        r"(?<=[<\s/])[a-z]{2,}(?=[\s/>=])",
        lambda found: "".join(dice.choice((c.upper(), c)) for c in found[0]),
        text,
    )


def _slashes(text: str, _dice: random.Random) -> str:
    """<img/src=x/onerror=…>: a slash separates attributes as well as a space."""
    return re.sub(r"(<[a-z]+)\s+", r"\1/", text, flags=re.IGNORECASE)


def _tabs(text: str, _dice: random.Random) -> str:
    """Tabs and form feeds where spaces were."""
    return text.replace(" ", "\t")


def _out_of_attribute(text: str, _dice: random.Random) -> str:
    """Out of a quoted attribute first."""
    return f"\"'>{text}"


def _out_of_element(text: str, _dice: random.Random) -> str:
    """Out of the elements whose content is not read as markup first."""
    return f"</textarea></title></script></style>-->{text}"


def _references(text: str, _dice: random.Random) -> str:
    """Character references that one decoding too many would turn back."""
    return text.replace("<", "&lt;").replace(">", "&#62;").replace('"', "&#x22;")


def _twice_encoded(text: str, _dice: random.Random) -> str:
    """Per cent encoding that one decoding too many would turn back."""
    return text.replace("<", "%3C").replace(">", "%3E").replace('"', "%22")


def _wide(text: str, _dice: random.Random) -> str:
    """Full-width brackets, which careless normalising turns into plain ones."""
    return text.replace("<", "＜").replace(">", "＞")


def _scheme_in_references(text: str, _dice: random.Random) -> str:
    """javascript: written as references, with a tab inside."""
    return re.sub("javascript:", "&#106;ava&Tab;script&colon;", text, flags=re.IGNORECASE)


def _unclosed(text: str, _dice: random.Random) -> str:
    """Without its end, to swallow what follows on the page."""
    return text[: -max(1, len(text) // 6)]


RULES: tuple[Callable[[str, random.Random], str], ...] = (
    _mixed_case,
    _slashes,
    _tabs,
    _out_of_attribute,
    _out_of_element,
    _references,
    _twice_encoded,
    _wide,
    _scheme_in_references,
    _unclosed,
)


def payloads(least: int = 3400) -> list[str]:
    """The originals, then what grows from them, until there are at least so many."""
    found = dict.fromkeys(originals())
    for text in _grown(list(found)):
        if len(found) >= least:
            break
        found.setdefault(text)
    return list(found)


def _grown(texts: list[str]) -> Iterator[str]:
    """Each rule takes its turn."""
    dice = random.Random(SEED)
    dice.shuffle(texts)
    for number, text in enumerate(cycle(texts)):
        yield RULES[(number + number // len(texts)) % len(RULES)](text, dice)

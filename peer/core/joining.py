"""Our style sheets and scripts as they are sent: without comments, and several as one.

They stay small readable files here. A page asks for what it needs under one address, the names with
a plus between them: `js/inbox+rooms.js` is these two with whatever they import, each once; so a
module that holds something, like the live line, is one on a page that asks for one script.
What others wrote (vendor/) is sent byte for byte.
"""

import re
from functools import cache

import rcssmin
import rjsmin

from peer.core import paths

# Asked for by many pages, in this order; one more may follow. So few addresses can be made up.
_COMMON = {"css": ("tokens", "base", "components"), "js": ("inbox", "cover")}
_OURS = re.compile(r"(?P<kind>css|js)/(?P<names>[a-z-]+(?:\+[a-z-]+)*)\.(?P=kind)")
_AS_IT_IS = re.compile(r"(?:img|vendor)/[\w.-]+\.(?:svg|js)")
# The forms that our modules have, and that can be joined; with any other, joining fails.
_TAKEN = re.compile(r"^import (\{[\w, ]+\}) from '\./([a-z-]+)\.js';\n", re.MULTILINE)
_OTHERS = re.compile(r"^import \{[\w, ]+\} from '\.\./vendor/[\w.]+';\n", re.MULTILINE)
_GIVEN = re.compile(r"^export (?=(?:const|(?:async )?function) (\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b", re.MULTILINE)


def is_there(address: str) -> bool:
    """Whether something is sent at this address below static/ that can be packed."""
    if _AS_IT_IS.fullmatch(address):
        return (paths.static() / address).is_file()
    found = _OURS.fullmatch(address)
    return found is not None and _is_asked_for(found["kind"], found["names"].split("+"))


def _is_asked_for(kind: str, names: list[str]) -> bool:
    common = [name for name in _COMMON[kind] if name in names]
    own = [name for name in names if name not in common][:1]
    there = all((paths.static() / kind / f"{name}.{kind}").is_file() for name in names)
    return there and names == common + own


@cache
def joined(address: str) -> bytes:
    """What is sent at an address where something is."""
    found = _OURS.fullmatch(address)
    if found is None:
        return (paths.static() / address).read_bytes()
    names = found["names"].split("+")
    if found["kind"] == "css":
        return "".join(rcssmin.cssmin(_source("css", name)) for name in names).encode()
    return str(rjsmin.jsmin(_as_one_module(names))).encode()


def _source(kind: str, name: str) -> str:
    return (paths.static() / kind / f"{name}.{kind}").read_text(encoding="utf-8")


def _as_one_module(names: list[str]) -> str:
    """Each module becomes a function that is called once and gives what it exports."""
    modules: dict[str, str] = {}
    others: set[str] = set()

    def take(name: str) -> None:
        if name in modules:
            return
        text = _source("js", name)
        for _, needed in _TAKEN.findall(text):
            take(needed)
        others.update(_OTHERS.findall(text))
        modules[name] = _as_function(name, text)

    for name in names:
        take(name)
    given = ", ".join(map(_called, modules))
    return "".join([*sorted(others), *modules.values(), f"export {{ {given} }};\n"])


def _as_function(name: str, text: str) -> str:
    text = _TAKEN.sub(lambda found: f"const {found[1]} = {_called(found[2])};\n", text)
    given = ", ".join(_GIVEN.findall(text))
    body = _GIVEN.sub("", _OTHERS.sub("", text))
    if _LEFT_OVER.search(body):
        raise ValueError(f"{name}.js imports or exports in a way that cannot be joined.")
    return f"const {_called(name)} = (() => {{\n{body}\nreturn {{ {given} }};\n}})();\n"


def _called(name: str) -> str:
    return "$" + name.replace("-", "_")

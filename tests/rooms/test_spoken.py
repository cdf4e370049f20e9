"""What a screen reader finds in a room, read from the browser's own accessibility tree."""

from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from tests.cast import Cast
from tests.plugins.visitors import Visit, hears, visit
from tests.rooms.place import a_room, said

__all__ = ["visit"]


class Tree:
    """The accessibility tree of a page, asked for anew each time."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._line: CDPSession = page.context.new_cdp_session(page)
        self._line.send("Accessibility.enable")

    def nodes(self) -> dict[str, dict[str, Any]]:
        """Everything that is not left out for screen readers, by its id."""
        found = self._line.send("Accessibility.getFullAXTree")["nodes"]
        return {node["nodeId"]: node for node in found}

    def of(self, role: str, name: str) -> list[tuple[dict[str, Any], str]]:
        """The nodes of a role and a name: each one's properties, and all that stands in it."""
        nodes = self.nodes()
        return [
            (
                {each["name"]: each["value"].get("value") for each in node.get("properties", [])},
                _text(nodes, node),
            )
            for node in nodes.values()
            if _value(node, "role") == role and _value(node, "name") == name
        ]

    def says(self, words: str) -> None:
        """Something that is read out by itself comes to hold `words`."""
        for _ in range(100):
            for node, text in self.of("log", "New messages") + self._status():
                if node.get("live") == "polite" and words in text:
                    return
            self._page.wait_for_timeout(100)
        raise AssertionError(f"{words!r} was not read out")

    def _status(self) -> list[tuple[dict[str, Any], str]]:
        return self.of("status", "")


def _value(node: dict[str, Any], of: str) -> str:
    return str(node.get(of, {}).get("value", ""))


def _text(nodes: dict[str, dict[str, Any]], node: dict[str, Any]) -> str:
    own = _value(node, "name") if _value(node, "role") == "StaticText" else ""
    return own + "".join(
        _text(nodes, nodes[child]) for child in node.get("childIds", []) if child in nodes
    )


def test_new_words_are_read_out_once_and_the_history_is_silent(visit: Visit, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    said(cast.zed, room, "Said before she came")
    noor = visit("noor")
    noor.open(f"/rooms/{room.id}")
    hears(noor.page)
    tree = Tree(noor.page)
    ((history, text),) = tree.of("log", "Commons")
    assert history.get("live", "off") == "off"
    assert "Said before she came" in text
    said(cast.zed, room, "Good evening")
    tree.says("Zed")
    tree.says("Good evening")
    expect(noor.page.locator("[data-announce]")).to_be_empty(timeout=15_000)
    said(cast.zed, room, "The appointment", note="hospital")
    tree.says("hospital")
    ((_, spoken),) = tree.of("log", "New messages")
    assert "The appointment" not in spoken, "what is covered is not read out either"


def test_everything_one_needs_has_a_name(visit: Visit, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    said(cast.zed, room, "Hello")
    noor = visit("noor")
    noor.open(f"/rooms/{room.id}")
    hears(noor.page)
    named = {
        (_value(node, "role"), _value(node, "name")) for node in Tree(noor.page).nodes().values()
    }
    assert ("textbox", "Write to Commons") in named
    assert ("button", "Send") in named
    assert ("heading", "Commons") in named
    assert any(role == "link" and name.startswith("Leave") for role, name in named)
    unnamed = {role for role, name in named if role in {"button", "link", "textbox"} and not name}
    assert unnamed == set()

"""Style sheets and scripts as they are sent: several as one, and nothing lost on the way."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from peer.core import joining, paths

NAMES = {
    kind: sorted(path.stem for path in (paths.static() / kind).iterdir()) for kind in ("css", "js")
}


@pytest.mark.parametrize("kind", NAMES)
def test_every_file_can_be_sent_alone_without_its_comments(kind: str) -> None:
    for name in NAMES[kind]:
        sent = joining.joined(f"{kind}/{name}.{kind}").decode()
        there = (paths.static() / kind / f"{name}.{kind}").read_text()
        assert sent
        assert "/*" not in sent
        assert not re.search(r"(?m)^\s*//", sent)
        if "import" not in there:
            assert len(sent) <= len(there) + 60


def test_what_two_modules_import_is_there_once() -> None:
    sent = joining.joined("js/inbox+cover+rooms.js").decode()
    assert sent.count("const $live=") == sent.count("const $covered=") == 1
    assert sent.count("io({") == sent.count("import") == 1
    assert sent.index("const $live=") < sent.index("const $inbox=") < sent.index("const $rooms=")


def test_sheets_follow_each_other_in_their_order() -> None:
    alone = [
        joining.joined(f"css/{name}.css") for name in ("tokens", "base", "components", "notes")
    ]
    assert joining.joined("css/tokens+base+components+notes.css") == b"".join(alone)


@pytest.mark.parametrize(
    "address",
    [
        "js/rooms+inbox.js",  # in another order
        "js/inbox+inbox.js",
        "js/rooms+moderation.js",
        "js/inbox+none.js",
        "css/inbox.css",
        "css/base.js",
        "js/../app.js",
        "vendor/../js/site.js",
        "js/.js",
        "fonts/atkinson-next-latin.woff2",
    ],
)
def test_no_other_address_can_be_made_up(address: str) -> None:
    assert not joining.is_there(address)


def test_made_up_address_is_not_there(client: FlaskClient) -> None:
    assert client.get("/static/js/rooms+inbox.js").status_code == 404
    assert client.get("/static/js/inbox+rooms.js", buffered=True).status_code == 200


def test_what_others_wrote_is_sent_byte_for_byte() -> None:
    for address in ("vendor/socket.io.js", "img/icons.svg"):
        assert joining.joined(address) == (paths.static() / address).read_bytes()


def test_module_of_another_form_is_not_joined_wrongly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "js").mkdir()
    monkeypatch.setattr(paths, "static", lambda: tmp_path)
    for number, line in enumerate(
        ["import './live.js';", "export default 1;", "import * as a from './live.js';"]
    ):
        name = f"js/odd-{'abc'[number]}.js"
        (tmp_path / name).write_text(f"{line}\n")
        with pytest.raises(ValueError, match="joined"):
            joining.joined(name)

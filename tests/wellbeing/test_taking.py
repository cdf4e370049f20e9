"""Taking one's pages along needs the key; taking them away does not."""

import json
from collections.abc import Callable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.core import work
from peer.core.keys import PrivateKey
from peer.wellbeing import service
from peer.wellbeing.queries import Plan
from tests.cast import PASSPHRASE, Cast, private_key
from tests.wellbeing.pages import rows

WORDS = ("A page of words.", "A sentence.", "Steady", "Fern, evenings", "Shoes on.")


def filled(cast: Cast) -> PrivateKey:
    """Noor with a note, a check-in and a plan."""
    key = private_key(cast.account("noor"))
    with work.begin():
        service.write_note(cast.noor, key, WORDS[0])
        service.check_in(cast.noor, key, {"today": "steady"}, WORDS[1])
        empty = Plan()
        service.save_list(cast.noor, key, "people", [WORDS[3]], version=empty.version("people"))
        service.save_next_step(cast.noor, key, WORDS[4], version=empty.version("next"))
    return key


def taken(client: FlaskClient, post: Callable[..., TestResponse], kind: str = "json") -> str:
    answer = post(client, "/account/data", {"passphrase": PASSPHRASE, "kind": kind})
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_own_file_has_the_pages_open_when_the_key_is_at_hand(
    signed_in: Callable[..., FlaskClient], post: Callable[..., TestResponse], cast: Cast
) -> None:
    filled(cast)
    noor = signed_in("noor")
    for kind in ("json", "html"):
        file = taken(noor, post, kind)
        assert [words for words in WORDS if words not in file] == []
    sections = json.loads(taken(noor, post))["sections"]
    assert {"notes", "days", "plan"} <= {section["key"] for section in sections}


def test_passphrase_that_the_file_asks_for_opens_them_as_well(
    signed_in: Callable[..., FlaskClient], post: Callable[..., TestResponse], cast: Cast
) -> None:
    filled(cast)
    file = taken(signed_in("noor", opened=False), post)
    assert [words for words in WORDS if words not in file] == []


def test_without_the_key_the_file_says_that_they_are_closed(cast: Cast, core: object) -> None:
    filled(cast)
    with work.begin(writes=False):
        sections = {section.key: section for section in accounts.held(cast.noor.id, None)}
    assert len(sections["private_pages"].rows) == 3
    assert [words for words in WORDS if words in str(sections)] == []


def test_erasing_takes_them_away_and_leaves_those_of_others(cast: Cast, core: object) -> None:
    filled(cast)
    with work.begin():
        service.write_note(cast.zed, private_key(cast.account("zed")), "Another's.")
        gone = [
            each.erase(cast.noor.id) for each in accounts.holdings() if each.feature == "wellbeing"
        ]
    assert gone == [{"private_pages": 3}]
    assert [row.account_id for row in rows()] == [cast.zed.id]

"""Private pages are closed to everything but their own key, and their length tells little."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer.core import work
from peer.core.keys import PrivateKey, Unreadable
from peer.wellbeing import service
from peer.wellbeing.models import LABEL, SHORTEST, PrivatePage, padded, unpadded, version_of
from tests.cast import Cast, private_key
from tests.wellbeing.pages import rows

KEY = PrivateKey.new()
TEXT = st.text(max_size=30)
CONTENT = st.fixed_dictionaries(
    {"text": st.text(max_size=3000), "lists": st.lists(TEXT, max_size=3), "next": TEXT | st.none()}
)
QUICK = settings(max_examples=60, deadline=None)


@QUICK
@given(content=CONTENT)
def test_whatever_is_sealed_reads_back_and_has_a_round_length(content: dict[str, Any]) -> None:
    row = PrivatePage(id="x" * 22)
    row.close_body(KEY, content)
    assert row.open_body(KEY) == content
    inside = len(row.body) - 29  # key id, nonce, tag
    assert inside >= SHORTEST
    assert inside & (inside - 1) == 0


@QUICK
@given(text=st.text(max_size=3000), longer=st.text(max_size=40))
def test_a_few_words_more_mostly_look_the_same(text: str, longer: str) -> None:
    one, other = (padded({"text": words}, SHORTEST) for words in (text, text + longer))
    assert unpadded(one) == {"text": text}
    assert len(other.encode()) in {len(one.encode()), 2 * len(one.encode())}


@QUICK
@given(one=CONTENT, other=CONTENT)
def test_marks_of_a_version_differ_when_the_words_do(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert version_of(one) == version_of(dict(reversed(one.items())))
    assert (version_of(one) == version_of(other)) == (one == other)


def test_note_check_in_and_plan_look_alike(cast: Cast, core: object) -> None:
    key = private_key(cast.account("noor"))
    with work.begin():
        service.write_note(cast.noor, key, "x" * 1500)
        service.check_in(cast.noor, key, {"today": "heavy"}, "ي" * 300)
        service.check_in(cast.zed, private_key(cast.account("zed")), {"today": "light"}, "")
        service.save_list(cast.noor, key, "alone", ["Tea"] * 20, version=version_of([]))
    found = rows()
    assert len(found) == 4
    assert {len(row.body) for row in found} == {SHORTEST + 29}
    assert {len(row.label) for row in found} == {LABEL + 29}
    shown = {column.name for column in PrivatePage.__table__.columns}
    assert shown == {"id", "account_id", "created_on", "label", "body"}


def test_page_opens_in_its_own_row_and_column_alone(cast: Cast, core: object) -> None:
    key = private_key(cast.account("noor"))
    with work.begin():
        one = service.write_note(cast.noor, key, "One.")
        other = service.write_note(cast.noor, key, "Other.")
    with work.begin() as session:
        first, second = session.get_one(PrivatePage, one), session.get_one(PrivatePage, other)
        with pytest.raises(Unreadable):
            PrivatePage(id=first.id, body=second.body).open_body(key)
        with pytest.raises(Unreadable):
            PrivatePage(id=first.id, body=first.label).open_body(key)
        with pytest.raises(Unreadable):
            first.open_body(private_key(cast.account("zed")))
        assert first.open_body(key) == {"text": "One."}


def test_page_of_a_lost_key_is_left_out_and_breaks_nothing(cast: Cast, core: object) -> None:
    from peer.wellbeing import queries

    key = private_key(cast.account("noor"))
    with work.begin():
        service.write_note(cast.noor, PrivateKey.new(), "Under another key.")
        service.write_note(cast.noor, key, "Mine.")
    with work.begin(writes=False):
        assert [note.text for note in queries.notes(cast.noor, key).entries] == ["Mine."]

"""The inbox: notices in the reader's language, read one by one or all at once."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.core import work
from peer.core.words import N_
from peer.notifications import queries
from peer.notifications.models import Notice
from peer.notifications.service import notify
from tests.cast import Cast

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def tell(account_id: str, *, href: str = "/help", name: str = "Cora") -> str:
    with work.begin() as session:
        notify(account_id, N_("Welcome from %(name)s."), href=href, name=name)
        return session.scalars(select(Notice.id).order_by(Notice.at.desc())).first() or ""


def unread(account_id: str) -> int:
    with work.begin(writes=False):
        return queries.unread(account_id)


def test_notice_shows_until_it_is_opened(signed_in: SignedIn, post: Post, cast: Cast) -> None:
    noor = signed_in("noor")
    first, _second = tell(cast.noor.id), tell(cast.noor.id)
    page = noor.get("/inbox").get_data(as_text=True)
    assert page.count("row--unread") == 2
    answer = post(noor, f"/inbox/{first}/open")
    assert (answer.status_code, answer.location) == (303, "/help")
    assert unread(cast.noor.id) == 1
    assert post(noor, "/inbox/seen").status_code == 303
    assert unread(cast.noor.id) == 0
    assert "row--unread" not in noor.get("/inbox").get_data(as_text=True)


def test_other_peoples_notices_cannot_be_opened(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    notice = tell(cast.zed.id)
    assert post(signed_in("noor"), f"/inbox/{notice}/open").status_code == 404
    assert unread(cast.zed.id) == 1


def test_hostile_name_in_a_notice_is_only_a_name(signed_in: SignedIn, cast: Cast) -> None:
    tell(cast.noor.id, name="<img src=x onerror=alert(1)> %(x)s {{ 7 * 7 }}")
    page = signed_in("noor").get("/inbox").get_data(as_text=True)
    assert "<img src=x" not in page
    assert "%(x)s {{ 7 * 7 }}" in page


def test_old_notices_are_on_the_next_page(signed_in: SignedIn, cast: Cast) -> None:
    for _notice in range(queries.PAGE + 3):
        tell(cast.noor.id)
    noor = signed_in("noor")
    first, second = (noor.get(f"/inbox?page={n}").get_data(as_text=True) for n in (1, 2))
    assert first.count('class="row ') == queries.PAGE
    assert second.count('class="row ') == 3


def test_empty_inbox_says_what_will_come(signed_in: SignedIn) -> None:
    assert "Nothing here yet" in signed_in("noor").get("/inbox").get_data(as_text=True)

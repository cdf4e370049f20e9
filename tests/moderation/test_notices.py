"""Notices of moderation, as people find them in their inbox and in their language."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext

from peer.core import work
from peer.moderation import service
from peer.moderation.service import Wanted
from peer.notifications.service import notify
from peer.policy.moderation import HOUSE_RULES, Outcome, SanctionKind
from tests.cast import Cast
from tests.moderation.making import Board, claimed, reported


def test_author_reads_why_in_their_own_language(
    app: Flask, signed_in: Callable[[str], FlaskClient], cast: Cast, board: Board
) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with work.begin():
        service.decide(
            cast.mo,
            item.id,
            version=item.version,
            outcome=Outcome.HIDE,
            rule="kindness",
            wanted=Wanted(SanctionKind.MUTE, 6),
        )
    english = HOUSE_RULES["kindness"]
    with app.test_request_context(), force_locale("es"):
        spanish = gettext(english)
    assert spanish != english
    zed = signed_in("zed")
    assert english in zed.get("/inbox").get_data(as_text=True)
    page = zed.get("/inbox?lang=es").get_data(as_text=True)
    assert spanish in page
    assert english not in page
    assert "%(" not in page


def test_place_that_is_called_like_a_word_of_ours_is_not_translated(
    app: Flask, signed_in: Callable[[str], FlaskClient], cast: Cast, board: Board
) -> None:
    with work.begin():
        notify(cast.zed.id, "A moderator has looked at your message in %(place)s.", place="Rooms")
    assert "in Rooms." in signed_in("zed").get("/inbox?lang=es").get_data(as_text=True)

"""Invitations: who makes them for whom, shown once, withdrawn."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.accounts import service
from peer.accounts.models import Invitation
from peer.core import clock, work
from peer.core.errors import Invalid
from peer.policy.roles import Role
from peer.rooms.service import create_room
from tests.cast import Cast, passphrase_hash

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}")


def made() -> Invitation:
    with work.begin(writes=False) as session:
        return session.scalars(select(Invitation)).one()


def test_code_is_shown_once_and_kept_only_as_a_hash(signed_in: SignedIn, post: Post) -> None:
    cora = signed_in("cora")
    sent = {"roles": ["member"], "days": "7", "note": "Tuesday"}
    body = post(cora, "/invitations/new", sent).get_data(as_text=True)
    code = CODE.search(body)
    assert code
    assert code[0].replace("-", "") not in str(vars(made()))
    listed = cora.get("/invitations").get_data(as_text=True)
    assert "Tuesday" in listed
    assert not CODE.search(listed)


def test_invitation_carries_roles_rooms_and_days(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    with work.begin():
        room = create_room(cast.cora, name="Evenings")
    sent = {"roles": ["member", "mentor"], "rooms": [room.id], "days": "3"}
    assert post(signed_in("cora"), "/invitations/new", sent).status_code == 200
    invitation = made()
    assert invitation.roles == ["member", "mentor"]
    assert invitation.rooms == [room.id]
    lasts = invitation.expires_at - invitation.created_at
    assert round(lasts / timedelta(days=1), 3) == 3


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [
        ("cora", "moderator", 200),
        ("cora", "coordinator", 422),
        ("cora", "admin", 422),
        ("ada", "coordinator", 200),
        ("ada", "admin", 422),
    ],
)
def test_who_may_invite_to_what(
    signed_in: SignedIn, post: Post, who: str, role: str, status: int
) -> None:
    sent = {"roles": [role], "days": "14"}
    assert post(signed_in(who), "/invitations/new", sent).status_code == status


@pytest.mark.parametrize(
    "wrong", [{"roles": []}, {"days": "0"}, {"days": "91"}, {"days": "soon"}, {"rooms": ["none"]}]
)
def test_wrong_invitation_is_shown_again_with_what_was_written(
    signed_in: SignedIn, post: Post, wrong: dict[str, object]
) -> None:
    sent = {"roles": ["member"], "days": "14", "note": "Tuesday", **wrong}
    answer = post(signed_in("cora"), "/invitations/new", sent)
    assert answer.status_code == 422
    assert "Tuesday" in answer.get_data(as_text=True)


def test_withdrawn_or_expired_code_opens_nothing(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    with work.begin():
        invitation, code = service.invite(cast.cora, [Role.MEMBER])
        _, late = service.invite(cast.cora, [Role.MEMBER], days=1)
    cora = signed_in("cora")
    assert post(cora, f"/invitations/{invitation.id}/withdraw").status_code == 303
    assert post(cora, f"/invitations/{invitation.id}/withdraw").status_code == 409

    @work.unit_of_work
    def join(with_code: str) -> None:
        service.join(with_code, "Guest", passphrase_hash(), locale="en", timezone="UTC")

    with pytest.raises(Invalid):
        join(code)
    with clock.stopped_at(clock.now() + timedelta(days=1, minutes=1)), pytest.raises(Invalid):
        join(late)

"""People, for coordinators and admins."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import service
from peer.accounts.models import AccountState
from peer.accounts.service import standing
from peer.core import keys, work
from peer.policy.accounts import STATE_WORDS
from peer.policy.roles import Role
from tests.cast import Cast

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def test_people_are_found_by_part_of_their_name_and_by_role(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    for name in ("noor", "zed", "tess"):
        cast.account(name)
    cora = signed_in("cora")
    found = post(cora, "/people", {"called": "OO"}).get_data(as_text=True)
    assert ">Noor<" in found
    assert ">Zed<" not in found
    mentors = cora.get("/people?role=mentor").get_data(as_text=True)
    assert ">Tess<" in mentors
    assert ">Noor<" not in mentors
    assert "Nobody is called that" in post(cora, "/people", {"called": "%"}).get_data(as_text=True)


def test_names_are_searched_without_standing_in_the_address(signed_in: SignedIn) -> None:
    page = signed_in("cora").get("/people").get_data(as_text=True)
    assert 'method="post" action="/people"' in page


def test_everyone_is_listed_a_page_at_a_time(signed_in: SignedIn, cast: Cast) -> None:
    for _guest in range(55):
        cast.newcomer()
    cora = signed_in("cora")
    first, second = (cora.get(f"/people?page={n}").get_data(as_text=True) for n in (1, 2))
    assert first.count('class="row__title"') == 50
    assert second.count('class="row__title"') == 6


def test_person_whose_data_is_destroyed_still_has_something_to_press(
    signed_in: SignedIn, cast: Cast
) -> None:
    guest = cast.newcomer()
    with work.begin():
        standing.close(guest.id, by=cast.ada.id)
    keys.destroy(guest.id)
    cora = signed_in("cora")
    assert ">Someone who left</a>" in cora.get("/people").get_data(as_text=True)
    page = cora.get(f"/people/{guest.id}").get_data(as_text=True)
    assert ">Someone who left</h1>" in page


def test_every_state_of_an_account_has_a_word_for_its_person() -> None:
    assert set(STATE_WORDS) == {state.value for state in AccountState} - {"erased"}


def test_person_page_tells_how_they_came(signed_in: SignedIn, cast: Cast) -> None:
    with work.begin():
        _, code = service.invite(cast.cora, [Role.MEMBER], note="Tuesday group")
        guest = service.join(code, "Quiet-Fjord", "-", locale="en", timezone="UTC")
    page = signed_in("cleo").get(f"/people/{guest.id}").get_data(as_text=True)
    assert "an invitation" in page
    assert "Cora" not in page, "who invited somebody could tell who they are"
    assert "Tuesday group" not in page


def test_admin_changes_roles_and_the_person_signs_in_again(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    noor = signed_in("noor")
    page = f"/people/{cast.noor.id}/roles"
    assert post(signed_in("ada"), page, {"roles": ["member", "facilitator"]}).status_code == 303
    assert cast.noor.roles == {Role.MEMBER, Role.FACILITATOR}
    assert noor.get("/inbox").status_code == 303


@pytest.mark.parametrize("roles", [[], ["queen"]])
def test_nobody_is_left_without_a_role(
    signed_in: SignedIn, post: Post, cast: Cast, roles: list[str]
) -> None:
    page = f"/people/{cast.noor.id}/roles"
    assert post(signed_in("ada"), page, {"roles": roles}).status_code == 422
    assert cast.noor.roles == {Role.MEMBER}


def test_nobody_changes_their_own_roles(signed_in: SignedIn, post: Post, cast: Cast) -> None:
    page = f"/people/{cast.ada.id}/roles"
    assert post(signed_in("ada"), page, {"roles": ["admin", "moderator"]}).status_code == 403
    assert cast.ada.roles == {Role.ADMIN}


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("cora", "noor", 303),
        ("cora", "mo", 303),
        ("cora", "cleo", 403),
        ("cora", "ada", 403),
        ("cora", "cora", 403),
        ("ada", "cora", 303),
    ],
)
def test_who_may_end_whose_sessions(
    signed_in: SignedIn, post: Post, cast: Cast, who: str, whom: str, status: int
) -> None:
    other = signed_in(whom)
    answer = post(signed_in(who), f"/people/{cast.actor(whom).id}/sign-out")
    assert answer.status_code == status
    assert other.get("/inbox").status_code == (303 if status == 303 else 200)

"""What moderators do not do alone: a ban, and looking at who reported something."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries as accounts
from peer.accounts import service as people
from peer.accounts.queries import oversight
from peer.accounts.queries.vaults import vault_of
from peer.accounts.queries.ways_back import codes_left
from peer.core import keys, queue, work
from peer.core.errors import Refused
from peer.core.settings import Settings
from peer.notifications.queries import notices_of
from peer.notifications.service import notify
from peer.policy.oversight import ActKind
from tests.cast import PASSPHRASE, Cast, private_key
from tests.moderation.place import item_with, reported
from tests.plugins.site import csrf_of

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
PROOF = {"passphrase": PASSPHRASE}
WHY = "Third time, after two talks and a pause."


def test_ban_needs_two_and_the_person_reads_why_and_can_appeal(
    signed_in: SignIn, post: Post, cast: Cast, app: object
) -> None:
    reported(cast)
    zed, mo, mia = signed_in("zed"), signed_in("mo"), signed_in("mia")
    page = f"/moderation/people/{cast.zed.id}"
    assert post(mo, f"{page}/ban", {"rule": "", "reason": WHY}).status_code == 422
    assert post(mo, f"{page}/ban", {"rule": "none", "reason": WHY}).status_code == 422
    kept = post(mo, f"{page}/ban", {"rule": "kindness", "reason": "so"})
    assert kept.status_code == 422
    asked = post(mo, f"{page}/ban", {"rule": "kindness", "reason": WHY})
    assert asked.status_code == 303
    assert zed.get("/inbox").status_code == 200, "one person's wish ends nothing"
    assert post(mo, f"{asked.location}/confirm").status_code == 403
    assert post(mia, f"{asked.location}/confirm", PROOF).status_code == 303
    assert zed.get("/inbox").status_code == 303
    fresh = app.test_client()  # type: ignore[attr-defined]
    form = {"username": "zed", "passphrase": PASSPHRASE, "csrf_token": csrf_of(fresh)}
    told = fresh.post("/sign-in", data=form)
    assert told.status_code == 403
    assert "Be kind" in told.get_data(as_text=True)
    assert "another look" in told.get_data(as_text=True)
    assert WHY not in told.get_data(as_text=True)


def test_who_reported_is_seen_by_two_and_the_reporter_reads_of_it(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    item = reported(cast)
    cora, mo = signed_in("cora"), signed_in("mo")
    signed_in("mia")
    page = f"/moderation/items/{item}"
    post(mo, f"{page}/claim")
    assert ">Noor<" not in mo.get(page).get_data(as_text=True).split('class="cover"')[0]
    with work.begin(writes=False):
        report = item_with(item, cast.mo).reports[0].id
    asked = post(mo, f"{page}/reporter", {"report": report, "reason": WHY})
    assert asked.status_code == 303
    with pytest.raises(Refused), work.begin():
        people.confirm(cast.mia, oversight.waiting_acts()[0].id)  # two moderators are not enough
    assert "Noor" not in mo.get(asked.location).get_data(as_text=True).split("<main")[1]
    assert post(cora, f"{asked.location}/confirm", PROOF).status_code == 303
    for either in (mo, cora):
        assert "Noor" in either.get(asked.location).get_data(as_text=True).split("<main")[1]
    assert WHY in signed_in("noor").get("/account/disclosures").get_data(as_text=True)


def test_how_somebody_came_is_seen_by_two(signed_in: SignIn, post: Post, cast: Cast) -> None:
    cora, ada = signed_in("cora"), signed_in("ada")
    with work.begin():
        _, code = people.invite(cast.cleo, list(cast.noor.roles), note="Tuesday group")
        guest = people.join(code, "Quiet-Fjord", "-", locale="en", timezone="UTC")
    asked = post(cora, f"/people/{guest.id}/origin", {"reason": WHY})
    assert "Tuesday group" not in ada.get(asked.location).get_data(as_text=True)
    assert post(ada, f"{asked.location}/confirm", PROOF).status_code == 303
    assert "Tuesday group" in ada.get(asked.location).get_data(as_text=True)
    assert "Tuesday group" not in signed_in("cleo").get(asked.location).get_data(as_text=True)
    with work.begin(writes=False):
        assert [line.what for line in oversight.disclosures_to(guest.id)] == ["invitation"]


def test_two_destroy_a_key_and_one_of_them_is_an_admin(core: Settings, cast: Cast) -> None:
    guest = cast.newcomer()
    cora, cleo, ada = cast.cora, cast.cleo, cast.ada
    with work.begin():
        act = people.propose(cora, ActKind.KEY, guest.id, reason="A court has ordered it.").id
    with pytest.raises(Refused), work.begin():
        people.confirm(cleo, act)
    with work.begin(writes=False):
        assert accounts.names_of([guest.id])[guest.id] == guest.name
    with work.begin():
        people.confirm(ada, act)
    queue.run_now("accounts.destroy_key", guest.id)
    with work.begin(writes=False):
        assert accounts.names_of([guest.id])[guest.id] != guest.name
        assert not accounts.is_usable(accounts.account_with(guest.id))
    with pytest.raises(keys.Unreadable):
        keys.seal(guest.id, b"more", "a|b|c")


def test_destroyed_key_takes_private_key_and_codes_along_and_later_notices_say_nothing(
    core: Settings, cast: Cast
) -> None:
    guest = cast.newcomer()
    key = private_key(guest)
    with work.begin():
        people.make_codes(accounts.actor_from(guest), key)
        act = people.propose(cast.cora, ActKind.KEY, guest.id, reason="A court has ordered it.").id
    with work.begin():
        people.confirm(cast.ada, act)
    with work.begin(writes=False):
        assert vault_of(guest.id) is None
        assert codes_left(guest.id) == 0
    with work.begin():
        notify(guest.id, "Hello %(who)s", who="you")
    with work.begin(writes=False):
        assert "Hello %(who)s" not in {notice.message for notice in notices_of(guest.id)}


def test_what_a_person_reads_of_a_reveal_names_nobody_who_asked(core: Settings, cast: Cast) -> None:
    guest = cast.newcomer()
    cora, ada = cast.cora, cast.ada
    with work.begin():
        act = people.propose(cora, ActKind.REVEAL_INVITATION, guest.id, reason="She asked us to.")
    with work.begin():
        people.confirm(ada, act.id)
    with work.begin(writes=False):
        assert [line.params for line in oversight.disclosures_to(guest.id)] == [{"shared": True}]

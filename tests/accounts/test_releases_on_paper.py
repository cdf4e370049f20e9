"""A release signed on paper is written down by staff, and a made-up one is of no use to them."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from peer.accounts import service
from peer.accounts.models import SignedInSession
from peer.accounts.models.oversight import Release
from peer.accounts.queries import oversight
from peer.accounts.service import Paper
from peer.core import clock, work
from peer.core.audit import about
from peer.core.errors import Conflict, Invalid, NotFound, Refused
from peer.notifications.queries import notices_of
from peer.policy.oversight import PAPER_DAYS
from peer.policy.roles import Actor
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import SignIn

Post = Callable[..., TestResponse]
WHY = "The housing office asks for it by Friday."


def today() -> date:
    """The day it is where the cast lives."""
    return clock.now().astimezone(ZoneInfo("Europe/London")).date()


def paper(
    signed: int = 0,
    last: int = 10,
    agency: str = "Housing office, canary-agency",
    parts: tuple[str, ...] = ("account", "roles"),
    where_kept: str = "The grey folder, canary-place",
) -> Paper:
    """A paper signed and ending so many days from today."""
    return Paper(
        agency=agency,
        purpose="A flat, canary-purpose",
        parts=parts,
        signed_on=today() + timedelta(days=signed),
        last_day=today() + timedelta(days=last),
        where_kept=where_kept,
    )


def written(cast: Cast) -> str:
    """Cora wrote down a paper of Noor's; Cleo and Ada are there too."""
    for name in ("noor", "cora", "cleo", "ada"):
        cast.account(name)
    with work.begin():
        return service.record_release(cast.cora, cast.noor.id, paper()).id


def found(release: str) -> Release:
    with work.begin(writes=False):
        return oversight.release_with(release)


def later(days: int = PAPER_DAYS) -> object:
    return clock.stopped_at(clock.now() + timedelta(days=days, minutes=1))


def told(account: str) -> list[str]:
    with work.begin(writes=False):
        return [notice.href for notice in notices_of(account)]


def disputed(cast: Cast, actor: Actor) -> list[str]:
    with work.begin(writes=False):
        return [each.id for each in service.disputed_releases(actor, cast.noor.id)]


def form(**changes: object) -> dict[str, object]:
    return {
        "agency": "Housing office, canary-agency",
        "purpose": "A flat of my own, canary-purpose",
        "parts": ["account", "roles"],
        "signed_on": today().isoformat(),
        "last_day": (today() + timedelta(days=10)).isoformat(),
        "where_kept": "The grey folder, canary-place",
        "passphrase": PASSPHRASE,
    } | changes


def test_person_reads_at_once_and_nothing_leaves_for_three_days(app: Flask, cast: Cast) -> None:
    release = written(cast)
    assert told(cast.noor.id) == ["/account/releases"]
    with work.begin(writes=False):
        assert "release.record" in [entry.act for entry in about(f"account:{cast.noor.id}")]
    with pytest.raises(Conflict, match="not begun"), work.begin():
        service.ask_export(cast.cleo, release, WHY)
    with later(), work.begin():
        service.ask_export(cast.cleo, release, WHY)


def test_who_wrote_it_down_is_not_the_second_person(app: Flask, cast: Cast) -> None:
    release = written(cast)
    with later():
        with work.begin():
            act = service.ask_export(cast.cleo, release, WHY).id
        with pytest.raises(Refused, match="You wrote down this paper"), work.begin():
            service.confirm(cast.cora, act)
        with work.begin(writes=False):
            assert not service.may_answer(cast.cora, oversight.act_with(act))
        with work.begin():
            lines = dict(service.lines_about(service.confirm(cast.ada, act)))
    assert lines["Written down by"] == "Cora"
    assert lines["The paper lies"] == "The grey folder, canary-place"
    assert "look at the paper itself" in lines["Before a second yes"][0]


def test_who_wrote_it_down_may_ask_and_another_one_decides(app: Flask, cast: Cast) -> None:
    release = written(cast)
    with later():
        with work.begin():
            act = service.ask_export(cast.cora, release, WHY).id
        with work.begin():
            service.confirm(cast.cleo, act)
        with work.begin():
            export = oversight.exports_under(release)[0].id
            sections = service.collect(cast.cora, export)[1]
    assert [section.key for section in sections] == ["account", "roles"]


def test_once_its_person_says_it_is_theirs_nobody_waits(app: Flask, cast: Cast) -> None:
    release = written(cast)
    with work.begin():
        service.confirm_release(cast.noor, release)
    with work.begin():
        act = service.ask_export(cast.cora, release, WHY).id
    with work.begin():
        service.confirm(cast.cleo, act)
    with pytest.raises(Conflict, match="said already"), work.begin():
        service.confirm_release(cast.noor, release)


def test_whoever_confirmed_in_their_stead_they_read_of_it_and_can_say_no(
    app: Flask, cast: Cast
) -> None:
    release = written(cast)
    with work.begin():
        service.confirm_release(cast.noor, release)
    assert told(cast.noor.id).count("/account/releases") == 2
    with work.begin():
        act = service.ask_export(cast.cleo, release, WHY).id
    with pytest.raises(Refused, match="You wrote down this paper"), work.begin():
        service.confirm(cast.cora, act)
    with work.begin(writes=False):
        before = dict(service.lines_about(oversight.act_with(act)))["Before a second yes"]
    assert "look at the paper itself" in before[0]
    with work.begin():
        service.dispute_release(cast.noor, release)
    assert found(release).ending == "unsigned"
    assert f"/people/{cast.noor.id}" in told(cast.ada.id)
    with pytest.raises(Conflict), work.begin():
        service.confirm(cast.ada, act)
    with pytest.raises(Conflict, match="said already"), work.begin():
        service.dispute_release(cast.noor, release)


def test_made_up_paper_ends_when_its_person_says_so_and_others_look_into_it(
    app: Flask, cast: Cast
) -> None:
    release = written(cast)
    with work.begin():
        service.dispute_release(cast.noor, release)
    person = f"/people/{cast.noor.id}"
    assert [person in told(who.id) for who in (cast.cleo, cast.ada, cast.cora)] == [
        True,
        True,
        False,
    ]
    assert found(release).ending == "unsigned"
    with later(), pytest.raises(Conflict, match="not in force"), work.begin():
        service.ask_export(cast.cora, release, WHY)
    assert disputed(cast, cast.ada) == [release]
    assert disputed(cast, cast.mo) == []


def test_somebody_else_looks_into_it_and_then_it_is_at_rest(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    release = written(cast)
    address, person = f"/releases/{release}/looked-into", f"/people/{cast.noor.id}"
    cora, cleo, noor, mo = (signed_in(name) for name in ("cora", "cleo", "noor", "mo"))
    assert post(cleo, address).status_code == 404
    with work.begin():
        service.dispute_release(cast.noor, release)
    assert address not in cora.get(person).get_data(as_text=True)
    assert post(cora, address).status_code == 403
    assert post(mo, address).status_code == 404
    assert address in cleo.get(person).get_data(as_text=True)
    assert post(cleo, address).status_code == 303
    assert post(cleo, address).status_code == 409
    assert "They say that they did not sign this" not in cleo.get(person).get_data(as_text=True)
    assert "Looked into" in noor.get("/account/releases").get_data(as_text=True)
    assert told(cast.noor.id).count("/account/releases") == 2
    with work.begin(writes=False):
        assert "release.look_into" in [entry.act for entry in about(f"account:{cast.noor.id}")]


def test_where_nobody_else_could_look_into_it_the_moderators_hear_of_it(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    for name in ("noor", "cora", "mo"):
        cast.account(name)
    with work.begin():
        release = service.record_release(cast.cora, cast.noor.id, paper()).id
    noor = signed_in("noor")
    page = post(noor, f"/account/releases/{release}/dispute", follow_redirects=True)
    assert "the moderators have been told" in page.get_data(as_text=True)
    (address,) = told(cast.mo.id)
    mo = signed_in("mo")
    assert mo.get(address).status_code == 200
    assert told(cast.cora.id) == []
    cast.account("cleo")  # somebody of the office, who can look into it
    assert mo.get(address).status_code == 404


def test_where_nobody_else_is_there_at_all_the_person_reads_so(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    for name in ("noor", "cora"):
        cast.account(name)
    with work.begin():
        release = service.record_release(cast.cora, cast.noor.id, paper()).id
    page = post(signed_in("noor"), f"/account/releases/{release}/dispute", follow_redirects=True)
    words = page.get_data(as_text=True)
    assert "Nobody else looks after this place just now" in words
    assert "somebody else looks into it" not in words


def test_made_up_paper_is_spoken_of_also_after_it_ran_out(app: Flask, cast: Cast) -> None:
    release = written(cast)
    with later(days=20):
        with pytest.raises(Conflict, match="ended already"), work.begin():
            service.confirm_release(cast.noor, release)
        with work.begin():
            service.dispute_release(cast.noor, release)
    assert found(release).ending == "unsigned"


def test_person_takes_it_back_and_what_waits_is_closed(app: Flask, cast: Cast) -> None:
    release = written(cast)
    with later():
        with work.begin():
            act = service.ask_export(cast.cora, release, WHY).id
        with work.begin():
            service.end_release(cast.noor, release)
        with pytest.raises(Conflict), work.begin():
            service.confirm(cast.cleo, act)


def test_office_ends_it_for_who_says_so_and_they_read_of_it(app: Flask, cast: Cast) -> None:
    release = written(cast)
    for other in (cast.mo, cast.zed, cast.tess):
        with pytest.raises(NotFound), work.begin():
            service.end_release_for(other, release)
    with work.begin():
        service.end_release_for(cast.cleo, release)
    assert found(release).ending == "spoken"
    assert told(cast.noor.id).count("/account/releases") == 2
    with pytest.raises(Conflict), work.begin():
        service.end_release_for(cast.cleo, release)


def test_nobody_writes_down_their_own_or_without_the_role(app: Flask, cast: Cast) -> None:
    noor = cast.account("noor").id
    for other in (cast.noor, cast.mo, cast.tess, cast.fay):
        with pytest.raises(NotFound), work.begin():
            service.record_release(other, noor, paper())
    with pytest.raises(Refused), work.begin():
        service.record_release(cast.cora, cast.cora.id, paper())


def test_none_is_written_down_for_who_could_not_read_it(app: Flask, cast: Cast) -> None:
    noor = cast.account("noor").id
    with work.begin():
        service.suspend(noor, by=cast.mo, days=3)
    with pytest.raises(Refused, match="cannot sign in"), work.begin():
        service.record_release(cast.cora, noor, paper())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"signed": 1}, "signed_on"),
        ({"last": 30}, "last_day"),
        ({"signed": -27, "last": 3}, "last_day"),
        ({"last": 2}, "last_day"),
        ({"last": -1}, "last_day"),
        ({"parts": ()}, "parts"),
        ({"parts": ("account", "private_pages")}, "parts"),
        ({"agency": " "}, "agency"),
        ({"where_kept": "x" * 201}, "where_kept"),
    ],
)
def test_what_no_paper_can_say_is_refused(
    app: Flask, cast: Cast, wrong: dict[str, Any], field: str
) -> None:
    noor = cast.account("noor").id
    with pytest.raises(Invalid) as refused, work.begin():
        service.record_release(cast.cora, noor, paper(**wrong))
    assert refused.value.field == field


def test_thirty_days_with_that_of_signing_are_the_most(app: Flask, cast: Cast) -> None:
    noor = cast.account("noor").id
    with work.begin():
        release = service.record_release(cast.cora, noor, paper(last=29)).id
    assert found(release).until - clock.now() <= timedelta(days=30)


def test_one_paper_is_written_down_once_while_it_is_open(app: Flask, cast: Cast) -> None:
    release = written(cast)
    again = paper(agency="  housing OFFICE, canary-agency", parts=("roles", "account"))
    with pytest.raises(Invalid, match="written down already") as refused, work.begin():
        service.record_release(cast.cleo, cast.noor.id, again)
    assert refused.value.field == "agency"
    for other in (paper(signed=-1), paper(agency="A court"), paper(parts=("account",))):
        with work.begin():
            service.record_release(cast.cleo, cast.noor.id, other)
    with work.begin():
        service.end_release(cast.noor, release)
    with work.begin():
        service.record_release(cast.cleo, cast.noor.id, again)


# --- pages ---------------------------------------------------------------------------------------


def test_written_down_by_the_page_and_read_on_the_page(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    noor, cora = signed_in("noor"), signed_in("cora")
    address = f"/people/{cast.noor.id}/paper"
    assert address in cora.get(f"/people/{cast.noor.id}").get_data(as_text=True)
    empty = cora.get(address).get_data(as_text=True)
    assert f'value="{today().isoformat()}"' in empty
    assert "Whoever can open their account reads it too" in empty
    for change in ({"last_day": "2999-01-01"}, {"signed_on": "31.3."}, {"parts": ["notes"]}):
        refused = post(cora, address, form(**change))
        assert refused.status_code == 422, change
        assert "canary-place" in refused.get_data(as_text=True)
        as_it_is_written = "Please write a day like 2027-03-31" in refused.get_data(as_text=True)
        assert as_it_is_written is ("signed_on" in change)
    assert post(cora, address, form()).status_code == 303
    page = noor.get("/account/releases").get_data(as_text=True)
    for words in ("canary-agency", "<bdi>Cora</bdi>", "Not begun yet"):
        assert words in page
    assert "canary-place" not in page, "whoever holds their phone does not read where the paper is"
    file = json.loads(
        post(noor, "/account/data", {"passphrase": PASSPHRASE, "kind": "json"}).get_data()
    )
    (row,) = next(each for each in file["sections"] if each["key"] == "releases")["rows"]
    assert (row["recorded_by"], row["where_kept"]) == ("Cora", "The grey folder, canary-place")
    with work.begin(writes=False):
        (release,) = oversight.releases_of(cast.noor.id)
        sealed = release.agency_sealed + release.purpose_sealed + (release.where_kept_sealed or b"")
        assert b"canary" not in sealed
    office = cora.get(f"/people/{cast.noor.id}").get_data(as_text=True)
    assert "canary" not in office
    assert f"/releases/{release.id}/export" not in office


def test_office_gives_the_passphrase_and_the_person_too(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    noor, cora = signed_in("noor"), signed_in("cora")
    with work.begin() as session:
        for row in session.query(SignedInSession):
            row.proven_at = clock.now() - timedelta(hours=1)
    address = f"/people/{cast.noor.id}/paper"
    assert post(cora, address, form(passphrase="not it at all")).status_code == 422
    assert post(cora, address, form()).status_code == 303
    with work.begin(writes=False):
        release = oversight.releases_of(cast.noor.id)[0].id
    mine = f"/account/releases/{release}/confirm"
    assert post(noor, mine).location.startswith("/account/unlock")
    assert found(release).confirmed_at is None
    back = post(noor, mine).location.split("next=")[1]
    back = post(noor, "/account/unlock", {"passphrase": PASSPHRASE, "next": unquote(back)}).location
    assert "once more: until then nothing is noted" in noor.get(back).get_data(as_text=True)
    assert post(noor, mine).location == "/account/releases"
    page = noor.get(back).get_data(as_text=True)
    assert "In force" in page
    assert "once more" not in page
    assert f"/account/releases/{release}/dispute" in page
    assert post(noor, mine).status_code == 409


def test_person_says_on_the_page_that_they_did_not_sign(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    release = written(cast)
    noor, zed, ada = signed_in("noor"), signed_in("zed"), signed_in("ada")
    address = f"/account/releases/{release}/dispute"
    assert post(zed, address).status_code == 404
    assert post(noor, address).status_code == 303
    assert "You said that you did not sign it" in noor.get("/account/releases").get_data(
        as_text=True
    )
    assert post(noor, address).status_code == 409
    assert "They say that they did not sign this" in ada.get(f"/people/{cast.noor.id}").get_data(
        as_text=True
    )


def test_office_ends_one_by_the_page(signed_in: SignIn, post: Post, cast: Cast) -> None:
    release = written(cast)
    cleo, mo = signed_in("cleo"), signed_in("mo")
    address = f"/releases/{release}/end"
    assert post(mo, address).status_code == 404
    assert post(cleo, address).status_code == 303
    assert post(cleo, address).status_code == 409


# --- while its person cannot come in -------------------------------------------------------------


def paused(cast: Cast, days: int | None) -> None:
    with work.begin():
        service.suspend(cast.noor.id, by=cast.mo, days=days)


def test_pause_stops_the_days_in_which_a_person_can_object(core: object, cast: Cast) -> None:
    release = written(cast)
    paused(cast, 5)
    with later(5 + PAPER_DAYS - 1):
        with pytest.raises(Conflict, match="not begun"), work.begin():
            service.ask_export(cast.cora, release, WHY)
        with work.begin():
            service.dispute_release(cast.noor, release)
    assert found(release).ending == "unsigned"


def test_paper_begins_three_days_after_its_person_can_come_in_again(
    core: object, cast: Cast
) -> None:
    release = written(cast)
    paused(cast, 5)
    with later(5 + PAPER_DAYS), work.begin():
        service.ask_export(cast.cora, release, WHY)


def test_while_nobody_knows_the_end_of_a_pause_a_paper_does_not_begin(
    core: object, cast: Cast
) -> None:
    release = written(cast)
    paused(cast, None)
    assert found(release).starts_at == found(release).until
    with later(4):
        with work.begin():
            service.reinstate(cast.noor.id, by=cast.mo)
        assert found(release).starts_at == clock.now() + timedelta(days=PAPER_DAYS)
        with pytest.raises(Conflict, match="not begun"), work.begin():
            service.ask_export(cast.cora, release, WHY)


def test_ban_stops_the_days_as_well_and_lifting_it_counts_them_anew(
    core: object, cast: Cast
) -> None:
    release = written(cast)
    with work.begin():
        service.ban(cast.noor.id, by=cast.mo.id, reason="Be kind")
    assert found(release).starts_at == found(release).until
    with later(4):
        with work.begin():
            service.unban(cast.noor.id, by=cast.mo)
        assert found(release).starts_at == clock.now() + timedelta(days=PAPER_DAYS)


def test_paper_that_its_person_said_is_theirs_is_not_put_off(core: object, cast: Cast) -> None:
    release = written(cast)
    with work.begin():
        service.confirm_release(cast.noor, release)
    begun = found(release).starts_at
    paused(cast, 5)
    assert found(release).starts_at == begun

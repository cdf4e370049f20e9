"""Nothing of a person goes to anybody outside without their own yes, two people and a record."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.accounts import holdings as accounts_holdings
from peer.accounts import service
from peer.accounts.models.oversight import Release, SharedAct
from peer.accounts.queries import oversight
from peer.core import clock, work
from peer.core.errors import Conflict, Invalid, NotFound, Refused
from peer.notifications.queries import notices_of
from peer.policy.oversight import RELEASABLE, ActState
from peer.policy.roles import Role
from peer.wellbeing import service as wellbeing
from tests.cast import PASSPHRASE, Cast, private_key
from tests.plugins.site import SignIn

Post = Callable[..., TestResponse]
WHY = "The housing office asks for it by Friday."
FORM = {
    "agency": "Housing office, canary-agency",
    "purpose": "A flat of my own, canary-purpose",
    "parts": ["account", "roles"],
    "days": "7",
    "passphrase": PASSPHRASE,
}


def given(cast: Cast, days: int = 7) -> str:
    """Noor lets her account and roles be handed on; Cora and Cleo look after the place."""
    for name in ("cora", "cleo"):
        cast.account(name)
    with work.begin():
        return service.give_release(
            cast.noor, agency="An office", purpose="A flat", parts=["account", "roles"], days=days
        ).id


def asked(cast: Cast, release: str) -> str:
    with work.begin():
        return service.ask_export(cast.cora, release, WHY).id


def ready(cast: Cast, release: str) -> str:
    """Asked for by Cora, confirmed by Cleo: the export."""
    act = asked(cast, release)
    with work.begin():
        service.confirm(cast.cleo, act)
    with work.begin(writes=False):
        return oversight.exports_under(release)[0].id


def withdrawn(cast: Cast, release: str) -> None:
    with work.begin():
        service.end_release(cast.noor, release)


def exports(release: str) -> int:
    with work.begin(writes=False):
        return len(oversight.exports_under(release))


def collected(cast: Cast, export: str) -> list[str]:
    with work.begin():
        return [section.key for section in service.collect(cast.cora, export)[1]]


def test_only_named_parts_leave_and_the_person_reads_of_it(app: Flask, cast: Cast) -> None:
    export = ready(cast, given(cast))
    assert collected(cast, export) == ["account", "roles"]
    with work.begin(writes=False):
        line = oversight.disclosures_to(cast.noor.id)[0]
        assert (line.what, line.reason, line.role) == ("export", WHY, "coordinator")
        assert oversight.export_with(export).collected_at is not None
        told = [notice.href for notice in notices_of(cast.noor.id)]
    assert {"/account/disclosures", "/account/releases"} <= set(told)


def test_broken_download_is_fetched_again_within_the_hour_and_each_time_is_told(
    app: Flask, cast: Cast
) -> None:
    export = ready(cast, given(cast))
    collected(cast, export)
    at = clock.now()
    with clock.stopped_at(at + timedelta(minutes=58)):
        assert collected(cast, export) == ["account", "roles"]
        for other in (cast.cleo, cast.ada, cast.noor):
            with pytest.raises(NotFound), work.begin():
                service.collect(other, export)
    # The hour counts from the first time.
    with (
        clock.stopped_at(at + timedelta(minutes=61)),
        pytest.raises(Conflict, match="collected already"),
    ):
        collected(cast, export)
    with work.begin(writes=False):
        lines = oversight.disclosures_to(cast.noor.id)
    assert [line.what for line in lines] == ["export_again", "export"]


def test_broken_download_is_not_fetched_again_once_the_yes_is_over(app: Flask, cast: Cast) -> None:
    first, second = given(cast, 1), given(cast)
    export, other = ready(cast, first), ready(cast, second)
    collected(cast, other)
    withdrawn(cast, second)
    with pytest.raises(Conflict, match="not in force"):
        collected(cast, other)
    with work.begin(writes=False):
        over = oversight.release_with(first).until
    with clock.stopped_at(over - timedelta(minutes=1)):
        collected(cast, export)
    with clock.stopped_at(over), pytest.raises(Conflict, match="not in force"):
        collected(cast, export)


def test_last_minute_of_the_day_has_its_hour_too(app: Flask, cast: Cast) -> None:
    export = ready(cast, given(cast))
    at = clock.now()
    with clock.stopped_at(at + timedelta(hours=23, minutes=59)):
        collected(cast, export)
    with clock.stopped_at(at + timedelta(hours=24, minutes=30)):
        assert collected(cast, export) == ["account", "roles"]


def test_nothing_is_asked_for_without_a_release(app: Flask, cast: Cast) -> None:
    cast.account("noor")
    with pytest.raises(NotFound), work.begin():
        service.ask_export(cast.cora, cast.noor.id, WHY)


def test_one_person_alone_cannot(app: Flask, cast: Cast) -> None:
    release = given(cast)
    act = asked(cast, release)
    with pytest.raises(Refused), work.begin():
        service.confirm(cast.cora, act)
    assert exports(release) == 0
    for other in (cast.noor, cast.mo, cast.tess, cast.fay):
        with pytest.raises(NotFound), work.begin():
            service.confirm(other, act)
        with pytest.raises((NotFound, Refused)), work.begin():
            service.ask_export(other, release, WHY)


def test_who_confirmed_and_others_do_not_collect(app: Flask, cast: Cast) -> None:
    export = ready(cast, given(cast))
    for other in (cast.cleo, cast.ada, cast.noor, cast.mo):
        with pytest.raises(NotFound), work.begin():
            service.collect(other, export)


def test_nobody_hands_on_what_is_about_them(app: Flask, cast: Cast) -> None:
    with work.begin():
        release = service.give_release(
            cast.cora, agency="An office", purpose="A flat", parts=["account"], days=1
        ).id
    with pytest.raises(Refused), work.begin():
        service.ask_export(cast.cora, release, WHY)


def test_taken_back_before_asking_before_the_yes_and_before_collecting(
    app: Flask, cast: Cast
) -> None:
    release = given(cast)
    withdrawn(cast, release)
    with pytest.raises(Conflict):
        asked(cast, release)
    release = given(cast)
    act = asked(cast, release)
    withdrawn(cast, release)
    with work.begin(writes=False):
        assert oversight.act_with(act).state == ActState.EXPIRED
    with pytest.raises(Conflict), work.begin():
        service.confirm(cast.cleo, act)
    assert exports(release) == 0
    release = given(cast)
    export = ready(cast, release)
    withdrawn(cast, release)
    with pytest.raises(Conflict, match="not in force"):
        collected(cast, export)
    with work.begin(writes=False):
        assert oversight.disclosures_to(cast.noor.id) == []


def test_run_out_before_asking_before_the_yes_and_before_collecting(app: Flask, cast: Cast) -> None:
    first, second, third = given(cast, 1), given(cast, 1), given(cast, 1)
    act, export = asked(cast, second), ready(cast, third)
    with clock.stopped_at(clock.now() + timedelta(days=1, minutes=1)):
        with pytest.raises(Conflict):
            asked(cast, first)
        with pytest.raises(Conflict), work.begin():
            service.confirm(cast.cleo, act)
        with pytest.raises(Conflict):
            collected(cast, export)
    assert exports(second) == 0


def test_what_nobody_collects_within_a_day_is_not_collected(app: Flask, cast: Cast) -> None:
    export = ready(cast, given(cast))
    with (
        clock.stopped_at(clock.now() + timedelta(hours=24, minutes=1)),
        pytest.raises(Conflict, match="day for it is over"),
    ):
        collected(cast, export)


def test_nothing_leaves_while_its_person_could_not_take_it_back(app: Flask, cast: Cast) -> None:
    export = ready(cast, given(cast))
    with work.begin():
        service.suspend(cast.noor.id, by=cast.mo, days=None)
    with pytest.raises(Conflict):
        collected(cast, export)


def test_asker_who_lost_the_role_does_not_collect(app: Flask, cast: Cast) -> None:
    export = ready(cast, given(cast))
    with work.begin():
        act = service.set_roles(cast.ada, cast.cora.id, [Role.MEMBER], reason="She has moved on.")
        assert act is not None
    with work.begin():
        service.confirm(cast.cleo, act.id)
    with pytest.raises(NotFound):
        collected(cast, export)


def test_private_parts_can_neither_be_named_nor_leave(app: Flask, cast: Cast) -> None:
    key = private_key(cast.account("noor"))
    with work.begin():
        wellbeing.write_note(cast.noor, key, "canary-private")
    for part in ("private_pages", "notes", "days", "plan", "sessions", "factors", "no such"):
        with pytest.raises(Invalid), work.begin():
            service.give_release(
                cast.noor, agency="An office", purpose="A flat", parts=["account", part], days=1
            )
    release = given(cast)
    with work.begin() as session:  # as if somebody had changed the row itself
        session.get_one(Release, release).parts = ["account", "private_pages", "notes"]
    assert collected(cast, ready(cast, release)) == ["account"]


def test_parts_are_called_as_in_the_download_and_none_is_private(app: Flask, cast: Cast) -> None:
    cast.account("noor")
    with work.begin(writes=False):
        found = {
            section.key: (section.title, holding.opened is not None)
            for holding in service.holdings()
            for section in holding.held(cast.noor.id)
        }
    assert {key: found[key] for key in RELEASABLE} == {
        key: (title, False) for key, title in RELEASABLE.items()
    }


def test_erasing_takes_what_was_asked_about_a_release_along(app: Flask, cast: Cast) -> None:
    release = given(cast)
    act, noor = asked(cast, release), cast.noor.id
    with work.begin():
        service.leave_for_good(noor)
        assert oversight.act_with(act).state == ActState.WITHDRAWN
        accounts_holdings.erase(noor)
    with work.begin(writes=False) as session:
        assert session.scalars(select(SharedAct.id)).all() == []
        assert session.scalars(select(Release.id)).all() == []


# --- pages ---------------------------------------------------------------------------------------


def test_person_allows_and_takes_back_on_the_page(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    noor, zed = signed_in("noor"), signed_in("zed")
    page = noor.get("/account/releases").get_data(as_text=True)
    assert "never a condition of help here" in page
    assert 'value="private_pages"' not in page
    wrong = ({"days": "31"}, {"days": "0"}, {"parts": ["notes"]}, {"parts": []}, {"agency": " "})
    more = ({"purpose": "x" * 201}, {"passphrase": "not it at all"})
    for change in (*wrong, *more):
        refused = post(noor, "/account/releases", FORM | change)
        assert refused.status_code == 422, change
        kept = "canary-purpose" if "agency" in change else "canary-agency"
        assert kept in refused.get_data(as_text=True)
    assert post(noor, "/account/releases", FORM).status_code == 303
    with work.begin(writes=False):
        (release,) = oversight.releases_of(cast.noor.id)
        assert b"canary" not in release.agency_sealed + release.purpose_sealed
    assert "In force" in noor.get("/account/releases").get_data(as_text=True)
    address = f"/account/releases/{release.id}/withdraw"
    assert post(zed, address).status_code == 404
    assert post(noor, address).status_code == 303
    assert post(noor, address).status_code == 409
    assert "You took it back" in noor.get("/account/releases").get_data(as_text=True)


def test_two_people_hand_it_on_by_the_pages(signed_in: SignIn, post: Post, cast: Cast) -> None:
    noor, cora, cleo, mo = (signed_in(name) for name in ("noor", "cora", "cleo", "mo"))
    post(noor, "/account/releases", FORM)
    with work.begin(writes=False):
        release = oversight.releases_of(cast.noor.id)[0].id
    person, ask = f"/people/{cast.noor.id}", f"/releases/{release}/export"
    seen = cora.get(person).get_data(as_text=True)
    assert ask in seen
    assert "canary" not in seen
    for other in (noor, mo):
        assert post(other, ask, {"reason": WHY}).status_code == 404
    unsaid = post(cora, ask, {"reason": "why"})
    assert unsaid.status_code == 422
    assert ">why</textarea>" in unsaid.get_data(as_text=True)
    act = post(cora, ask, {"reason": WHY}).location
    assert "canary-agency" in cleo.get(act).get_data(as_text=True)
    assert post(cora, f"{act}/confirm").status_code == 403
    assert post(cleo, f"{act}/confirm", {"passphrase": PASSPHRASE}).status_code == 303
    with work.begin(writes=False):
        export = oversight.exports_under(release)[0].id
    take = f"/exports/{export}/file"
    assert take in cora.get(person).get_data(as_text=True)
    assert take not in cleo.get(person).get_data(as_text=True)
    for other in (noor, mo, cleo):
        assert post(other, take).status_code == 404
    file = post(cora, take)
    assert file.headers["Content-Disposition"] == 'attachment; filename="notes.html"'
    assert file.headers["Cache-Control"] == "no-store"
    text = file.get_data(as_text=True)
    assert "canary-agency" in text
    assert text.count("<h2>") == len(FORM["parts"])
    assert "Should the download have broken off" in cora.get(person).get_data(as_text=True)
    again = post(cora, take, {"kind": "json"})
    assert again.headers["Content-Disposition"] == 'attachment; filename="notes.json"'
    assert again.headers["Cache-Control"] == "no-store"
    found = json.loads(again.get_data())
    assert (found["format"], found["agency"]) == ("commonroom.release/1", FORM["agency"])
    assert (found["purpose"], found["released_until"][:2]) == (FORM["purpose"], "20")
    assert [section["key"] for section in found["sections"]] == FORM["parts"]
    assert {section["title"] for section in found["sections"]} <= set(RELEASABLE.values())
    assert WHY in noor.get("/account/disclosures").get_data(as_text=True)
    assert "Collected" in noor.get("/account/releases").get_data(as_text=True)


def test_taken_back_on_the_page_the_file_is_not_given(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    release = given(cast)
    export = ready(cast, release)
    cora = signed_in("cora")
    withdrawn(cast, release)
    refused = post(cora, f"/exports/{export}/file")
    assert refused.status_code == 409
    assert "not in force any more" in refused.get_data(as_text=True)

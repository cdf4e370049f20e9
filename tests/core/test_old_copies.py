"""An older copy undoes no refusal: who was shut out, what was taken back, what let somebody in."""

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from peer.accounts import queries as accounts
from peer.accounts import service
from peer.accounts.models import AccountState, FactorKind
from peer.accounts.queries import oversight
from peer.accounts.queries.factors import factors_of
from peer.accounts.queries.ways_back import codes_left
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Refused
from peer.core.settings import Settings
from peer.moderation import queries as moderation_queries
from peer.moderation import service as moderation
from peer.notifications.queries import notices_of
from peer.policy.oversight import ActState
from peer.policy.roles import Role
from tests.accounts.test_private_key import NEXT, opened
from tests.cast import PASSPHRASE, Cast, private_key
from tests.core.copies import copies_of, restored
from tests.moderation.place import reported

WHY = "It was said twice, and calmly."


def brought_back(place: Settings, copy: Path) -> str:
    done = restored(place, str(copy))
    assert done.exit_code == 0, done.output
    return done.output


def state_of(account_id: str) -> tuple[str, frozenset[Role]]:
    with work.begin(writes=False):
        account = accounts.account_with(account_id)
        return account.state, account.roles


def app_of(cast: Cast, name: str) -> str:
    """An app that shows somebody's codes: the factor's id."""
    with work.begin():
        found = service.begin_factor(cast.actor(name), FactorKind.APP, "garden")
        code = pyotp.TOTP(found.secret).at(clock.now() - timedelta(seconds=30))
        return service.confirm_app(cast.actor(name), code).id


def told(account_id: str) -> set[str]:
    with work.begin(writes=False):
        return {notice.href for notice in notices_of(account_id)}


def test_what_waited_for_a_second_yes_gets_none_from_an_old_copy(
    sqlite_place: Settings, cast: Cast, tmp_path: Path
) -> None:
    other = accounts.actor_from(cast.newcomer(Role.ADMIN))
    with work.begin():
        act = service.set_roles(cast.ada, cast.zed.id, [Role.MODERATOR], reason=WHY)
    assert act is not None
    people, _ = copies_of(sqlite_place, tmp_path)
    with work.begin():
        service.refuse_act(other, act.id, WHY)
    assert "have run out: 1" in brought_back(sqlite_place, people)
    with work.begin(writes=False):
        assert oversight.act_with(act.id).state == ActState.EXPIRED
    with pytest.raises(Conflict), work.begin():
        service.confirm(other, act.id)


def test_release_that_was_taken_back_stays_ended_and_its_person_is_told(
    place: Settings, cast: Cast, tmp_path: Path
) -> None:
    cast.account("cleo")
    with work.begin():
        release = service.give_release(
            cast.noor, agency="An office", purpose="A flat", parts=["account"], days=7
        ).id
    with work.begin():
        act = service.ask_export(cast.cora, release, WHY).id
    with work.begin():
        service.confirm(cast.cleo, act)
    people, _ = copies_of(place, tmp_path)
    with work.begin():
        service.end_release(cast.noor, release)
    brought_back(place, people)
    assert "/account/releases" in told(cast.noor.id)
    with work.begin(writes=False):
        (export,) = oversight.exports_under(release)
        assert oversight.release_with(release).ending == "restored"
        assert export.until <= clock.now()
    with pytest.raises(Conflict, match="not in force"), work.begin():
        service.collect(cast.cora, export.id)


def test_who_was_paused_or_shut_out_since_stays_so(
    sqlite_place: Settings, cast: Cast, tmp_path: Path
) -> None:
    noor, sol = cast.noor.id, cast.sol.id
    with work.begin():
        service.suspend(sol, by=cast.mo, days=None)
    people, _ = copies_of(sqlite_place, tmp_path)
    with work.begin():
        service.suspend(noor, by=cast.mo, days=5, reason="Kindness")
        service.suspend(sol, by=cast.mo, days=1)
    said = brought_back(sqlite_place, people)
    assert f"Shut out, still: /people/{noor}" in said
    assert f"no longer before: /people/{sol}" in said
    with work.begin(writes=False):
        account = accounts.account_with(noor)
        assert not accounts.is_usable(account)
        assert account.suspended_for == "Kindness"
        assert accounts.account_with(sol).suspended_until is None


def test_ban_of_two_holds_and_neither_of_them_lifts_it_alone(
    place: Settings, cast: Cast, tmp_path: Path
) -> None:
    reported(cast)
    mo, mia = cast.mo, cast.mia
    for _ in range(2):
        cast.newcomer(Role.MODERATOR)
    people, _ = copies_of(place, tmp_path)
    with work.begin():
        act = moderation.ask_ban(mo, cast.zed.id, "kindness", WHY).id
    with work.begin():
        service.confirm(mia, act)
    brought_back(place, people)
    assert state_of(cast.zed.id)[0] == AccountState.BANNED
    with work.begin(writes=False):
        assert moderation_queries.ban_of(cast.zed.id) is not None
        assert list(audit.broken_links(work.session())) == []
    for part_of_it in (mo, mia):
        with pytest.raises(Refused), work.begin():
            moderation.ask_unban(part_of_it, cast.zed.id, WHY)


def test_role_that_was_taken_away_does_not_come_back(
    sqlite_place: Settings, cast: Cast, tmp_path: Path
) -> None:
    fay, tess = cast.fay.id, cast.tess.id
    people, _ = copies_of(sqlite_place, tmp_path)
    with work.begin():
        service.set_roles(cast.ada, fay, [Role.MEMBER])
        service.set_roles(cast.ada, tess, [Role.MENTOR, Role.FACILITATOR])
    said = brought_back(sqlite_place, people)
    assert state_of(fay)[1] == {Role.MEMBER}
    assert state_of(tess)[1] == {Role.MENTOR}
    assert tess in said.split("Roles given since:")[1]


def test_passphrase_of_later_opens_everything_and_the_one_of_before_nothing(
    place: Settings, cast: Cast, tmp_path: Path
) -> None:
    key = private_key(cast.account("noor"))
    people, _ = copies_of(place, tmp_path)
    proof = service.prove(cast.noor.id, PASSPHRASE)
    assert proof is not None
    with work.begin():
        service.change_passphrase(cast.noor, proof, service.new_lock(NEXT))
    brought_back(place, people)
    assert service.prove(cast.noor.id, PASSPHRASE) is None
    found = opened(cast.noor.id, NEXT)
    assert found is not None
    assert found.raw == key.raw


def test_private_pages_that_were_lost_with_a_passphrase_are_lost_again(
    sqlite_place: Settings, cast: Cast, tmp_path: Path
) -> None:
    key = private_key(cast.account("noor"))
    people, _ = copies_of(sqlite_place, tmp_path)
    lock = service.new_lock(NEXT)
    with work.begin():
        service.renew_passphrase(cast.noor.id, lock.passphrase_hash)
    said = brought_back(sqlite_place, people)
    assert f"are lost again: /people/{cast.noor.id}" in said
    found = opened(cast.noor.id, NEXT)
    assert found is not None
    assert found.raw != key.raw


def test_second_factors_and_recovery_codes_are_those_of_last(
    place: Settings, cast: Cast, tmp_path: Path
) -> None:
    noor, key = cast.noor, private_key(cast.account("noor"))
    lost = app_of(cast, "noor")
    with work.begin():
        stolen = service.make_codes(noor, key)
    people, _ = copies_of(place, tmp_path)
    kept = app_of(cast, "noor")
    with work.begin():
        service.remove_factor(noor, lost)
        codes = service.make_codes(noor, key)
    with work.begin():
        assert service.spend_code(noor.id, codes[0])
    brought_back(place, people)
    with work.begin(writes=False):
        assert [factor.id for factor in factors_of(noor.id)] == [kept]
        assert factors_of(noor.id)[0].label == "garden"
        assert codes_left(noor.id) == 9
    with work.begin():
        assert not service.spend_code(noor.id, stolen[0])
        assert not service.spend_code(noor.id, codes[0])
        assert service.spend_code(noor.id, codes[1])


def test_who_was_erased_since_does_not_come_back_though_their_key_is_still_there(
    sqlite_place: Settings, cast: Cast, tmp_path: Path
) -> None:
    noor = cast.noor
    people, _ = copies_of(sqlite_place, tmp_path)
    with work.begin():
        service.erase_account(noor, [])
    brought_back(sqlite_place, people)
    assert state_of(noor.id)[0] == AccountState.ERASED


def test_who_joined_since_is_counted_where_they_cannot_be_brought_back(
    sqlite_place: Settings, cast: Cast, tmp_path: Path
) -> None:
    cast.account("noor")
    people, _ = copies_of(sqlite_place, tmp_path)
    zed = cast.zed.id
    with work.begin():
        service.suspend(zed, by=cast.mo, days=None)
    assert "not in the copy: 2, of whom shut out: 1" in brought_back(sqlite_place, people)


def test_codes_are_forgotten_and_people_told_when_nothing_is_known_of_them(
    sqlite_place: Settings, cast: Cast, tmp_path: Path
) -> None:
    noor, key = cast.noor, private_key(cast.account("noor"))
    with work.begin():
        service.make_codes(noor, key)
    people, _ = copies_of(sqlite_place, tmp_path)
    file = sqlite_place.data_dir / "peer.db"
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(b"the disk gave up" * 400)
    said = brought_back(sqlite_place, people)
    assert "could not be read, so nothing was carried over" in said
    assert "they were told: 1" in said
    with work.begin(writes=False):
        assert codes_left(noor.id) == 0
    assert "/account" in told(noor.id)

"""What follows for people: warnings, mutes, suspensions, and how they end."""

from datetime import timedelta

import pytest

from peer.accounts import queries as accounts
from peer.accounts import service as people
from peer.accounts.service import standing
from peer.core import clock, work
from peer.core.errors import Conflict, NotFound, Refused
from peer.moderation import queries, service
from peer.moderation.models import ReviewItem
from peer.moderation.service import Wanted
from peer.policy.moderation import MUTE_HOURS, SUSPEND_DAYS, Outcome, SanctionKind
from peer.policy.roles import Actor, Role
from tests.cast import Cast
from tests.moderation.making import Board, claimed, reported, told
from tests.moderation.test_deciding import acts, decided

pytestmark = pytest.mark.usefixtures("people")


def sanctioned(board: Board, cast: Cast, author: Actor, wanted: Wanted) -> ReviewItem:
    """An item about `author` that Mo decided, and what followed."""
    item = claimed(reported(board, cast.noor, author), cast.mo)
    decided(item, cast.mo, Outcome.HIDE, "kindness", wanted=wanted)
    return item


def muted_until(who: Actor) -> object:
    with work.begin(writes=False):
        return queries.muted_until(who.id)


def usable(who: Actor) -> bool:
    with work.begin(writes=False):
        return accounts.is_usable(accounts.account_with(who.id))


def test_warning_is_kind_and_nothing_follows(cast: Cast, board: Board) -> None:
    sanctioned(board, cast, cast.zed, Wanted(SanctionKind.WARN))
    assert "Nothing else follows." in told(cast.zed)[0]
    assert muted_until(cast.zed) is None
    assert usable(cast.zed)


@pytest.mark.parametrize("hours", MUTE_HOURS)
def test_mute_ends_by_itself(hours: int, cast: Cast, board: Board) -> None:
    now = clock.now()
    with clock.stopped_at(now):
        sanctioned(board, cast, cast.zed, Wanted(SanctionKind.MUTE, hours))
        assert muted_until(cast.zed) == now + timedelta(hours=hours)
        assert any(f"({hours} h)" in notice for notice in told(cast.zed))
    with clock.stopped_at(now + timedelta(hours=hours)):
        assert muted_until(cast.zed) is None


def test_of_two_mutes_the_longer_counts(cast: Cast, board: Board) -> None:
    now = clock.now()
    with clock.stopped_at(now):
        sanctioned(board, cast, cast.zed, Wanted(SanctionKind.MUTE, 24))
        sanctioned(board, cast, cast.zed, Wanted(SanctionKind.MUTE, 1))
        assert muted_until(cast.zed) == now + timedelta(hours=24)
        with work.begin():
            service.lift_mute(cast.mia, cast.zed.id)
        assert muted_until(cast.zed) is None


def test_lifted_mute_is_told_recorded_and_not_lifted_twice(cast: Cast, board: Board) -> None:
    sanctioned(board, cast, cast.zed, Wanted(SanctionKind.MUTE, 24))
    with work.begin():
        service.lift_mute(cast.mia, cast.zed.id)
    assert told(cast.zed)[0] == "You can write again. Welcome back."
    assert acts("account:") == ["person.mute", "person.unmute"]
    with pytest.raises(Conflict), work.begin():
        service.lift_mute(cast.mia, cast.zed.id)


@pytest.mark.parametrize("days", [*SUSPEND_DAYS, None])
def test_suspended_person_is_out_until_then(days: int | None, cast: Cast, board: Board) -> None:
    now = clock.now()
    with clock.stopped_at(now):
        sanctioned(board, cast, cast.zed, Wanted(SanctionKind.SUSPEND, days))
        assert not usable(cast.zed)
    with clock.stopped_at(now + timedelta(days=days or 400)):
        assert usable(cast.zed) is (days is not None)
    assert any("Your account was paused" in notice for notice in told(cast.zed))


@pytest.mark.parametrize("shut", ["ban", "close"])
def test_pause_by_one_moderator_opens_nothing_that_two_people_shut(
    shut: str, cast: Cast, board: Board
) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with work.begin():
        if shut == "ban":
            people.ban(cast.zed.id, by=cast.mia.id, reason="Be kind")
        else:
            standing.close(cast.zed.id, by=cast.mia.id)
    with pytest.raises(Conflict, match="no access already"):
        decided(item, cast.mo, wanted=Wanted(SanctionKind.SUSPEND, 1))
    with pytest.raises(Conflict), work.begin():
        people.suspend(cast.zed.id, by=cast.mo, days=1)
    with pytest.raises(Conflict), work.begin():
        people.ban(cast.zed.id, by=cast.mo.id, reason="Be kind")  # lifted, it would open
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        assert not usable(cast.zed)
    decided(item, cast.mo, Outcome.HIDE, "kindness")


def test_reinstated_person_is_back_and_welcomed(cast: Cast, board: Board) -> None:
    sanctioned(board, cast, cast.zed, Wanted(SanctionKind.SUSPEND))
    with work.begin():
        service.reinstate(cast.mia, cast.zed.id)
    assert usable(cast.zed)
    assert told(cast.zed)[0] == "Your account is open again. Welcome back."
    with pytest.raises(Conflict), work.begin():
        service.reinstate(cast.mia, cast.zed.id)
    with work.begin(writes=False):
        (sanction,) = queries.sanctions_of(cast.zed.id)
        assert sanction.lifted_by == cast.mia.id
    assert "account.suspend" in acts()
    assert "account.reinstate" in acts()


@pytest.mark.parametrize("kind", SanctionKind)
@pytest.mark.parametrize("name", ["mia", "cora", "ada"])
def test_staff_are_left_to_an_admin(
    name: str, kind: SanctionKind, cast: Cast, board: Board
) -> None:
    author = cast.actor(name)
    amount = {SanctionKind.MUTE: 6, SanctionKind.SUSPEND: 7}.get(kind)
    item = claimed(reported(board, cast.noor, author), cast.mo)
    with pytest.raises(Refused, match="An admin decides"):
        decided(item, cast.mo, wanted=Wanted(kind, amount))
    assert board.notes[item.subject_id].state == "visible"
    assert usable(author)
    decided(item, cast.mo)


def test_moderator_who_is_an_admin_may_act_toward_staff(cast: Cast, board: Board) -> None:
    both = accounts.actor_from(cast.newcomer(Role.MODERATOR, Role.ADMIN))
    item = claimed(reported(board, cast.noor, cast.mia), both)
    decided(item, both, wanted=Wanted(SanctionKind.SUSPEND, 1))
    assert not usable(cast.mia)


def test_facilitators_and_mentors_can_be_muted_as_members_can(cast: Cast, board: Board) -> None:
    for author in (cast.fay, cast.tess):
        sanctioned(board, cast, author, Wanted(SanctionKind.MUTE, 1))
        assert muted_until(author) is not None


@pytest.mark.parametrize("verb", [service.lift_mute, service.reinstate])
def test_nobody_else_ends_a_sanction(verb: object, cast: Cast, board: Board) -> None:
    sanctioned(board, cast, cast.zed, Wanted(SanctionKind.MUTE, 24))
    sanctioned(board, cast, cast.zed, Wanted(SanctionKind.SUSPEND, 7))
    for name in ("zed", "noor", "tess", "fay", "cora", "ada"):
        with pytest.raises(NotFound), work.begin():
            verb(cast.actor(name), cast.zed.id)  # type: ignore[operator]
    assert muted_until(cast.zed) is not None
    assert not usable(cast.zed)


def test_moderators_see_no_history_of_people_nobody_wrote_about(cast: Cast, board: Board) -> None:
    sanctioned(board, cast, cast.zed, Wanted(SanctionKind.WARN))
    with work.begin(writes=False):
        assert queries.person_for(cast.mo, cast.zed.id).name == "Zed"
        (sanction,) = queries.sanctions_of(cast.zed.id)
        assert (sanction.kind, sanction.rule, sanction.by_id) == ("warn", "kindness", cast.mo.id)
        assert len(queries.rulings_about(cast.zed.id)) == 1
    for who, about in ((cast.mo, cast.noor), (cast.mo, cast.mo), (cast.cora, cast.zed)):
        with pytest.raises(NotFound), work.begin(writes=False):
            queries.person_for(who, about.id)


def test_muted_moderator_does_not_lift_their_own_mute(cast: Cast, board: Board) -> None:
    both = accounts.actor_from(cast.newcomer(Role.MODERATOR, Role.ADMIN))
    item = claimed(reported(board, cast.noor, cast.mo), both)
    decided(item, both, wanted=Wanted(SanctionKind.MUTE, 24))
    with pytest.raises(NotFound), work.begin():
        service.lift_mute(cast.mo, cast.mo.id)
    assert muted_until(cast.mo) is not None

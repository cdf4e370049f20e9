"""A ban is lifted by two people, who are not the two who banned, however long ago that was."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries as accounts
from peer.accounts import service as people
from peer.accounts.holdings import HOLDING
from peer.accounts.models import AccountState
from peer.core import clock, work
from peer.core.errors import Conflict, NotFound, Refused
from peer.core.settings import Settings
from peer.moderation import queries, service
from peer.moderation.service import Wanted
from peer.notifications.queries import notices_of
from peer.policy.moderation import HOUSE_RULES, Outcome, SanctionKind
from peer.policy.retention import days
from peer.policy.roles import Actor, Role
from tests.cast import Cast
from tests.moderation.place import reported

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
WHY = "We heard both sides again; it was a mistake."
LIFTED = "Two people looked again"


def banned(cast: Cast, *, pause: int | None = 0) -> str:
    """Mo and Mia ended Zed's access; before that Mo had paused it for so many days, or 0 not."""
    item = reported(cast)
    for name in ("mo", "mia", "zed"):
        cast.account(name)
    wanted = Wanted(SanctionKind.SUSPEND, pause)
    with work.begin():
        found = service.claim(cast.mo, item)
    with work.begin():
        service.decide(
            cast.mo,
            item,
            version=found.version,
            outcome=Outcome.HIDE,
            rule="kindness",
            wanted=None if pause == 0 else wanted,
        )
    with work.begin():
        act = service.ask_ban(cast.mo, cast.zed.id, "kindness", "Third time, after two talks.")
    with work.begin():
        people.confirm(cast.mia, act.id)
    return item


def newcomer(cast: Cast, *roles: Role) -> Actor:
    return accounts.actor_from(cast.newcomer(*roles))


def let_in(cast: Cast, asker: Actor, other: Actor) -> None:
    with work.begin():
        act = service.ask_unban(asker, cast.zed.id, WHY).id
    with work.begin():
        people.confirm(other, act)


def state(cast: Cast) -> str:
    with work.begin(writes=False):
        return accounts.account_with(cast.zed.id).state


def told(who: Actor) -> list[str]:
    with work.begin(writes=False):
        return [notice.message for notice in notices_of(who.id)]


def test_one_moderator_alone_undoes_nothing_that_two_decided(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    banned(cast)
    newcomer(cast, Role.MODERATOR)
    page, mo = f"/moderation/people/{cast.zed.id}", signed_in("mo")
    assert post(mo, f"{page}/unban").status_code == 422
    asked = post(mo, f"{page}/unban", {"reason": WHY})
    assert asked.status_code == 303
    assert state(cast) == AccountState.BANNED
    assert post(mo, f"{asked.location}/confirm").status_code == 403
    assert "let in again waits for a second person" in mo.get(page).get_data(as_text=True)
    again = post(mo, f"{page}/unban", {"reason": WHY})
    assert again.status_code == 409
    assert "asked for already" in again.get_data(as_text=True)
    assert state(cast) == AccountState.BANNED


def test_two_others_let_somebody_in_again_and_those_who_banned_are_told(
    core: Settings, cast: Cast
) -> None:
    banned(cast)
    moss, max_ = newcomer(cast, Role.MODERATOR), newcomer(cast, Role.MODERATOR)
    let_in(cast, moss, max_)
    assert state(cast) == AccountState.ACTIVE
    assert told(cast.zed)[0].startswith("Your account is open again")
    for decided in (cast.mo, cast.mia):
        assert told(decided)[0].startswith(LIFTED)
    with work.begin(writes=False):
        assert queries.sanctions_of(cast.zed.id)[0].lifted_by == max_.id
    with pytest.raises(Conflict, match="open already"):
        let_in(cast, moss, max_)


def test_who_banned_has_no_part_in_it_while_two_others_are_here(core: Settings, cast: Cast) -> None:
    banned(cast)
    moss, ada = newcomer(cast, Role.MODERATOR), cast.ada
    for part_of_it in (cast.mo, cast.mia):
        with pytest.raises(Refused, match="one of the two"), work.begin():
            service.ask_unban(part_of_it, cast.zed.id, WHY)
    with work.begin():
        act = service.ask_unban(moss, cast.zed.id, WHY).id
    for part_of_it in (cast.mo, cast.mia):
        with pytest.raises(NotFound), work.begin():
            people.confirm(part_of_it, act)
        with pytest.raises(NotFound), work.begin():
            people.refuse_act(part_of_it, act, "We decided this already.")
    with work.begin():
        people.confirm(ada, act)
    assert state(cast) == AccountState.ACTIVE


def test_where_only_one_other_is_here_it_is_never_the_same_two(core: Settings, cast: Cast) -> None:
    banned(cast)
    moss = newcomer(cast, Role.MODERATOR)
    with work.begin():
        act = service.ask_unban(cast.mo, cast.zed.id, WHY).id
    with pytest.raises(Refused, match="one of the two"), work.begin():
        people.confirm(cast.mia, act)
    with work.begin():
        people.confirm(moss, act)
    assert state(cast) == AccountState.ACTIVE


def test_ban_can_be_lifted_after_the_act_of_the_two_has_gone(core: Settings, cast: Cast) -> None:
    banned(cast)
    moss, max_ = newcomer(cast, Role.MODERATOR), newcomer(cast, Role.MODERATOR)
    with clock.stopped_at(clock.now() + timedelta(days=366)):
        with work.begin():
            assert HOLDING.expire is not None
            assert HOLDING.expire(100)["shared_acts"] == 1
        with pytest.raises(Refused), work.begin():
            service.ask_unban(cast.mia, cast.zed.id, WHY)
        let_in(cast, moss, max_)
        assert state(cast) == AccountState.ACTIVE


@pytest.mark.parametrize("pause", [30, None])
def test_pause_that_still_runs_is_in_force_again(
    pause: int | None, core: Settings, cast: Cast
) -> None:
    banned(cast, pause=pause)
    let_in(cast, newcomer(cast, Role.MODERATOR), newcomer(cast, Role.MODERATOR))
    assert state(cast) == AccountState.SUSPENDED
    assert told(cast.zed)[0].startswith("Your account was paused")
    with work.begin(writes=False):
        account = accounts.account_with(cast.zed.id)
        assert account.suspended_for == HOUSE_RULES["kindness"]
        assert account.suspended_until == queries.sanctions_of(cast.zed.id)[1].until
        assert (account.suspended_until is None) is (pause is None)
    with work.begin():
        service.reinstate(cast.mo, cast.zed.id)
    assert state(cast) == AccountState.ACTIVE


def test_pause_that_has_run_out_under_the_ban_keeps_nobody_out(core: Settings, cast: Cast) -> None:
    banned(cast, pause=7)
    moss, max_ = newcomer(cast, Role.MODERATOR), newcomer(cast, Role.MODERATOR)
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        let_in(cast, moss, max_)
        assert state(cast) == AccountState.ACTIVE


def test_ban_and_endless_pause_can_be_lifted_when_their_items_have_gone(
    core: Settings, cast: Cast
) -> None:
    item = banned(cast, pause=None)
    moss, max_ = newcomer(cast, Role.MODERATOR), newcomer(cast, Role.MODERATOR)
    with clock.stopped_at(clock.now() + timedelta(days=days("review_items") + 1)):
        with work.begin():
            people.expire("moderation")
        with pytest.raises(NotFound), work.begin(writes=False):
            queries.item_for(cast.mo, item)
        let_in(cast, moss, max_)
        with work.begin():
            service.reinstate(moss, cast.zed.id)
        assert state(cast) == AccountState.ACTIVE
        with pytest.raises(NotFound), work.begin(writes=False):
            queries.person_for(moss, cast.zed.id)


def test_moderator_finds_who_is_shut_out_when_the_items_have_gone(
    signed_in: SignIn, cast: Cast
) -> None:
    banned(cast)
    with clock.stopped_at(clock.now() + timedelta(days=days("review_items") + 1)), work.begin():
        people.expire("moderation")
    with work.begin(writes=False):
        assert queries.items_about(cast.zed.id) == []
    page = signed_in("mo").get("/moderation/queue").get_data(as_text=True)
    assert f'href="/moderation/people/{cast.zed.id}"' in page
    with work.begin(writes=False):
        assert queries.held_back(cast.noor) == []

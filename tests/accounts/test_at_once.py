"""Two people, or two tabs of one, at the same moment on PostgreSQL: who is second sees the first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pyotp
import pytest
from flask import Flask

from peer.accounts import queries, service
from peer.accounts.models import FactorKind
from peer.accounts.queries import oversight
from peer.accounts.queries.erasures import other_admins
from peer.accounts.queries.factors import factors_of
from peer.core import clock, work
from peer.core.errors import PeerError
from peer.policy.roles import Actor, Role
from tests.cast import Cast, passphrase_hash

pytestmark = pytest.mark.postgres
WHY = "Mo moves away, and evenings need somebody."
LONG = 0.3  # seconds: more than the second needs where nothing makes it wait


def refusal(step: Callable[[], object]) -> str:
    """What kind of no this meets in a unit of its own; empty when it is done."""
    try:
        with work.begin():
            step()
    except PeerError as error:
        return error.code
    return ""


def second_of(first: Callable[[], object], second: Callable[[], object]) -> str:
    """What the second meets that begins when the first is done but not committed."""
    with ThreadPoolExecutor(1) as pool:
        with work.begin():
            first()
            work.session().flush()
            late = pool.submit(refusal, second)
            wait([late], LONG)
        return late.result()


def with_an_app(actor: Actor, word: str) -> str:
    with work.begin():
        found = service.begin_factor(actor, FactorKind.APP, word)
        service.confirm_app(actor, pyotp.TOTP(found.secret).at(clock.now()))
        return found.id


def test_tess_who_takes_her_last_two_factors_away_at_once_keeps_one(
    postgres_app: Flask, cast: Cast
) -> None:
    tess = cast.tess
    garden, river = (with_an_app(tess, word) for word in ("garden", "river"))
    met = second_of(
        lambda: service.remove_factor(tess, garden), lambda: service.remove_factor(tess, river)
    )
    assert met == "conflict"
    with work.begin(writes=False):
        assert [left.id for left in factors_of(tess.id)] == [river]


def test_of_two_admins_who_send_each_other_away_or_leave_at_once_one_stays(
    postgres_app: Flask, cast: Cast
) -> None:
    ada, bea = cast.ada, queries.actor_from(cast.newcomer(Role.ADMIN))
    met = second_of(
        lambda: service.set_roles(ada, bea.id, [Role.MEMBER]),
        lambda: service.set_roles(bea, ada.id, [Role.MEMBER]),
    )
    assert met == "conflict"
    assert cast.ada.roles == {Role.ADMIN}
    dee = queries.actor_from(cast.newcomer(Role.ADMIN))
    met = second_of(lambda: service.erase_account(ada, []), lambda: service.erase_account(dee, []))
    assert met == "conflict"
    with work.begin(writes=False):
        assert other_admins(ada.id) == 1


def test_invitation_withdrawn_while_somebody_joins_lets_nobody_in(
    postgres_app: Flask, cast: Cast
) -> None:
    cora, hashed = cast.cora, passphrase_hash()
    with work.begin():
        invitation, code = service.invite(cora, [Role.MEMBER])
    met = second_of(
        lambda: service.withdraw_invitation(cora, invitation.id),
        lambda: service.join(code, "Quiet-Fjord", hashed, locale="en", timezone="UTC"),
    )
    assert met == "conflict"
    with work.begin(writes=False):
        assert queries.account_named("Quiet-Fjord") is None


def test_the_same_asked_by_two_at_once_is_asked_once(postgres_app: Flask, cast: Cast) -> None:
    ada, bea = cast.ada, queries.actor_from(cast.newcomer(Role.ADMIN))
    noor, wanted = cast.noor.id, [Role.MEMBER, Role.MODERATOR]
    cora = cast.cora
    met = second_of(
        lambda: service.propose(ada, "key", noor, reason=WHY),
        lambda: service.propose(cora, "key", noor, reason=WHY),
    )
    assert met == "conflict"
    met = second_of(
        lambda: service.set_roles(ada, noor, wanted, reason=WHY),
        lambda: service.set_roles(bea, noor, wanted, reason=WHY),
    )
    assert met == "conflict"
    with work.begin(writes=False):
        assert len(oversight.waiting_acts()) == 2

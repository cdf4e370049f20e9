"""Whoever changes how they get in, or signs out elsewhere, is alone with their account at once."""

import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest

from peer.accounts import queries, service
from peer.accounts.models import Account, FactorKind
from peer.core import work
from peer.policy.roles import Actor
from tests.cast import PASSPHRASE, Cast
from tests.plugins.processes import web_processes
from tests.plugins.sockets import Socket
from tests.promises import kept_within

MOST = 2.0  # seconds from the change to the last socket and page

Change = Callable[[Account, str], object]


@pytest.fixture(scope="module")
def two(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Two web processes with nothing between them but the database."""
    folder = tmp_path_factory.mktemp("two")
    shutil.copy(migrated, folder / "peer.db")
    with web_processes(2, folder) as addresses:
        yield addresses


def here(account: Account, session_id: str) -> Actor:
    with work.begin(writes=False):
        return queries.actor_from(queries.account_with(account.id), session_id)


def passphrase(account: Account, session_id: str) -> None:
    lock = service.new_lock("kettle under seven stars")
    proof = service.prove(account.id, PASSPHRASE)
    assert proof is not None
    with work.begin():
        service.change_passphrase(here(account, session_id), proof, lock)


def second_factor(account: Account, session_id: str) -> None:
    with work.begin():
        actor = here(account, session_id)
        added = service.begin_factor(actor, FactorKind.APP, "my phone")
        service.confirm_app(actor, pyotp.TOTP(added.secret).now())


def everywhere(account: Account, session_id: str) -> None:
    with work.begin():
        service.end_other_sessions(here(account, session_id))


def opens(address: str, token: str) -> bool:
    request = urllib.request.Request(f"{address}/account", headers={"Cookie": f"s={token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return bool(answer.url.endswith("/account"))


def begin(account: Account) -> tuple[str, str]:
    """A new session: its token and id."""
    with work.begin():
        token = service.start_session(account)
        row = queries.session_with_token(token)
        assert row is not None
        return token, row.id


@pytest.mark.parametrize(
    "change",
    [passphrase, second_factor, everywhere],
    ids=["passphrase", "second-factor", "everywhere"],
)
def test_change_of_passphrase_or_second_factor_or_signing_out_everywhere_ends_other_sessions_and_sockets(
    two: list[str], change: Change
) -> None:
    kept_within(MOST, lambda: seconds_until_alone(two, change))


def seconds_until_alone(two: list[str], change: Change) -> float:
    """Somebody with five sessions changes something; the seconds until the other four are cut."""
    cast = Cast()
    account, bystander = cast.newcomer(), cast.newcomer()
    mine, session_id = begin(account)
    others = [begin(account)[0] for _ in range(4)]
    kept = [Socket(two[0], mine), Socket(two[1], begin(bystander)[0])]
    cut = [Socket(two[n % 2], token) for n, token in enumerate(others)]
    try:
        assert all(opens(two[n % 2], token) for n, token in enumerate(others))
        change(account, session_id)
        since = time.monotonic()
        for socket in cut:
            assert socket.wait_for("session:ended")["reason"]
            socket.wait_until_cut()
        took = time.monotonic() - since
        for n, token in enumerate(others):
            assert not opens(two[(n + 1) % 2], token)
        assert all(socket.client.connected for socket in kept)
        assert opens(two[1], mine)
        return took
    finally:
        for socket in kept + cut:
            socket.client.disconnect()

"""Accounts that wait for somebody who has yet to join."""

import pytest

from peer.accounts import queries, service
from peer.accounts.models import Account, AccountState
from peer.core import work
from peer.core.errors import Conflict, Invalid
from peer.core.secrets import passphrase_fits
from peer.core.settings import Settings
from peer.policy.roles import Role
from tests.cast import Cast, passphrase_hash


def reserved(cast: Cast, name: str = "Calm-River") -> tuple[Account, str]:
    """An account kept for a mentor, and the code that opens it."""
    with work.begin():
        account = service.reserve_account(name, [Role.MENTOR], by=cast.cora.id)
        _, code = service.invite(cast.cora, [Role.MENTOR], account_id=account.id)
    return account, code


def join(code: str, name: str) -> Account:
    with work.begin():
        return service.join(code, name, passphrase_hash(), locale="es", timezone="Europe/Paris")


def test_reserved_account_cannot_be_used(core: Settings, cast: Cast) -> None:
    account, _ = reserved(cast)
    assert account.state == AccountState.RESERVED
    assert not queries.is_usable(account)
    assert not any(passphrase_fits(account.passphrase_hash, guess) for guess in ("", "Calm-River"))


def test_whoever_has_the_code_takes_the_account_over(core: Settings, cast: Cast) -> None:
    account, code = reserved(cast)
    mine = join(code, "Quiet-Heron")
    assert mine.id == account.id
    assert (mine.name, mine.locale, mine.timezone) == ("Quiet-Heron", "es", "Europe/Paris")
    assert mine.roles == {Role.MENTOR}
    assert queries.is_usable(mine)


def test_the_made_up_name_may_be_kept_but_not_somebody_else_s(core: Settings, cast: Cast) -> None:
    _, code = reserved(cast)
    cast.account("noor")
    with pytest.raises(Invalid):
        join(code, "Noor")
    assert join(code, "calm-river").name == "calm-river"


def test_two_codes_of_one_account_open_it_once(core: Settings, cast: Cast) -> None:
    account, code = reserved(cast)
    with work.begin():
        _, second = service.invite(cast.cora, [Role.MENTOR], account_id=account.id)
    join(code, "Quiet-Heron")
    with pytest.raises(Conflict):
        join(second, "Other-Bird")

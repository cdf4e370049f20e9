"""The people of every test, and how they come to be."""

from dataclasses import dataclass
from functools import cache
from secrets import token_hex

from peer.accounts import queries, service
from peer.accounts.models import Account
from peer.accounts.queries.vaults import vault_of
from peer.accounts.service import Lock
from peer.core import work
from peer.core.keys import PrivateKey
from peer.policy.roles import Actor, Role

# Six figures in a row look like a number people could call, and are refused as a name.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")

PASSPHRASE = "river lamp seven bread"

ROLES = {
    "Noor": [Role.MEMBER],
    "Zed": [Role.MEMBER],
    "Sol": [Role.MEMBER],
    "Tess": [Role.MENTOR],
    "Uma": [Role.MENTOR],
    "Fay": [Role.FACILITATOR],
    "Mo": [Role.MODERATOR],
    "Mia": [Role.MODERATOR],
    "Cora": [Role.COORDINATOR],
    "Cleo": [Role.COORDINATOR],
    "Ada": [Role.ADMIN],
}


@cache
def lock() -> Lock:
    """What PASSPHRASE makes, once: it is slow on purpose."""
    return service.new_lock(PASSPHRASE)


def passphrase_hash() -> str:
    """The hash of PASSPHRASE."""
    return lock().passphrase_hash


def private_key(account: Account) -> PrivateKey:
    """What opens somebody's private parts, as after signing in with PASSPHRASE."""
    with work.begin(writes=False):
        vault = vault_of(account.id)
    if vault is None:
        with work.begin():
            return service.make_vault(account.id, lock())
    place = f"vaults|wrapped|{account.id}"
    if vault.salt == lock().salt:
        return PrivateKey.unwrapped(lock().under, vault.wrapped, place)
    proof = service.prove(account.id, PASSPHRASE)
    assert proof is not None
    assert proof.key is not None
    return proof.key


@dataclass(frozen=True)
class Cast:
    """The cast, made on demand: `cast.noor` is an Actor."""

    def __getattr__(self, name: str) -> Actor:
        if name.startswith("_") or name.title() not in ROLES:
            raise AttributeError(name)
        return self.actor(name)

    def account(self, name: str) -> Account:
        """The account of one of the cast, made now if it is not there yet."""
        with work.begin(writes=False):
            found = queries.account_named(name)
        if found is None:
            with work.begin():
                found = service.create_account(
                    name.title(), passphrase_hash(), ROLES[name.title()], timezone="Europe/London"
                )
        return found

    def newcomer(self, *roles: Role) -> Account:
        """Someone nobody has met: a member, or holding `roles`."""
        with work.begin():
            return service.create_account(
                f"Guest-{token_hex(4).translate(_LETTERS)}",
                passphrase_hash(),
                roles or (Role.MEMBER,),
            )

    def actor(self, name: str) -> Actor:
        """One of the cast, as policy sees them."""
        return queries.actor_from(self.account(name))

"""The people of every test, and how they come to be."""

from dataclasses import dataclass
from functools import cache
from secrets import token_hex

from peer.accounts import queries, service
from peer.accounts.models import Account
from peer.core import work
from peer.core.secrets import hash_passphrase
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
def passphrase_hash() -> str:
    """The hash of PASSPHRASE, made once: it is slow on purpose."""
    return hash_passphrase(PASSPHRASE)


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

"""The keys of this process: sealing and opening under the key of whoever wrote it."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from peer.core.keys import envelope
from peer.core.keys.keystore import KeyStore
from peer.core.keys.masters import MasterFile
from peer.core.secrets import keyed_hash
from peer.core.settings import Settings, SettingsError

HOUSE = "house"  # owner of the organisation's own texts
_MARKS = "marks"  # owner of the key that fingerprints are made with
_ID = 1  # of a data key among its owner's: they have one

_store: KeyStore | None = None


def configure(settings: Settings) -> None:
    """Use the key store and the master keys that this installation names."""
    global _store
    close()
    masters = MasterFile(settings.keys_path)
    masters.tidy()
    _store = KeyStore(settings.keys_database, masters)


def close() -> None:
    """Let go of every key and connection."""
    global _store
    if _store is not None:
        _store.close()
    _store = None


def is_configured() -> bool:
    """Whether a key store is in use."""
    return _store is not None


def store() -> KeyStore:
    """The key store in use."""
    if _store is None:
        raise RuntimeError("the key store is not configured yet")
    return _store


def check(*, in_use: bool) -> None:
    """SettingsError when the key store is not the one that the database was sealed under."""
    try:
        store().key_of(_MARKS, make=not in_use)
    except (envelope.Unreadable, envelope.WrongKeys):
        raise SettingsError(
            "  PEER_KEYS_FILE: these keys do not open this database. Bring back the key store and\n"
            "  the file of master keys that belong to it; without them nothing in it can be read."
        ) from None


def seal(owner: str, plain: bytes, place: str) -> bytes:
    """`plain` sealed under the key of `owner`, which is made if there is none yet.

    `place` is "table|column|row id". Unreadable when the owner's key was destroyed.
    """
    return envelope.close(store().key_of(owner, make=True), _ID, plain, place)


def unseal(owner: str, sealed: bytes, place: str) -> bytes:
    """What `seal` was given; Unreadable when it was changed or moved, or the key is destroyed."""
    return envelope.open_up(store().key_of(owner), sealed, place)


def fetch(owners: Iterable[str]) -> None:
    """Have the keys of many people at hand before opening what they wrote, one by one."""
    store().fetch(owners)


def destroy(owner: str) -> bool:
    """Destroy a key for good: what it sealed can be read nowhere; whether there was one."""
    return store().destroy(owner)


def fingerprint(*parts: str) -> str:
    """The same 64 characters for the same parts, for looking up what is stored sealed.

    Whoever has the database alone can neither read it nor try words against it.
    """
    return keyed_hash(store().key_of(_MARKS, make=True).hex(), *parts)


def rotate(*, keep: timedelta, say: Callable[[int, int], None]) -> int:
    """Wrap every key under a new master key, without stopping anything; how many there were.

    `say(done, of)` is told how far it is. Master keys retired longer ago than `keep` are dropped from their file.
    """
    return store().rotate(keep, say)

"""Keys: made once, wrapped by a master key, destroyed for good."""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.core import clock, keys
from peer.core.keys import envelope
from peer.core.settings import Settings, SettingsError, load
from tests.plugins.site import SECRET


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An installation of either kind with no key yet."""
    given = {} if request.param == "sqlite" else {"keys_database_url": _postgres(request)}
    settings = load(data_dir=tmp_path, secret_key=SECRET, database_url="", redis_url="", **given)
    keys.configure(settings)
    yield settings
    keys.close()


def _postgres(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres_url"))


def test_what_was_sealed_opens_in_its_place_and_nowhere_else(place: Settings) -> None:
    sealed = keys.seal("noor", b"a quiet word", "messages|text|1")
    assert keys.unseal("noor", sealed, "messages|text|1") == b"a quiet word"
    for owner, where in (("noor", "messages|text|2"), ("zed", "messages|text|1")):
        with pytest.raises(keys.Unreadable):
            keys.unseal(owner, sealed, where)


def test_destroyed_key_stays_destroyed(place: Settings) -> None:
    sealed = keys.seal("noor", b"a quiet word", "here")
    assert keys.destroy("noor")
    with pytest.raises(keys.Unreadable):
        keys.unseal("noor", sealed, "here")
    with pytest.raises(keys.Unreadable):
        keys.seal("noor", b"another", "here")
    assert not keys.destroy("noor")
    assert keys.store().owners() == set()


def test_two_at_once_get_the_same_new_key(place: Settings) -> None:
    others = [keys.ring.KeyStore(place.keys_database, keys.store().masters) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda store: store.key_of("noor", make=True), others))
    for store in others:
        store.close()
    assert len(set(found)) == 1


def test_rotation_wraps_every_key_anew_and_loses_nothing(place: Settings) -> None:
    sealed = {name: keys.seal(name, name.encode(), "here") for name in ("noor", "zed", "tess")}
    before = keys.store().masters.current()
    assert keys.rotate(keep=timedelta(days=7), say=lambda done, of: None) == 3
    keys.configure(place)
    assert keys.store().masters.current().id != before.id
    assert all(keys.unseal(name, text, "here") == name.encode() for name, text in sealed.items())


def test_retired_master_key_is_dropped_once_no_backup_needs_it(place: Settings) -> None:
    keys.seal("noor", b"word", "here")
    keys.rotate(keep=timedelta(days=7), say=lambda done, of: None)
    assert len(keys.store().masters.all()) == 2
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        keys.rotate(keep=timedelta(days=7), say=lambda done, of: None)
    assert len(keys.store().masters.all()) == 2
    assert keys.unseal("noor", keys.seal("noor", b"word", "here"), "here") == b"word"


def test_fingerprints_are_the_same_after_a_rotation(place: Settings) -> None:
    before = keys.fingerprint("accounts.username", "noor")
    keys.rotate(keep=timedelta(days=7), say=lambda done, of: None)
    keys.configure(place)
    assert keys.fingerprint("accounts.username", "noor") == before
    assert keys.fingerprint("accounts.username", "zed") != before


def test_file_of_master_keys_is_its_owners_alone(place: Settings) -> None:
    keys.seal("noor", b"word", "here")
    assert stat.S_IMODE(os.stat(place.keys_path).st_mode) == 0o600


@pytest.mark.parametrize("words", ["", "no key at all", "1 c2hvcnQ= 2026-11-26T00:00:00+00:00"])
def test_file_that_holds_no_keys_is_said_to_be_unusable(tmp_path: Path, words: str) -> None:
    path = tmp_path / "master.keys"
    path.write_text(words)
    keys.configure(load(data_dir=tmp_path, secret_key=SECRET, database_url="", redis_url=""))
    with pytest.raises(SettingsError, match="PEER_KEYS_FILE"):
        keys.seal("noor", b"word", "here")
    keys.close()


@given(plain=st.binary(max_size=300), place=st.text(max_size=40), flipped=st.integers(0, 10_000))
def test_anything_sealed_opens_and_one_changed_bit_is_noticed(
    plain: bytes, place: str, flipped: int
) -> None:
    key = envelope.new_key()
    sealed = envelope.close(key, 7, plain, place)
    assert sealed[0] == envelope.key_id_of(sealed) == 7
    assert envelope.open_up(key, sealed, place) == plain
    bit = flipped % (len(sealed) * 8)
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(keys.Unreadable):
        envelope.open_up(key, bytes(changed), place)


def test_private_key_seals_and_can_be_wrapped_and_never_shows_itself() -> None:
    key = keys.PrivateKey.new()
    sealed = key.seal("entries|text|1", "للكتابة")
    wrapper = envelope.new_key()
    again = keys.PrivateKey.unwrapped(
        wrapper, key.wrapped(wrapper, "vaults|key|noor"), "vaults|key|noor"
    )
    assert again.unseal("entries|text|1", sealed) == "للكتابة"
    assert key.raw.hex() not in repr(key)
    with pytest.raises(keys.Unreadable):
        keys.PrivateKey.new().unseal("entries|text|1", sealed)


def test_site_does_not_serve_what_its_keys_do_not_open(place: Settings) -> None:
    keys.fingerprint("somebody", "is here")
    keys.check(in_use=True)
    place.keys_path.unlink()
    keys.configure(place)
    with pytest.raises(SettingsError, match="do not open this database"):
        keys.check(in_use=True)


def test_site_does_not_serve_a_database_whose_key_store_is_empty(place: Settings) -> None:
    with pytest.raises(SettingsError, match="do not open this database"):
        keys.check(in_use=True)
    keys.check(in_use=False)


def test_two_rotations_at_once_both_end_and_lose_nothing(place: Settings) -> None:
    sealed = {f"p{n}": keys.seal(f"p{n}", b"word", "here") for n in range(30)}
    stores = [
        keys.ring.KeyStore(place.keys_database, keys.masters.MasterFile(place.keys_path))
        for _ in range(2)
    ]
    with ThreadPoolExecutor(2) as pool:
        rounds = [
            pool.submit(store.rotate, timedelta(0), lambda done, of: None) for store in stores
        ]
        assert [each.result(timeout=30) for each in rounds] == [30, 30]
    for store in stores:
        store.close()
    keys.configure(place)
    assert all(keys.unseal(owner, text, "here") == b"word" for owner, text in sealed.items())


def test_half_file_of_somebody_who_was_killed_goes_when_the_site_starts(place: Settings) -> None:
    keys.seal("noor", b"word", "here")
    half = place.keys_path.parent / ".keys-abcd1234"
    half.write_bytes(place.keys_path.read_bytes())
    keys.configure(place)
    assert not half.exists()
    assert keys.store().masters.all()


def test_half_file_goes_with_a_rotation_and_not_while_somebody_writes(place: Settings) -> None:
    keys.seal("noor", b"word", "here")
    half = place.keys_path.parent / ".keys-abcd1234"
    half.write_bytes(place.keys_path.read_bytes())
    with keys.masters.MasterFile(place.keys_path).alone():
        half.write_bytes(place.keys_path.read_bytes())  # this is how it writes
        keys.configure(place)
        assert half.exists()
    keys.rotate(keep=timedelta(days=7), say=lambda done, of: None)
    assert not half.exists()


def test_master_key_is_not_dropped_while_the_clock_and_its_file_disagree(place: Settings) -> None:
    sealed = keys.seal("noor", b"word", "here")
    keys.rotate(keep=timedelta(days=7), say=lambda done, of: None)
    with clock.stopped_at(clock.now() + timedelta(days=900)):
        keys.store().masters.add()  # a rotation that was cut off, with the clock far ahead
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        keys.rotate(keep=timedelta(days=7), say=lambda done, of: None)
    assert len(keys.store().masters.all()) == 4
    assert keys.unseal("noor", sealed, "here") == b"word"


def test_master_key_retired_in_a_time_to_come_is_dropped_in_its_time(place: Settings) -> None:
    keys.seal("noor", b"word", "here")
    first = keys.store().masters.current().key
    with clock.stopped_at(clock.now() + timedelta(days=900)):
        keys.rotate(keep=timedelta(days=7), say=lambda done, of: None)
    keys.rotate(keep=timedelta(days=7), say=lambda done, of: None)
    retired = {each.key: each.retired_at for each in keys.store().masters.all().values()}
    when = retired[first]
    assert when is not None
    assert when <= clock.now()

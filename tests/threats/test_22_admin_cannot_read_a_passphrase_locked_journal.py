"""Somebody who owns the server tries to read what Noor keeps for herself, and cannot.

They have every file of the installation, the keys, the secret, every row of every table, and an
admin's account. They do what one would do with them.
"""

import base64
import binascii
import hashlib
import hmac
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.accounts.models import RecoveryCode
from peer.accounts.queries.vaults import vault_of
from peer.accounts.queries.ways_back import bare
from peer.accounts.service.codes import make_codes
from peer.core import keys, work
from peer.core.db import new_id
from peer.core.keys import PrivateKey, Unreadable
from peer.core.keys.keystore import data_keys
from peer.core.secrets import passphrase_key, token_key
from peer.core.settings import Settings
from peer.wellbeing.models import PrivatePage, place
from tests.accounts.test_signing_in import sign_in
from tests.cast import PASSPHRASE, Cast
from tests.wellbeing.pages import puts, rows

JOURNAL, SENTENCE, STEP = "cardamom-marigold-lantern", "thistle-harbour-wren", "ferry-quince-moss"
MOOD = "heavy"


def test_admin_cannot_read_a_passphrase_locked_journal_even_with_db_and_server_key(
    settings: Settings,
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    post: Callable[..., TestResponse],
    cast: Cast,
) -> None:
    noor = cast.account("noor")
    assert sign_in(client, "noor").status_code == 303
    page_id = new_id()
    post(client, "/own/notes/new", {"words": JOURNAL, "page_id": page_id})
    post(client, "/own/today", {"today": MOOD, "words": SENTENCE})
    puts(client, post, "next", STEP)
    for page in (f"/own/notes/{page_id}", "/own/days", "/own/plan"):
        assert client.get(page).status_code == 200

    with work.begin():
        codes = make_codes(cast.noor, _key_of(noor.id))

    # The words lie nowhere, in no way of writing them down.
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert any(path.name == "peer.db" for path in files)
    for path in files:
        held = path.read_bytes()
        for word in (JOURNAL, SENTENCE, STEP):
            assert not [way for way in _written(word) if way in held], (path.name, word)
    for row in rows():
        assert MOOD.encode() not in bytes(row.label) + bytes(row.body)

    # Nothing that the server has opens them, nor the key that does.
    loot = {*_cells(files), *_lines(files), *_data_keys(), settings.secret_key.encode()}
    tried = set(_keys(loot, settings.secret_key.encode()))
    assert len(loot) > 30
    assert _break_in(noor.id, tried) == []
    assert _break_in(noor.id, set(_stretched(noor.id, loot))) == []

    # An admin's account does not either.
    ada = signed_in("ada")
    for way in ("", "/edit", "/remove"):
        assert ada.get(f"/own/notes/{page_id}{way}").status_code == 404
    for page in ("/own", "/own/notes", "/own/days", "/own/plan", f"/people/{noor.id}"):
        shown = ada.get(page).get_data(as_text=True)
        assert not any(word in shown for word in (JOURNAL, SENTENCE, STEP)), page

    # Her passphrase opens them, and so do the token that only her browser has and a code that is
    # only on her paper. This also shows
    # that the burglar's tools work: with one right key among the wrong ones they get in.
    key = _key_of(noor.id)
    cookie = client.get_cookie("s")
    assert cookie is not None
    assert _page_with(JOURNAL, key)
    assert len(_break_in(noor.id, {key.raw, *tried})) == len(rows()) == 3
    assert len(_break_in(noor.id, {token_key(cookie.value, "session"), *tried})) == 3
    assert len(_break_in(noor.id, {token_key(bare(codes[0]), "recovery"), *tried})) == 3


def _key_of(account_id: str) -> PrivateKey:
    """What her passphrase opens."""
    proof = service.prove(account_id, PASSPHRASE)
    assert proof is not None
    assert proof.key is not None
    return proof.key


def _written(word: str) -> list[bytes]:
    """A word as it could lie in a file."""
    plain = word.encode()
    shifts = [base64.b64encode(b"_" * n + plain)[4:-4] for n in range(3)]
    return [plain, word.encode("utf-16-le"), binascii.hexlify(plain), plain[::-1], *shifts]


def _cells(files: list[Path]) -> Iterator[bytes]:
    """Every value of every row of every table in every database file."""
    for path in files:
        if not path.read_bytes().startswith(b"SQLite format 3"):
            continue
        with closing(sqlite3.connect(path)) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    for cell in row:
                        if isinstance(cell, bytes | str) and cell:
                            yield cell if isinstance(cell, bytes) else cell.encode()


def _lines(files: list[Path]) -> Iterator[bytes]:
    """Every word of every small file beside the databases, such as the one with the keys."""
    for path in files:
        held = path.read_bytes()
        if not held.startswith(b"SQLite format 3") and len(held) < 100_000:
            yield from held.split()


def _data_keys() -> list[bytes]:
    """Every person's data key and the house's, as the master keys open them."""
    with keys.store().engine.connect() as store:
        owners = store.execute(select(data_keys.c.owner)).scalars().all()
    assert len(owners) > 1
    return [keys.store().key_of(owner) for owner in owners]


def _keys(loot: set[bytes], secret: bytes) -> Iterator[bytes]:
    """Every key of 32 bytes that loot holds or leads to without its person's help."""
    for piece in loot:
        for raw in (piece, *_decoded(piece)):
            yield from (raw[at : at + 32] for at in range(min(len(raw) - 31, 200)))
            yield hashlib.sha256(raw).digest()
            yield hmac.digest(secret, raw, "sha256")
            yield hmac.digest(raw, secret, "sha256")
        if len(piece) < 200:
            yield token_key(piece.decode("utf-8", "replace"), "session")


def _decoded(piece: bytes) -> Iterator[bytes]:
    for part in {piece, *piece.split(b"$"), *piece.split(b".")}:
        for decode in (binascii.unhexlify, _base64):
            try:
                yield decode(part)
            except (ValueError, binascii.Error):
                continue


def _base64(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part.replace(b"+", b"-").replace(b"/", b"_") + b"==")


def _stretched(account_id: str, loot: set[bytes]) -> Iterator[bytes]:
    """What argon2id makes of what might stand in for the passphrase: few, for it is slow."""
    with work.begin(writes=False):
        vault, account = vault_of(account_id), queries.account_with(account_id)
        (row,) = queries.sessions_of(account_id)
    assert vault is not None
    hashed = account.passphrase_hash
    assert hashed.encode() in loot
    for guess in (hashed, hashed.rpartition("$")[2], row.token_hash, account.name, ""):
        yield passphrase_key(guess, vault.salt)


def _break_in(account_id: str, tried: set[bytes]) -> list[str]:
    """The pages that the keys open, by themselves or by way of the wrapped private key."""
    with work.begin(writes=False):
        vault, sessions = vault_of(account_id), queries.sessions_of(account_id)
    assert vault is not None
    wrapped = [(vault.wrapped, f"vaults|wrapped|{account_id}")]
    wrapped += [(row.private, f"sessions|private|{row.id}") for row in sessions if row.private]
    with work.begin(writes=False) as session:
        for code in session.scalars(select(RecoveryCode)):
            wrapped.append((code.wrapped, f"recovery_codes|wrapped|{code.id}"))
    assert len(wrapped) == 12
    found = {PrivateKey(raw) for raw in tried if len(raw) == 32}
    found |= {inner for key in found for inner in _unwrapped(key.raw, wrapped)}
    return [row.id for row in rows() if any(_opens(key, row) for key in found)]


def _unwrapped(under: bytes, wrapped: list[tuple[bytes, str]]) -> Iterator[PrivateKey]:
    for sealed, where in wrapped:
        try:
            yield PrivateKey.unwrapped(under, sealed, where)
        except Unreadable:
            continue


def _opens(key: PrivateKey, row: PrivatePage) -> bool:
    for column, sealed in (("label", row.label), ("body", row.body)):
        try:
            key.unseal(place(row.id, column), sealed)
        except Unreadable:
            continue
        return True
    return False


def _page_with(word: str, key: PrivateKey) -> bool:
    return any(word in str(row.open_body(key)) for row in rows())

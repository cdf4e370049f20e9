"""Hashing is slow on purpose: it waits in a line of its own, which is short."""

import threading
import time

import pytest

from peer.core import secrets
from peer.core.errors import SlowDown


def test_more_than_can_be_hashed_soon_are_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secrets, "WAITING", 3)
    done = threading.Event()
    people = [
        threading.Thread(target=secrets.off_the_hub, args=(lambda: done.wait(10),))
        for _ in range(secrets.AT_ONCE + 3)
    ]
    for each in people:
        each.start()
    while secrets._asked < len(people):
        time.sleep(0.001)
    with pytest.raises(SlowDown) as busy:
        secrets.hash_passphrase("river lamp seven bread")
    assert busy.value.retry_ms == 3000
    assert "busy here" in busy.value.message
    done.set()
    for each in people:
        each.join()
    stored = secrets.hash_passphrase("river lamp seven bread")
    assert secrets.passphrase_fits(stored, "river lamp seven bread")
    assert not secrets.passphrase_fits(stored, "river lamp seven bred")

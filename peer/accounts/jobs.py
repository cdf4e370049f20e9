"""By the clock: sessions that have run out end, unanswered questions close, old things go."""

import structlog
from flask import current_app

from peer.accounts import broadcast, service
from peer.accounts.queries import erasures
from peer.accounts.sessions import Sessions
from peer.core import keys, logs, queue, work
from peer.core.db import database

log = structlog.get_logger("accounts")

_PORTIONS = 2_000  # of one feature in one sweep; the rest waits for the next


@queue.sweep("accounts.sessions")
def end_expired_sessions() -> None:
    """Cut what idles: an open page must not go on receiving after its session is over."""
    interface = current_app.session_interface
    assert isinstance(interface, Sessions)
    interface.end_expired()
    with work.begin():
        broadcast.forget_old()


@queue.sweep("accounts.acts")
def close_unanswered_acts() -> None:
    """What waited too long for a second person is closed, and who asked is told."""
    with work.begin():
        service.expire_acts()


@queue.job("accounts.erase")
def erase(erasure_id: str) -> None:
    """Destroy what an erased account left, feature by feature, its key last; then look for it."""
    for holding in reversed(service.holdings()):
        with work.begin():
            service.erase_part(erasure_id, holding.feature)
    service.destroy_key(erasure_id)
    _leave_no_bytes()
    left = service.check(erasure_id)
    log.info("erased", count=left)


@queue.sweep("accounts.erasures")
def finish_erasures() -> None:
    """What a stopped worker left half done; accounts that an old backup brought back; old cases."""
    with work.begin(writes=False):
        returned = erasures.returned()
    for account_id in returned:
        try:
            with work.begin():
                service.erase_again(account_id)
        except Exception as error:  # noqa: BLE001
            _say_failed(error)
    with work.begin(writes=False):
        waiting = [*erasures.unfinished_erasures(), *service.bury()]
    for erasure_id in waiting:
        try:
            erase(erasure_id)
        except Exception as error:  # noqa: BLE001
            _say_failed(error)


def _say_failed(error: Exception) -> None:
    """One that fails is tried again by the next sweep; nobody else's waits for it."""
    log.error("erasing_failed", kind=type(error), where=logs.where(error.__traceback__))


def _leave_no_bytes() -> None:
    """What was deleted is to be in no file either; what is in use just now waits for the sweep."""
    database.scrub()
    queue.scrub()
    keys.store().tidy()


@queue.sweep("accounts.retention", minute="17")
def delete_what_had_its_time() -> None:
    """Every hour, feature by feature and in portions; twice or late does no harm."""
    deleted: dict[str, int] = {}
    for holding in service.holdings():
        for what, count in _expired(holding.feature).items():
            deleted[what] = count
            log.info("expired", what=what, count=count)
    if deleted:
        _leave_no_bytes()


def _expired(feature: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for _ in range(_PORTIONS):
        with work.begin():
            found = service.expire(feature)
        if not found:
            break
        for what, count in found.items():
            total[what] = total.get(what, 0) + count
    return total


@queue.job("accounts.destroy_key")
def destroy_key(account_id: str) -> None:
    """Destroy a key that two people decided to destroy; again does no harm."""
    keys.destroy(account_id)

"""A port to the inbox, which stands above accounts: the app fills it."""

from collections.abc import Callable
from typing import Protocol


class Notify(Protocol):
    """Leaves a person a notice, whose message and `_words` are marked for translation."""

    def __call__(self, account_id: str, message: str, *, href: str = "", **params: str) -> None: ...


_notify: Notify | None = None
_settle: Callable[[str], None] | None = None


def tell_through(notify: Notify, settle: Callable[[str], None]) -> None:
    """Have notices of accounts left with `notify`; `settle` takes back those of an address."""
    global _notify, _settle
    _notify, _settle = notify, settle


def tell(account_id: str | None, message: str, *, href: str = "", **params: str) -> None:
    """Leave a person a notice; nothing happens for somebody who has left."""
    if account_id is not None and _notify is not None:
        _notify(account_id, message, href=href, **params)


def settle(href: str) -> None:
    """Nobody need look at what led to `href` any more."""
    if _settle is not None:
        _settle(href)

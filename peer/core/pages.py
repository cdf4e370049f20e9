"""What stands in addresses: numbers that one may carry, and the whole of one for elsewhere."""

from flask import current_app, request


def number(name: str, *, most: int = 10_000) -> int | None:
    """The whole number from 1 to `most` under `name` in the address; None when there is none.

    Anything else is as good as nothing: addresses are typed, shortened and tampered with.
    """
    given = request.args.get(name, type=int)
    return given if given is not None and 1 <= given <= most else None


def full(path: str) -> str:
    """The whole address of a page, to be opened from outside: where the installation says it is."""
    known = current_app.config["PEER"].public_url
    return f"{known or request.host_url.rstrip('/')}{path}"

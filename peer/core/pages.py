"""Numbers that an address may carry."""

from flask import request


def number(name: str, *, most: int = 10_000) -> int | None:
    """The whole number from 1 to `most` under `name` in the address; None when there is none.

    Anything else is as good as nothing: addresses are typed, shortened and tampered with.
    """
    given = request.args.get(name, type=int)
    return given if given is not None and 1 <= given <= most else None

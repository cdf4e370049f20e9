"""Codes that people copy by hand: easy to read aloud, hard to misread."""

import secrets

# Without I, L, O and U: 5 bits a sign.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUP = 4


def new_code(groups: int) -> str:
    """A random code of groups of four signs, 20 bits each."""
    return "-".join(
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(groups)
    )

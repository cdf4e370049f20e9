"""Keys: every person's own, and what is sealed under them.

What people write is stored sealed: AES-256-GCM under a data key of the person who wrote it. Data
keys lie in the key store, a database of its own, wrapped by master keys from a file of their own
(`PEER_KEYS_FILE`). Destroying a person's data key makes their words unreadable everywhere, also
in old backups. The organisation's own texts have a key as well: `HOUSE`.
"""

from peer.core.keys.columns import SealedJson, SealedText, sealed_in
from peer.core.keys.envelope import Unreadable, WrongKeys
from peer.core.keys.private import PrivateKey
from peer.core.keys.ring import (
    HOUSE,
    check,
    close,
    configure,
    destroy,
    fetch,
    fingerprint,
    is_configured,
    rotate,
    seal,
    store,
    unseal,
)

__all__ = [
    "HOUSE",
    "PrivateKey",
    "SealedJson",
    "SealedText",
    "Unreadable",
    "WrongKeys",
    "check",
    "close",
    "configure",
    "destroy",
    "fetch",
    "fingerprint",
    "is_configured",
    "rotate",
    "seal",
    "sealed_in",
    "store",
    "unseal",
]

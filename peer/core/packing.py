"""Answers packed for slow lines, where how small they become tells nobody anything.

Our own files hold no secrets and are packed once. A page is packed only where its own person went to
it, by hand or from another page of ours: somebody who watches the line and makes a browser ask again and
again (BREACH, Gluck, Harris and Prado 2013) asks from another site, which a browser says. What it
says nothing of is not packed, nor is any answer to a form. A random length is added to each page,
and the tokens of forms differ from second to second.
"""

import gzip
import secrets
import zlib
from functools import cache
from pathlib import Path

from flask import Request, Response

_FILES = {"text/css", "text/javascript", "image/svg+xml"}
_SMALL = 1_400  # bytes that go into one packet as they are
_PADDING = 100  # bytes at most that are added, as a file's name that nobody reads
_OWN_STEPS = {"same-origin", "none"}  # Fetch Metadata, W3C: not from anywhere else


def pack_file(request: Request, response: Response, path: Path) -> Response:
    """One of our own files, packed if the browser can open it."""
    response.headers["Vary"] = "Accept-Encoding"
    fits = response.status_code == 200 and response.mimetype in _FILES
    if not fits or not _takes(request):
        return response
    response.direct_passthrough = False
    response.close()
    response.set_data(_packed_file(path))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    response.set_etag(tag or "", weak=True)  # the same file in another wrapping
    response.headers.pop("Accept-Ranges", None)
    return response


@cache
def _packed_file(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def pack_page(request: Request, response: Response) -> Response:
    """A page that its own person went to, packed if the browser can open it."""
    plain = (
        request.method != "GET"
        or response.status_code != 200
        or response.mimetype != "text/html"
        or request.headers.get("Sec-Fetch-Site") not in _OWN_STEPS
        or not _takes(request)
        or not response.is_sequence
        or "Content-Encoding" in response.headers
    )
    if plain or len(response.get_data()) <= _SMALL:
        return response
    response.set_data(_padded(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def _takes(request: Request) -> bool:
    return request.accept_encodings.quality("gzip") > 0


def _padded(data: bytes) -> bytes:
    """Gzip (RFC 1952) with a file name of random length, which whoever opens it passes over."""
    name = secrets.token_hex(_PADDING)[: secrets.randbelow(_PADDING) + 1].encode()
    head = b"\x1f\x8b\x08\x08" + bytes(4) + b"\x00\xff" + name + b"\x00"
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return head + body + tail

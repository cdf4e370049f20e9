"""Answers packed for slow lines, where how small they become tells nobody anything.

Our own files hold no secrets and are packed once. A page is packed only where its own person went to
it, by hand or from another page of ours: somebody who watches the line and makes a browser ask again and
again (BREACH, Gluck, Harris and Prado 2013) asks from another site, which a browser says. What it
says nothing of is not packed, nor is any answer to a form. A random length is added to each page,
and the tokens of forms differ from second to second.
"""

import gzip
import mimetypes
import re
import secrets
import zlib
from collections.abc import Callable
from functools import cache
from hashlib import sha256

import brotli
from flask import Flask, Request, Response, request

from peer.core import joining, paths

# The smallest first.
_PACKED: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: bytes(brotli.compress(data, quality=11, lgwin=18)),
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
}
_SOME_EDITION = re.compile(r"[0-9a-f]{12}/")
_SMALL = 1_400  # bytes that go into one packet as they are
_PADDING = 100  # bytes at most that are added, where nobody reads them
_OWN_STEPS = {"same-origin", "none"}  # Fetch Metadata, W3C: not from anywhere else


def init_app(app: Flask) -> None:
    """Serve our files at addresses that change with them, so that browsers ask for each once.

    A page from before an update, or from a process not yet updated, is given what there is now.
    """

    def name_edition(endpoint: str, values: dict[str, str]) -> None:
        if endpoint == "static":
            values["filename"] = f"{paths.edition()}/{values['filename']}"

    def file(filename: str) -> Response:
        name = _SOME_EDITION.sub("", filename, count=1)
        lasting = filename == f"{paths.edition()}/{name}"
        answer = our_file(request, name, lasting=lasting) or app.send_static_file(name)
        return without_marks(answer) if lasting else answer

    app.after_request(lambda answer: pack_page(request, answer))
    app.url_defaults(name_edition)
    app.view_functions["static"] = file


def our_file(request: Request, address: str, *, lasting: bool) -> Response | None:
    """One of our style sheets, scripts or drawings, packed as well as the browser can open it.

    `lasting`: the address changes with the file, so that nobody asks whether it has changed.
    """
    if not joining.is_there(address):
        return None
    packing = next((each for each in _PACKED if _takes(request, each)), "")
    kind = mimetypes.guess_type(address)[0]
    response = Response(_packed_file(address, packing), mimetype=kind)
    response.headers["Vary"] = "Accept-Encoding"
    if packing:
        response.headers["Content-Encoding"] = packing
    if not lasting:
        mark = sha256(joining.joined(address)).hexdigest()[:16]
        response.set_etag(mark, weak=True)  # the same in whatever wrapping
        response.make_conditional(request)
    return response


def without_marks(response: Response) -> Response:
    """A file that is never asked for again: by what it would be known says nothing."""
    for name in ("ETag", "Last-Modified", "Content-Disposition"):
        response.headers.pop(name, None)
    return response


@cache
def _packed_file(address: str, packing: str) -> bytes:
    return _PACKED.get(packing, bytes)(joining.joined(address))


def pack_page(request: Request, response: Response) -> Response:
    """A page that its own person went to, packed if the browser can open it."""
    packing = next((each for each in _PADDED if _takes(request, each)), "")
    plain = (
        request.method != "GET"
        or response.status_code != 200
        or response.mimetype != "text/html"
        or request.headers.get("Sec-Fetch-Site") not in _OWN_STEPS
        or not packing
        or not response.is_sequence
        or "Content-Encoding" in response.headers
    )
    if plain or len(response.get_data()) <= _SMALL:
        return response
    response.set_data(_PADDED[packing](response.get_data(), _padding()))
    response.headers["Content-Encoding"] = packing
    response.vary.add("Accept-Encoding")
    return response


def _takes(request: Request, packing: str) -> bool:
    return request.accept_encodings.quality(packing) > 0


def _padding() -> bytes:
    return secrets.token_hex(_PADDING)[: secrets.randbelow(_PADDING) + 1].encode()


def _padded_brotli(data: bytes, padding: bytes) -> bytes:
    """Brotli (RFC 7932) with a block of metadata at the end, which whoever opens it passes over."""
    packer = brotli.Compressor(quality=5, lgwin=18)  # smaller than gzip, and sooner done
    body = bytes(packer.process(data) + packer.flush())  # ends with a whole byte
    # Section 9.2: not the last block, metadata, its length in one byte; and an empty last block.
    head = (0b01_0_11_0 | (len(padding) - 1) << 6).to_bytes(2, "little")
    return body + head + padding + b"\x03"


def _padded_gzip(data: bytes, padding: bytes) -> bytes:
    """Gzip (RFC 1952) with a file name, which whoever opens it passes over."""
    head = b"\x1f\x8b\x08\x08" + bytes(4) + b"\x00\xff" + padding + b"\x00"
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    tail = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return head + body + tail


_PADDED = {"br": _padded_brotli, "gzip": _padded_gzip}

"""Headers of every answer, errors too: nothing from elsewhere, nothing kept, nothing framed.

They are put on at the very outside, so that answers which no page of ours made (sockets by
polling, refusals, the server's own) carry the same ones.
"""

from dataclasses import dataclass

from peer.core import paths

# Safari before 15.4 does not count wss:// of the same host as 'self': it is named as well.
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'{socket}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

# Passkeys, and copying words that are shown once, are for our own pages; everything else that a browser could lend is for nobody.
_OURS = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
_NOBODYS = [
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
]

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=(self)" for name in _OURS), *(f"{name}=()" for name in _NOBODYS)]
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-DNS-Prefetch-Control": "off",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
}
# Our style sheets, scripts, pictures and fonts: what a header says of windows, devices and
# framing means nothing for them; the page that asks for them says it.
OF_FILES = {
    "Cross-Origin-Resource-Policy": "same-origin",
    **{name: FIXED[name] for name in ("X-Content-Type-Options", "Referrer-Policy")},
}
# A drawing can be opened as a page.
OF_DRAWINGS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", **OF_FILES}
_TWO_YEARS = "max-age=63072000; includeSubDomains"


@dataclass
class Manner:
    """What of the headers an installation decides."""

    https: bool = False
    preload: bool = False

    def lines(self, *, host: str = "", path: str = "", status: int = 200) -> list[tuple[str, str]]:
        """The headers of one answer; `host` has been checked, or is left out."""
        found = {
            **(_of_files(path) if _is_file(path, status) else self._of_pages(host)),
            "Cache-Control": _kept(path, status),
        }
        if self.https:
            found["Strict-Transport-Security"] = _TWO_YEARS + ("; preload" if self.preload else "")
        return list(found.items())

    def _of_pages(self, host: str) -> dict[str, str]:
        socket = f" {'wss' if self.https else 'ws'}://{host}" if host else ""
        return {"Content-Security-Policy": _CSP.format(socket=socket), **FIXED}


def _of_files(path: str) -> dict[str, str]:
    return OF_DRAWINGS if path.endswith(".svg") else OF_FILES


def _is_file(path: str, status: int) -> bool:
    return path.startswith("/static/") and status in {200, 206, 304}


def _kept(path: str, status: int) -> str:
    """How long a browser may keep it: what people see never, our own files as long as they hold."""
    if not _is_file(path, status):
        return "no-store"
    if path.startswith(f"/static/{paths.edition()}/"):
        return "max-age=31536000, immutable"  # other files have another address
    return "no-cache"  # asked for again by its ETag


manner = Manner()

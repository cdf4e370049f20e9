"""Whether the site of this installation is running, asked from its own machine."""

import http.client
from ipaddress import IPv4Address

from peer.core.settings import Settings

_EVERYWHERE = {str(IPv4Address(0)), "::"}


def status(settings: Settings) -> int:
    """The status with which the site answers about its health; 0: nobody answers."""
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    line = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()

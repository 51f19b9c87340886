"""Who may use a route: pages of this server only, reached by an address that is this machine's.

A page of another site may send requests here, and its name may be pointed at this machine (DNS rebinding). The first
is told by its origin and by a header that no form can send; the second by a host that is a name we do not know.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request

from osxp_rag.errors import RequestError

HEADER = "X-OSXP"
_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-real-ip")  # what a proxy adds


def known_host(host: str) -> Callable[[Request], None]:
    """Return a dependency that refuses requests to a name that is not this machine's; `host` is one that is.

    Addresses are let through: only a name can be pointed elsewhere by others.
    """
    names = {"localhost", host.lower(), socket.gethostname().lower()}

    def check(request: Request) -> None:
        name = _host_name(request.headers.get("host", ""))
        if name not in names and not _is_address(name):
            raise RequestError(
                "not_allowed", f"{name!r} is not a name of this machine; open the chat by the address that it printed."
            )

    return check


def same_origin(request: Request) -> None:
    """Refuse a request that changes something unless a page of this server sent it.

    Raises:
        RequestError: `not_allowed`.
    """
    if request.headers.get(HEADER) != "1":
        raise RequestError("not_allowed", f"the header {HEADER}: 1 is missing.")
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none") or (origin is not None and not _is_here(origin, request)):
        raise RequestError("not_allowed", "the request comes from a page of another site.")


def from_here_only(host: str, request: Request) -> bool:
    """Return whether whoever sent a request sits at this machine: the server listens on it alone, behind no proxy."""
    if any(name in request.headers for name in _PASSED_ON):
        return False
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_here(origin: str, request: Request) -> bool:
    return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


def _host_name(host: str) -> str:
    """Return the name or address of a Host header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

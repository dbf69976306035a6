"""Why an exchange got no answer, in a deployer's words instead of those of three nested libraries."""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl

import requests
from urllib3 import exceptions as urllib3_errors

_BY_NUMBER = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.ECONNABORTED: "connection reset",
    errno.EPIPE: "connection reset",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to the network",
    errno.ETIMEDOUT: "timed out",
}
_SECONDS = re.compile(r"timeout=(?P<seconds>[0-9.]+)")


def plain(error: BaseException) -> str:
    """The innermost reason: ``connection refused``, ``timed out after 60 s``, …"""
    chain = list(_chain(error))
    for each in reversed(chain):
        if text := _known(each, chain):
            return text
    return _unknown(chain[-1])


def blamed(error: BaseException) -> str:
    """The component to blame where it is not the service that was asked: what stands on the way to it."""
    return next((str(each.component) for each in _chain(error) if isinstance(each, WayError)), "")


class WayError(OSError):
    """No connection came to be, and why.

    ``component`` is what stands on the way and is to blame; "" where the way is open, and it is the other end
    that takes nothing up.
    """

    def __init__(self, message: str, component: str = "") -> None:
        super().__init__(message)
        self.component = component


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while isinstance(error, BaseException) and error not in found:
        found.append(error)
        inner = [getattr(error, "reason", None), *error.args, error.__cause__]
        error = next((each for each in inner if isinstance(each, BaseException)), None)
    return found


def _known(error: BaseException, chain: list[BaseException]) -> str:
    if isinstance(error, http.client.IncompleteRead | urllib3_errors.IncompleteRead):
        return "the answer broke off"
    if isinstance(error, http.client.RemoteDisconnected):
        return "the connection was closed without an answer"
    if isinstance(error, requests.Timeout | urllib3_errors.TimeoutError | TimeoutError):
        return _timed_out(chain)
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or error}".replace("_", " ")
    if isinstance(error, socket.gaierror | urllib3_errors.NameResolutionError):
        return "the host name is not known"
    return _BY_NUMBER.get(error.errno or 0, "") if isinstance(error, OSError) else ""


def _timed_out(chain: list[BaseException]) -> str:
    said = next((match for each in reversed(chain) if (match := _SECONDS.search(str(each)))), None)
    after = f"{float(said['seconds'].rstrip('.')):g} s" if said else ""
    if any(isinstance(each, urllib3_errors.ConnectTimeoutError) for each in chain):
        return f"no connection within {after}" if after else "no connection in time"
    return f"timed out after {after}" if after else "timed out"


def _unknown(error: BaseException) -> str:
    """The innermost text without the addresses of Python objects."""
    text = str(error).rpartition(">: ")[2] or str(error)
    return text or type(error).__name__

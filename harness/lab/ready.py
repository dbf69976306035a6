"""Whether a lab that was just started does its work, found out by asking:
a token, lists, an object stored.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness.errors import LabError

_POLL = 0.03
_LISTS = {"image": "/images", "compute": "/servers", "volume": "/volumes"}


@dataclass(frozen=True)
class Login:
    """An account of the lab."""

    auth_url: str
    username: str
    password: str
    tenant_name: str


def wait_until_ready(login: Login, alive: Callable[[], None], limit: float) -> None:
    """Ask until everything answers as it should;
    ``alive`` raises ``LabError`` once the lab's process has ended.

    Raises ``LabError`` with the last thing that did not answer.
    """
    deadline = time.monotonic() + limit
    while True:
        alive()
        try:
            _ask_all(login)
            return
        except (OSError, http.client.HTTPException, _NotYet) as error:
            if time.monotonic() > deadline:
                raise LabError(f"the lab is not ready after {limit:.0f} s: {error}") from None
            time.sleep(_POLL)


class _NotYet(Exception):  # noqa: N818 - a state, not a mistake
    """An answer that is not the one of a cloud that works."""


def _ask_all(login: Login) -> None:
    credentials = {"username": login.username, "password": login.password}
    auth = {"auth": {"passwordCredentials": credentials, "tenantName": login.tenant_name}}
    body = json.dumps(auth).encode()
    access = json.loads(_ask("POST", f"{login.auth_url}/tokens", {"Content-Type": "application/json"}, body))[
        "access"
    ]
    token = {"X-Auth-Token": access["token"]["id"]}
    urls: dict[str, str] = {row["type"]: row["endpoints"][0]["publicURL"] for row in access["serviceCatalog"]}
    for kind, path in _LISTS.items():
        if kind in urls:
            _ask("GET", urls[kind] + path, token)
    if "object-store" in urls:
        _store(urls["object-store"], token)


def _store(account: str, token: Mapping[str, str]) -> None:
    """Store an object and remove it again."""
    container = f"{account}/lab-is-ready"
    _ask("PUT", container, token)
    _ask("PUT", f"{container}/yes", token, b"yes")
    _ask("DELETE", f"{container}/yes", token)
    _ask("DELETE", container, token)


def _ask(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    status, content = ask(method, url, headers, body)
    if status >= 300:
        raise _NotYet(f"{method} {url}: {status}")
    return content


def ask(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
    """Status and body of one exchange; raises ``OSError`` or ``HTTPException`` where there is none."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request(
            method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers)
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def control(method: str, url: str) -> Any:
    """An answer of the control address; raises ``LabError`` with what it says is wrong."""
    try:
        status, body = ask(method, url, {})
        found = json.loads(body) if body else None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise LabError(f"the lab's control address does not answer ({url}): {error}") from None
    if status >= 400:
        raise LabError(found.get("error", f"{status}") if isinstance(found, dict) else f"{url}: {status}")
    return found

"""Obey rate limits: what a service refused for coming too often is asked again when it says so, not earlier.

Only such a refusal is repeated: a service that says 413 with Retry-After has surely not done anything. The
processes of a run queue up, so that each gets its turn however many there are.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import requests

from harness.clients.trail import Trail

MOST = 90.0
"""Seconds that one call waits at most, by what the service says."""
_SLACK = 1.0
"""Essex cuts the seconds that it says to whole ones."""
_LONGEST = 24 * 3600.0


def retry_after(status: int | None, headers: Mapping[str, str], body: bytes) -> float | None:
    """The seconds after which a request that came too often may come again; None for any other answer.

    Essex answers 413 for both: ``overLimitFault`` with Retry-After is the rate, ``overLimit`` the quota.
    """
    if status not in (413, 429):
        return None
    try:
        after = float(headers.get("Retry-After", 0))
    except ValueError:
        after = 0.0
    after = min(max(after, 0.0), _LONGEST) if after == after else 0.0  # NaN compares with nothing
    return after if status == 429 or after > 0 or b'"overLimitFault"' in body[:200] else None


class Turns:
    """Who waits first for a rate limit: one process of a run at a time and tenant.

    ``path`` is a file that all of them can lock; without one, nobody else is waited for.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Wait until nobody else waits for the same place, and keep it meanwhile."""
        if self.path is None:
            yield
            return
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(file, fcntl.LOCK_EX, 1, _place(url))
            yield
        finally:
            os.close(file)


class Obeying:
    """Sends a request until the service does not refuse it for its rate, ``most`` seconds in all."""

    def __init__(
        self,
        trail: Trail,
        turns: Turns | None = None,
        most: float = MOST,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.trail = trail
        self.turns = turns or Turns()
        self.most = most
        self.sleep = sleep

    def send(
        self, request: requests.PreparedRequest, send: Callable[[], requests.Response]
    ) -> requests.Response:
        """What ``send`` gives in the end; a body that can be read only once is sent once."""
        response = send()
        after = _after(response)
        if after is None or after > self.most or not isinstance(request.body, str | bytes | None):
            return response
        begin, outcome = time.monotonic(), "raised"
        try:
            with self.trail.held_up(), self.turns.turn(request.url or ""):
                response = self._again(response, after, send)
            outcome = "reached" if _after(response) is None else "timeout"
        finally:
            lasted = round(time.monotonic() - begin, 3)
            self.trail.write(
                "wait",
                what="rate limit",
                goal=f"{request.method} is let through",
                limit=self.most,
                outcome=outcome,
                transitions=[["rate limited", lasted]],
                seconds=lasted,
            )
        return response

    def _again(
        self, response: requests.Response, after: float, send: Callable[[], requests.Response]
    ) -> requests.Response:
        left = self.most
        again: float | None = after
        while again is not None and again <= left:
            self.sleep(again + _SLACK)
            left -= max(again, _SLACK)
            response = send()
            again = _after(response)
        return response


def _after(response: requests.Response) -> float | None:
    return retry_after(response.status_code, response.headers, response.content)


def _place(url: str) -> int:
    """One number for each service and tenant: a limit is a user's, and a user has one tenant here."""
    parts = urlsplit(url)
    return crc32("/".join([parts.netloc, *parts.path.split("/")[1:3]]).encode()) & 0x7FFFFFFF

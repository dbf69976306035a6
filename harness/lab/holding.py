"""Hold one answer back: for tests that must stop a client between its request and the answer.

The request is carried out; the answer waits until it is released. Requests of all services count together,
from the moment a hold is asked for: all of them, or those of one method and path.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Hold:
    """Which request is held: the ``at``-th from now, 0 for none; ``reached`` once it is.

    ``method`` (empty: any) and ``path`` (a regular expression over the whole path) say which requests count.
    """

    at: int = 0
    method: str = ""
    path: str = ".*"
    count: int = 0
    reached: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def arm(self, at: int, method: str = "", path: str = ".*") -> None:
        """Count anew and hold the ``at``-th answer."""
        self.release()
        self.at, self.count, self.reached = at, 0, False
        self.method, self.path = method, path
        self.released = asyncio.Event()

    def release(self) -> None:
        """Let the held answer go and hold no more."""
        self.at = 0
        self.released.set()

    def due(self, method: str, path: str) -> bool:
        """Count a request; whether it is the one to hold."""
        if self.method not in ("", method) or not re.fullmatch(self.path, path):
            return False
        self.count += 1
        return self.at != 0 and self.count == self.at


class Holding:
    """Wraps the ASGI app of a service."""

    def __init__(self, app: ASGIApp, hold: Hold) -> None:
        self.app = app
        self.hold = hold

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http" or not self.hold.due(scope["method"], scope["path"]):
            await self.app(scope, receive, send)
            return

        async def later(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.hold.reached = True
                await self.hold.released.wait()
            await send(message)

        await self.app(scope, receive, later)

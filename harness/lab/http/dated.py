"""The Date of every answer, from the clock of the lab's cloud."""

from __future__ import annotations

from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.lab.world import Clock


class Dated:
    """Adds a ``Date`` to the answers of ``app`` that have none; last, as Essex's servers do."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                rows = list(message["headers"])
                if not any(name.lower() == b"date" for name, _ in rows):
                    rows.append((b"Date", format_datetime(self.clock.now(), usegmt=True).encode()))
                message = {**message, "headers": rows}
            await send(message)

        await self.app(scope, receive, dated)

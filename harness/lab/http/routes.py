"""A small router with the manners of Essex:
an unknown path and a wrong method are both 404, in plain text or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harness.lab.http.answers import Stop, text_error

Handler = Callable[[Request], Awaitable[Response]]


async def not_found(request: Request) -> Response:
    """The route-level 404."""
    return text_error(request, 404)


class Routes:
    """Routes in order of adding; ``/v2.0/tokens/{token}`` matches one part a name, ``{rest:path}`` all."""

    def __init__(self, missing: Handler = not_found) -> None:
        self.missing = missing
        self._rows: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        """Answer ``method`` on ``pattern`` (``*`` for any method) with ``handler``."""
        parts = re.split(r"(\{\w+(?::path)?\})", pattern)
        self._rows.append((method, re.compile("".join(map(_expression, parts))), handler))

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]]:
        """The handler of a request and the named parts of its path."""
        for wanted, expression, handler in self._rows:
            match = expression.fullmatch(path) if wanted in ("*", method) else None
            if match:
                return handler, match.groupdict()
        return self.missing, {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        handler, parts = self.find(scope["method"], scope["path"])
        request = Request({**scope, "path_params": parts}, receive, send)
        try:
            response = await handler(request)
        except Stop as stop:
            response = stop.response
        await response(scope, receive, send)


def _expression(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name, _, kind = part[1:-1].partition(":")
    return f"(?P<{name}>{'.*' if kind == 'path' else '[^/]+'})"


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return

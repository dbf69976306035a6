"""Reading what a client sends, never more than a bound."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from harness.lab.http.answers import Stop, text_error

JSON_LIMIT = 1 << 20


async def read_body(request: Request, limit: int = JSON_LIMIT) -> bytes:
    """The whole body; a longer one than ``limit`` bytes ends the request with 413."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise Stop(text_error(request, 413))
        parts.append(part)
    return b"".join(parts)


async def read_json(request: Request, limit: int = JSON_LIMIT) -> Any:
    """The body as JSON; raises ``ValueError`` when it is none (each service answers that in its own way)."""
    raw = await read_body(request, limit)
    try:
        return json.loads(raw.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error

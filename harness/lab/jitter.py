"""A cloud that is sound and uneven: every answer, and every state of a machine, takes longer by chance.

For tests and demos: a verdict must not depend on it. The draws come from one seeded generator; in which order
concurrent requests take them is up to chance all the same.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harness.lab.world import World

_KEY = "jitter"
_FILTER = "harness.lab.objects.late:factory"
LONGEST = 60.0
"""Seconds; more is no jitter but a dead cloud."""


@dataclass
class Jitter:
    """How many seconds longer something may take: evenly between none and ``most``."""

    most: float = 0.0
    seed: int = 0
    chance: random.Random = field(default_factory=random.Random)

    def begin(self, most: float, seed: int) -> None:
        """From now on, by this seed."""
        self.most, self.seed, self.chance = min(most, LONGEST), seed, random.Random(seed)  # noqa: S311

    def draw(self) -> float:
        """The seconds of the next one."""
        return self.chance.uniform(0.0, self.most) if self.most else 0.0


def jitter(world: World) -> Jitter:
    """The one of a world."""
    found = world.parts.setdefault(_KEY, Jitter())
    assert isinstance(found, Jitter)
    return found


class Late:
    """Wraps the app behind an address: a part of the delay is the request's way, the rest the answer's."""

    def __init__(self, app: ASGIApp, jitter: Jitter) -> None:
        self.app = app
        self.jitter = jitter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        delay = self.jitter.draw() if scope["type"] == "http" else 0.0
        if not delay:
            await self.app(scope, receive, send)
            return
        there = self.jitter.chance.uniform(0.0, delay)

        async def late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(delay - there)
            await send(message)

        await asyncio.sleep(there)
        await self.app(scope, receive, late)


class Unsteady:
    """Switches the jitter of a whole lab: its services, its machines, the proxies of object storage."""

    def __init__(self, world: World, real: Mapping[str, Callable[..., Callable[[], None]]]) -> None:
        self.jitter = jitter(world)
        self.proxies = world.arch is not None and getattr(world.arch.model, "objects", None) is not None
        self.real = real
        self._undo: Callable[[], None] | None = None

    def on(self, most: float, seed: int) -> None:
        """Begin, or go on with another bound and seed."""
        self.off()
        self.jitter.begin(most, seed)
        if self.proxies and self.jitter.most and "proxy filter" in self.real:
            self._undo = self.real["proxy filter"](f"{_FILTER} most={self.jitter.most} seed={seed}")

    def off(self) -> None:
        """Be even again."""
        self.jitter.begin(0.0, 0)
        if self._undo:
            self._undo()
            self._undo = None

    def to_json(self) -> dict[str, Any]:
        """A JSON-able form."""
        return {"milliseconds": round(self.jitter.most * 1000), "seed": self.jitter.seed}

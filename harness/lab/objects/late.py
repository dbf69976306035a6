"""A filter that makes every answer of a proxy come a little later, by chance."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]


def factory(global_conf: dict[str, str], **local: str) -> Callable[[App], App]:
    """What paste.deploy calls, with ``most`` in seconds and ``seed``."""
    sleep = importlib.import_module("eventlet").sleep  # the proxy's own: others are served meanwhile
    most, chance = float(local["most"]), random.Random(int(local["seed"]))  # noqa: S311

    def wrap(app: App) -> App:
        def late(environ: Environ, start: Start) -> Iterable[bytes]:
            sleep(chance.uniform(0.0, most))
            return app(environ, start)

        return late

    return wrap

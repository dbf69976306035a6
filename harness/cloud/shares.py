"""Values handed from story to story through the record,
so that it does not matter on which worker each runs.
"""

from __future__ import annotations

import json
from typing import Any

from harness.clients.trail import Trail
from harness.evidence import Tail


class Shares:
    """Reads the record only when something is asked for that this process did not share itself."""

    def __init__(self, trail: Trail, tail: Tail) -> None:
        self._trail = trail
        self._tail = tail
        self._known: dict[str, Any] = {}

    def share(self, key: str, value: Any) -> None:
        """Write a value down; raises ``TypeError`` where it is not JSON-able."""
        json.dumps(value)
        self._trail.write("share", key=key, value=value)
        self._known[key] = value

    def shared(self, key: str) -> Any:
        """What was shared last under a name; raises ``KeyError`` naming what there is."""
        for row in self._tail.read():
            if row["kind"] == "share":
                self._known[str(row.get("key"))] = row.get("value")
        if key not in self._known:
            there = ", ".join(sorted(self._known)) or "nothing"
            raise KeyError(f"no story shared {key!r}; there is {there}")
        return self._known[key]

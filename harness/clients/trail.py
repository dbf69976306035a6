"""The trail: which record rows a story has just made, so that what it observes can cite them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

EVIDENCE = frozenset({"exchange", "command"})


class Record(Protocol):
    """What is needed of a recorder."""

    def write(self, kind: str, **fields: Any) -> str:
        """Append a row and give its id."""
        ...

    def secret(self, *values: str | None) -> None:
        """Register what must never stand in the record."""
        ...


class Trail:
    """Passes rows on to the recorder and remembers those that can be cited as evidence.

    ``component`` is the one behind the last of them. ``held`` is how many seconds rate limits have held this
    process up: they count for no measurement. ``pausing`` stops the clock of a story's own limit meanwhile.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._fresh: list[str] = []
        self.component = ""
        self.held = 0.0
        self.pausing: Callable[[], AbstractContextManager[None]] = nullcontext
        self._mine: set[str] = set()

    def write(self, kind: str, **fields: Any) -> str:
        """Append a row and give its id."""
        row = self._record.write(kind, **fields)
        self._mine.add(row)
        if kind in EVIDENCE:
            self._fresh.append(row)
            self.component = str(fields.get("component") or "")
        return row

    def secret(self, *values: str | None) -> None:
        """Register what must never stand in the record."""
        self._record.secret(*values)

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """What passes inside is the price of a rate limit."""
        begin = time.monotonic()
        try:
            with self.pausing():
                yield
        finally:
            self.held += time.monotonic() - begin

    def now(self) -> float:
        """Seconds that only grow, those without which a rate limit held us up."""
        return time.monotonic() - self.held

    def touch(self, row: str, component: str = "") -> None:
        """Something that an earlier exchange gave is used again: it is evidence here too."""
        if row:
            self._fresh.append(row)
            self.component = component or self.component

    def turn(self) -> None:
        """A new step begins: what came before is not cited by default any more."""
        self._fresh.clear()

    @property
    def last(self) -> str | None:
        """The last row of this step that can be cited."""
        return self._fresh[-1] if self._fresh else None

    def wrote(self, row: str) -> bool:
        """Whether this process wrote a row in this run."""
        return row in self._mine

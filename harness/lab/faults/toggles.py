"""Faults switched on and off while the lab runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches

from harness.errors import LabError
from harness.lab.faults.registry import Bench, Fault, faults


class Toggles:
    """The faults of one running lab."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._active: dict[str, ExitStack] = {}

    @property
    def active(self) -> tuple[str, ...]:
        """Names of the faults in force."""
        return tuple(self._active)

    def on(self, name: str) -> Fault:
        """Put a fault in force; twice is once. Raises ``LabError`` for an unknown name."""
        found = named(name)
        if name not in self._active:
            stack = ExitStack()
            stack.enter_context(found.apply(self.bench))
            self._active[name] = stack
        return found

    def off(self, name: str) -> None:
        """Undo a fault; nothing happens if it is not in force."""
        named(name)
        stack = self._active.pop(name, None)
        if stack:
            stack.close()

    @contextmanager
    def broken(self, name: str) -> Iterator[Fault]:
        """The fault is in force inside the context."""
        found = self.on(name)
        try:
            yield found
        finally:
            self.off(name)


def named(name: str) -> Fault:
    """A fault by name; ``LabError`` with the nearest names otherwise."""
    known = faults()
    if name not in known:
        near = get_close_matches(name, known, 3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise LabError(f"the lab has no fault called {name!r}{hint}")
    return known[name]

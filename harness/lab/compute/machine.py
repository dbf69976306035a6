"""State machines as data: rows that follow one another in time, which a fault may replace.

A machine is a tuple of rows under a name in ``world.machines``. Nothing runs in the background: whoever
looks at a thing first has the rows applied that are due by the world's clock, in the order in which they
were due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from harness.lab.jitter import jitter
from harness.lab.world import World

KEEP = "="
"""In a row: leave this state as it is."""


@dataclass(frozen=True)
class Row:
    """A state and how many seconds it lasts. ``does`` names an effect that happens when the state is entered.

    ``vm_state`` and ``task_state`` are for servers; a volume has only a status.
    """

    status: str
    vm_state: str = KEEP
    task_state: str | None = KEEP
    seconds: float = 0.0
    does: str = ""


Machine = tuple[Row, ...]


@dataclass
class Run:
    """A machine under way: the rows not yet entered, and when the next one is due (by the world's clock)."""

    due: float
    rows: Machine


class Stateful(Protocol):
    """What a machine can drive."""

    status: str
    run: Run | None


Effect = Callable[[World, Any], None]


class Engine:
    """Drives things of one kind. ``effects`` are looked up by the name in a row's ``does``.

    ``entered`` is called after every row, with the thing; ``pace`` stretches the seconds.
    """

    def __init__(
        self,
        world: World,
        effects: dict[str, Effect],
        entered: Effect = lambda world, thing: None,
        pace: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self.world = world
        self.effects = effects
        self.entered = entered
        self.pace = pace

    def begin(self, thing: Stateful, name: str, at: float | None = None) -> None:
        """Enter the first row of the machine ``name``, now or ``at`` a time that has passed.

        Whatever ran before stops where it is.

        Further rows come at the next look, even those that are due at once: the answer to the request that
        began it still shows the first.
        """
        since = self.world.clock.time() if at is None else at
        thing.run = Run(since, tuple(self.world.machines[name]))
        self._enter(thing)

    def advance(self, things: Iterable[Any], now: float | None = None) -> None:
        """Apply every row that is due, across ``things``, in the order of time."""
        now = self.world.clock.time() if now is None else now
        waiting = [thing for thing in things if thing.run is not None]
        while True:
            due = [thing for thing in waiting if thing.run is not None and thing.run.due <= now]
            if not due:
                return
            self._enter(min(due, key=lambda thing: thing.run.due))

    def _enter(self, thing: Any) -> None:
        run: Run = thing.run
        row, *rest = run.rows
        _set(thing, row)
        lasts = row.seconds * self.pace() + jitter(self.world).draw()
        thing.run = Run(run.due + lasts, tuple(rest)) if rest else None
        if row.does:
            self.effects[row.does](self.world, thing)
        self.entered(self.world, thing)
        for told in self.world.watchers:
            self.world.moment = run.due
            told(thing, row)


def _set(thing: Any, row: Row) -> None:
    for name in ("status", "vm_state", "task_state"):
        value = getattr(row, name)
        if value != KEEP:
            setattr(thing, name, value)

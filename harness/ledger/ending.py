"""End things and wait until they are really gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.clients.errors import NotFound
from harness.errors import CloudError, OutOfReach
from harness.ledger.cleaner import Cleaner, Thing

LIMIT = 120.0
_SHORTEST, _LONGEST = 0.1, 1.0


@dataclass(frozen=True)
class Clock:
    """Time, as cleaning needs it; tests bring their own."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Ended:
    """What became of some things: gone now, not there to begin with, or still there with the reason."""

    removed: frozenset[Thing]
    absent: frozenset[Thing]
    stayed: dict[Thing, str]


def end_all(
    cleaner: Cleaner, things: Iterable[Thing], *, limit: float = LIMIT, clock: Clock | None = None
) -> Ended:
    """Ask for the end of all, then poll gently until each is gone or ``limit`` seconds are over.

    What refuses to go (a volume that is still being made) is asked again at every poll. A thing that a cloud
    lists no more, or answers 404 for, is gone.
    """
    clock = clock or Clock()
    ending = _Ending(cleaner)
    left = dict.fromkeys(things, "")
    removed: set[Thing] = set()
    end, pause = clock.now() + limit, _SHORTEST
    while left:
        left = {thing: why for thing in left if (why := ending.state(thing)) is not None}
        removed |= ending.asked - left.keys()
        if not left or clock.now() >= end:
            break
        clock.sleep(pause)
        pause = min(pause * 1.5, _LONGEST)
    return Ended(frozenset(removed - left.keys()), frozenset(ending.absent), left)


def still_there(cleaner: Cleaner, things: Iterable[Thing]) -> list[Thing]:
    """Those that a second look finds, the first of them last; what cannot be asked counts as there."""
    found = []
    for thing in reversed(list(things)):
        try:
            there = cleaner.exists(thing)
        except (CloudError, OutOfReach):
            there = True
        found += [thing] if there else []
    return found[::-1]


class _Ending:
    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self.asked: set[Thing] = set()
        self.absent: set[Thing] = set()

    def state(self, thing: Thing) -> str | None:
        """None where it is gone, else why it is not."""
        try:
            if thing not in self.asked:
                self._cleaner.delete(thing)
                self.asked.add(thing)
            return "still there" if self._cleaner.exists(thing) else None
        except NotFound:
            if thing not in self.asked:
                self.absent.add(thing)
            return None
        except (CloudError, OutOfReach) as error:
            return str(error)

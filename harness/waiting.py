"""Waiting for a cloud: bounded, gentle, and able to say how long each state lasted.

Pure but for the probe it is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Outcome = Literal["reached", "failed", "timeout"]
Transition = tuple[str, float]

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 1.0
GROWTH = 1.5
MOST_TRANSITIONS = 200


class Pause(Exception):  # noqa: N818 - a request, not a mistake
    """Raised by a probe that was told to come back later: nothing was seen,
    ask again after so many seconds.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"come back in {seconds:g} s")


@dataclass(frozen=True)
class Clock:
    """Time, as waits see it: seconds that only grow, and a way to let some pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Waited(Generic[T]):
    """What a wait came to: the last value (None if none was ever seen)
    and the seconds spent in each state.
    """

    outcome: Outcome
    last: T | None
    transitions: tuple[Transition, ...]
    seconds: float

    def __str__(self) -> str:
        return (
            " → ".join(f"{state} {seconds:.1f} s" for state, seconds in self.transitions)
            or "nothing was seen"
        )


@dataclass
class Stopwatch:
    """Measures a part of a story; ``seconds`` grows until ``stop``."""

    clock: Clock = field(default_factory=Clock)
    _begin: float = 0.0
    _end: float | None = None

    def __post_init__(self) -> None:
        self._begin = self.clock.now()

    def stop(self) -> None:
        """Stand still from now on."""
        if self._end is None:
            self._end = self.clock.now()

    @property
    def seconds(self) -> float:
        """Seconds from the start to the stop, or to now."""
        return (self.clock.now() if self._end is None else self._end) - self._begin


def wait(
    probe: Callable[[], T],
    goal: Callable[[T], bool],
    *,
    limit: float,
    failed: Callable[[T], bool] = lambda _: False,
    state: Callable[[T], str] = str,
    clock: Clock | None = None,
) -> Waited[T]:
    """Probe until the goal holds, a failed state is seen, or ``limit`` seconds have passed.

    The first probe is made at once and a last one at the limit, so that what came true while we slept is
    seen; pauses grow from 0.1 to 1 s. What the probe raises passes through, but for ``Pause``.
    """
    clock = clock or Clock()
    begin, pause = clock.now(), FIRST_PAUSE
    end = begin + limit
    history = _History(begin)
    last: T | None = None
    while True:
        asked = clock.now()
        wish = pause
        try:
            last = probe()
        except Pause as later:
            wish = max(later.seconds, pause)
        else:
            history.saw(state(last), clock.now())
            for outcome, holds in (("reached", goal(last)), ("failed", failed(last))):
                if holds:
                    return history.waited("reached" if outcome == "reached" else "failed", last, clock.now())
        if asked >= end:
            return history.waited("timeout", last, clock.now())
        clock.sleep(max(min(wish, end - clock.now()), 0.0))
        pause = min(pause * GROWTH, LONGEST_PAUSE)


class _History:
    """States in the order in which they were seen;
    the time before the first answer counts for the first state.
    """

    def __init__(self, begin: float) -> None:
        self._begin = begin
        self._states: list[tuple[str, float]] = []

    def saw(self, state: str, now: float) -> None:
        if self._states and self._states[-1][0] == state:
            return
        if len(self._states) < MOST_TRANSITIONS:
            self._states.append((state, now if self._states else self._begin))

    def waited(self, outcome: Outcome, last: T | None, now: float) -> Waited[T]:
        ends = [*(since for _, since in self._states[1:]), now]
        transitions = tuple(
            (state, round(end - since, 3)) for (state, since), end in zip(self._states, ends, strict=False)
        )
        return Waited(outcome, last, transitions, now - self._begin)

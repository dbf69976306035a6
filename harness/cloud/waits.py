"""Waits of a story: bounded, recorded with their transitions, and failing in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from harness.clients.errors import NotFound, RateLimited, WaitTimeout
from harness.clients.trail import Trail
from harness.errors import CloudError
from harness.waiting import Clock, Pause, Waited, wait

T = TypeVar("T")
Goal = Callable[[T], bool] | str
Failing = Callable[[T], bool] | Sequence[str]


def patience(objective: float) -> float:
    """How long to wait for something that should take ``objective`` seconds (docs/decisions/0001)."""
    return max(2 * objective, objective + 10)


def wait_for(
    trail: Trail,
    what: str,
    probe: Callable[[], T],
    goal: Goal[T],
    *,
    limit: float,
    fail_on: Failing[T] = (),
    state: Callable[[T], str] | None = None,
    clock: Clock | None = None,
) -> T:
    """Wait for a goal, write the wait down, and give the last value.

    Raises ``WaitTimeout`` at the limit and ``CloudError`` in a failed state, both with the last state and
    how long each lasted; what the probe raises passes through once it is written.
    """
    seen: list[T] = []

    def asked() -> T:
        try:
            seen.append(probe())
        except RateLimited as told:
            raise Pause(max(told.retry_after, 1.0)) from None
        del seen[:-1]
        return seen[-1]

    try:
        waited = wait(
            asked,
            _holds(goal),
            limit=limit,
            failed=_fails(fail_on),
            state=state or _state,
            clock=clock or Clock(trail.now),
        )
    except BaseException as error:
        _note(trail, what, goal, limit, "failed", [("raised", str(error) or type(error).__name__)])
        raise
    _note(trail, what, goal, limit, waited.outcome, [list(pair) for pair in waited.transitions])
    if waited.outcome == "reached":
        return seen[-1]
    raise _error(trail, what, waited, limit)


def wait_gone(
    trail: Trail, what: str, probe: Callable[[], Any], *, limit: float, clock: Clock | None = None
) -> None:
    """Wait until the probe raises ``NotFound``."""

    def look() -> Any:
        try:
            return probe()
        except NotFound:
            return _GONE

    def state(seen: Any) -> str:
        return "gone" if seen is _GONE else _state(seen)

    wait_for(trail, what, look, lambda seen: seen is _GONE, limit=limit, state=state, clock=clock)


_GONE = object()


def _note(trail: Trail, what: str, goal: object, limit: float, outcome: str, transitions: list[Any]) -> None:
    told = goal if isinstance(goal, str) else what
    trail.write("wait", what=what, goal=told, limit=limit, outcome=outcome, transitions=transitions)


def _error(trail: Trail, what: str, waited: Waited[Any], limit: float) -> CloudError:
    cites = (trail.last,) if trail.last else ()
    fault = getattr(waited.last, "fault", None)
    told = f": {fault.message}" if fault else ""
    if waited.outcome == "failed":
        message = f"{what}: it failed after {waited.seconds:.1f} s{told} ({waited})"
        return CloudError(message, component=trail.component, cites=cites)
    message = f"{what}: not within {limit:g} s{told} ({waited})"
    return WaitTimeout(
        message, last=waited.last, transitions=waited.transitions, component=trail.component, cites=cites
    )


def _holds(goal: Goal[T]) -> Callable[[T], bool]:
    return goal if callable(goal) else lambda seen: _status(seen) == goal


def _fails(fail_on: Failing[T]) -> Callable[[T], bool]:
    return fail_on if callable(fail_on) else lambda seen: _status(seen) in fail_on


def _status(seen: object) -> str:
    return str(getattr(seen, "status", seen))


def _state(seen: object) -> str:
    return str(getattr(seen, "state", None) or _status(seen))[:200]

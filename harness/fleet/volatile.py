"""What changes all the time: told only where it has changed more than it does by itself.

Load, process ids, free memory, guests, their rules and their volumes are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.fleet.change import Change
from harness.hosts.facts.model import Facts, Unknown

FREED = 0.10
"""The share of a file system that must have been filled or freed."""
CLOCK = 0.5
"""Seconds that a clock must have moved against ours, beyond the errors of both readings."""
WAITING = 1_000
"""Messages that a queue must have gained."""
_BOOT = 120.0
_PSEUDO = ("/proc", "/sys", "/dev", "/run", "/snap")


def volatile_changes(old: Facts, new: Facts) -> Iterator[Change]:
    """Free space, clock, queues, and whether the host was started anew."""
    yield from _boot(old, new)
    yield from _clock(old, new)
    yield from _space(old, new)
    yield from _queues(old, new)


def _boot(old: Facts, new: Facts) -> Iterator[Change]:
    if isinstance(old.system, Unknown) or isinstance(new.system, Unknown):
        return
    before, now = old.system.uptime, new.system.uptime
    if before is None or now is None:
        return
    passed = new.taken - old.taken
    real = not any(double.startswith(("system", "uptime")) for double in (*old.doubles, *new.doubles))
    if now < before or (real and now < passed - _BOOT):
        yield Change("system", "last start", "before", "in between")


def _clock(old: Facts, new: Facts) -> Iterator[Change]:
    first, second = old.clock, new.clock
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return
    if abs(second.offset - first.offset) > CLOCK + first.error + second.error:
        yield Change("clock", "clock", f"{first.offset:+.1f} s", f"{second.offset:+.1f} s")


def _space(old: Facts, new: Facts) -> Iterator[Change]:
    first, second = old.space, new.space
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return
    for path in first.keys() & second.keys():
        before, now = first[path], second[path]
        moved = abs(now.free_mb - before.free_mb)
        if moved > FREED * max(now.size_mb, 1) and not path.startswith(_PSEUDO):
            percents = [f"{100 * each.free_mb / max(each.size_mb, 1):.0f} % free" for each in (before, now)]
            yield Change("space", f"space of {path}", *percents)


def _queues(old: Facts, new: Facts) -> Iterator[Change]:
    first, second = _waiting(old), _waiting(new)
    if first is None or second is None:
        return
    for name, waiting in second.items():
        before = first.get(name, 0)
        if waiting > before + WAITING:
            yield Change("broker", f"queue {name}", f"{before} waiting", f"{waiting} waiting")


def _waiting(facts: Facts) -> dict[str, int] | None:
    if isinstance(facts.broker, Unknown) or isinstance(facts.broker.queues, Unknown):
        return None
    return facts.broker.queues

"""Services that a run stopped are started again: by the story, at the run's end, or after a crash."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.errors import CloudError, OutOfReach
from harness.hosts.services import ServiceAt
from harness.ledger.clean import SETTLED
from harness.ledger.ending import Clock
from harness.ledger.file import STOPPED, Ledger, LedgerEntry


@dataclass
class Restored:
    """Services that run again, and those that may still be stopped, each with the reason."""

    running: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def restore(ledger: Ledger, service_at: ServiceAt, clock: Clock | None = None) -> Restored:
    """Start every service that the ledger holds for stopped, and note which run; nothing is raised.

    One that was started meanwhile, or was never stopped, runs already: that is as good.
    """
    done, clock = Restored(), clock or Clock()
    for entry in ledger.open_entries():
        if entry.kind == STOPPED:
            why = _start(entry, service_at, clock)
            if why:
                done.left.append(f"{entry.name} may still be stopped: {why}")
                continue
            ledger.gone(entry)
            done.running.append(entry.name)
    return done


def _start(entry: LedgerEntry, service_at: ServiceAt, clock: Clock) -> str:
    """Why it does not run; empty where it does. A stop that was just asked for may take effect yet."""
    try:
        service = service_at(entry.name)
        while service.runs() and clock.now() < entry.t + SETTLED:
            clock.sleep(0.5)
        if not service.runs():
            service.start()
    except (CloudError, OutOfReach) as error:
        return str(error)
    return ""

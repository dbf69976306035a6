"""Services that a run stopped run again, whoever starts them; where one does not, it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from harness.errors import OutOfReach
from harness.hosts import HostError
from harness.hosts.services import Service
from harness.ledger import Clock, Ledger, Restored, clean, restore
from harness.ledger.clean import SETTLED
from tests.ledger.cloud import InMemory

PLACE = "storage-1/object-server"


@dataclass
class Fake:
    """A service; ``late`` is when a stop that is on its way takes effect, ``broken`` what starting says."""

    running: bool = False
    broken: str = ""
    late: float = 0.0
    now: float = 0.0
    asked: list[str] = field(default_factory=list)

    def runs(self) -> bool:
        if self.late and self.now >= self.late:
            self.running, self.late = False, 0.0
        return self.running

    def start(self) -> None:
        self.asked.append("start")
        if self.broken:
            raise HostError(self.broken)
        self.running = True

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def stopped(ledger: Ledger, fake: Fake, later: float = 60.0) -> float:
    ledger.stopping(PLACE)
    (entry,) = ledger.open_entries()
    fake.now = entry.t + later
    return entry.t


def again(ledger: Ledger, fake: Fake) -> Restored:
    return restore(ledger, lambda place: cast("Service", fake), fake.clock)


def test_what_is_stopped_is_started_and_noted(ledger: Ledger) -> None:
    fake = Fake()
    stopped(ledger, fake)
    done = again(ledger, fake)
    assert (done.running, done.left, fake.running) == ([PLACE], [], True)
    assert ledger.open_entries() == []
    assert again(ledger, fake).running == []
    assert fake.asked == ["start"]


def test_what_runs_already_is_left_alone(ledger: Ledger) -> None:
    fake = Fake(running=True)
    stopped(ledger, fake)
    assert again(ledger, fake).running == [PLACE]
    assert fake.asked == []


def test_a_stop_that_takes_effect_late_is_waited_for(ledger: Ledger) -> None:
    """The run was killed while the stop was on its way."""
    fake = Fake(running=True)
    fake.late = stopped(ledger, fake, later=0.0) + SETTLED / 2
    assert again(ledger, fake).running == [PLACE]
    assert fake.running
    assert fake.asked == ["start"]


def test_what_does_not_come_back_is_told_and_stays_open(ledger: Ledger) -> None:
    fake = Fake(broken="storage-1: no such app")
    stopped(ledger, fake)
    done = again(ledger, fake)
    assert done.left == [f"{PLACE} may still be stopped: storage-1: no such app"]
    assert [entry.name for entry in ledger.open_entries()] == [PLACE]


def test_a_node_that_the_site_does_not_know_any_more_is_told(ledger: Ledger) -> None:
    def nowhere(place: str) -> Any:
        raise OutOfReach(f"the site does not say where {place} is")

    fake = Fake()
    stopped(ledger, fake)
    assert "does not say where" in restore(ledger, nowhere, fake.clock).left[0]
    assert len(ledger.open_entries()) == 1


def test_cleaning_removes_no_service(ledger: Ledger) -> None:
    ledger.stopping(PLACE)
    cleaned = clean(ledger, InMemory(), prefix="deployday-1f2e-")
    assert (cleaned.removed, cleaned.absent, cleaned.left) == ((), (), ())
    assert len(ledger.open_entries()) == 1
    assert ledger.ids() == frozenset(), "a service that was stopped was not made by the run"

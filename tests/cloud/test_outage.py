"""Taking a service out: only as planned and granted, noted first, and back whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.arch import Architecture
from harness.cloud import RunSession
from harness.cloud.outage import Outage
from harness.cloud.telling import CheckFailed
from harness.errors import OutOfReach
from harness.evidence import RunFolder
from harness.evidence.folder import write_json
from harness.hosts import HostError
from harness.ledger import Ledger
from harness.plan import Plan, PlannedScenario
from harness.plugin.interrupting import Stopped
from harness.site import Site, SiteFile

PLACE = "storage-1/object-server"
Record = Callable[[str], list[dict[str, Any]]]


@dataclass
class Fake:
    """A service that stops and starts; ``broken`` names what it refuses."""

    running: bool = True
    broken: tuple[str, ...] = ()
    open_: list[int] = field(default_factory=list)
    ledger: Ledger | None = None

    def __str__(self) -> str:
        return "object-server on storage-1"

    def runs(self) -> bool:
        return self.running

    def stop(self) -> None:
        assert self.ledger is not None
        self.open_.append(len(self.ledger.open_entries()))
        self._may("stop")
        self.running = False

    def start(self) -> None:
        self._may("start")
        self.running = True

    def _may(self, verb: str) -> None:
        if verb in self.broken:
            raise HostError(f"storage-1: it does not {verb}", component="swift")


@pytest.fixture
def fake(folder: RunFolder) -> Fake:
    return Fake(ledger=Ledger(folder.ledger))


@pytest.fixture
def outage(
    session: RunSession, folder: RunFolder, arch: Architecture, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> Outage:
    row = PlannedScenario("rings.node_out", None, "rings", "out", disturbs=PLACE, late=True)
    write_json(folder.plan, Plan((row,)).to_json())
    session.site = granting(arch, datetime.now(UTC) + timedelta(hours=1))
    monkeypatch.setattr(session, "service_at", lambda place: fake)
    return session.cloud("rings.node_out").outage


def granting(arch: Architecture, until: datetime) -> Site:
    grant = {"until": until, "nodes": ["storage-1"]}
    keys = {"name": "rack7", "architecture": "essex/six-node", "disruptive": grant}
    return Site("rack7", arch, None, SiteFile.model_validate(keys), {})


def left(folder: RunFolder) -> list[str]:
    return [entry.name for entry in Ledger(folder.ledger).open_entries()]


def test_it_is_out_inside_and_back_behind(
    outage: Outage, fake: Fake, folder: RunFolder, record: Record
) -> None:
    assert (outage.node, outage.service) == ("storage-1", "object-server")
    with outage.stopped(lambda: True):
        assert not fake.running
        assert left(folder) == [PLACE]
    assert fake.running
    assert left(folder) == []
    assert fake.open_ == [1], "noted before it was stopped"
    titles = [row["title"] for row in record("step") if row["phase"] == "start"]
    assert titles == [
        "look whether object-server on storage-1 runs",
        "stop object-server on storage-1",
        "start object-server on storage-1 again",
    ]


@pytest.mark.parametrize("error", [AssertionError("not so"), Stopped("interrupted"), KeyboardInterrupt()])
def test_it_comes_back_whatever_happens_meanwhile(
    outage: Outage, fake: Fake, folder: RunFolder, error: BaseException
) -> None:
    with pytest.raises(type(error)), outage.stopped(lambda: True):
        raise error
    assert fake.running
    assert left(folder) == []


def test_a_stop_that_fails_is_put_right_too(outage: Outage, fake: Fake, folder: RunFolder) -> None:
    fake.broken = ("stop",)
    with pytest.raises(HostError, match="does not stop"), outage.stopped(lambda: True):
        pytest.fail("it was not stopped")
    assert fake.running
    assert left(folder) == []


def test_what_does_not_come_back_fails_the_story_and_stays_noted(
    outage: Outage, fake: Fake, folder: RunFolder
) -> None:
    fake.broken = ("start",)
    with pytest.raises(HostError, match="does not start"), outage.stopped(lambda: True):
        pass
    assert left(folder) == [PLACE]


def test_what_runs_and_does_not_answer_is_not_back(
    outage: Outage, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.cloud.outage._ANSWERING", 0.2)
    with pytest.raises(Exception, match=r"answers: not within 0\.2 s"), outage.stopped(lambda: False):
        pass
    assert left(folder) == [PLACE]


def test_what_does_not_run_is_not_touched(outage: Outage, fake: Fake, folder: RunFolder) -> None:
    fake.running = False
    words = r"not so: it runs \(expected running, found stopped\)"
    with pytest.raises(CheckFailed, match=words), outage.stopped(lambda: True):
        pytest.fail("it was not taken out")
    assert (fake.running, fake.open_, left(folder)) == (False, [], [])


def test_a_grant_that_ran_out_since_the_plan_is_looked_at_again(
    outage: Outage, session: RunSession, fake: Fake, folder: RunFolder, arch: Architecture
) -> None:
    session.site = granting(arch, datetime.now(UTC) - timedelta(seconds=1))
    words = "any more to stop object-server on storage-1"
    with pytest.raises(OutOfReach, match=words), outage.stopped(lambda: True):
        pytest.fail("it was not taken out")
    assert (fake.running, fake.open_, left(folder)) == (True, [], [])


def test_a_story_that_declares_nothing_takes_nothing_out(session: RunSession, outage: Outage) -> None:
    with pytest.raises(ValueError, match=r"a\.b does not declare"):
        _ = session.cloud("a.b").outage

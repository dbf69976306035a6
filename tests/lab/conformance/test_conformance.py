"""The lab answers as the recorded cloud did, counted in exchange shapes."""

import asyncio
from pathlib import Path

import pytest

from tests.lab.conformance.__main__ import run
from tests.lab.conformance.table import table, unanswered
from tests.lab.conformance.tables import IN_PROCESS, SERVICE_OF_FILE, UNANSWERED

FLOORS = {
    "keystone.jsonl": 0.97,
    "keystone-templated.jsonl": 1.0,
    "glance.jsonl": 0.95,
    "nova.jsonl": 0.97,
    "nova-ratelimit.jsonl": 0.85,
    "volume.jsonl": 1.0,
    "accept.jsonl": 0.75,
}
"""Shares of shapes below which a recording fails; they only ever go up."""


@pytest.mark.wire
@pytest.mark.parametrize("file", FLOORS)
def test_recording(
    file: str, essex_wire: Path, conformance_seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    report = asyncio.run(run(essex_wire, file, conformance_seed))
    with capsys.disabled():
        print("\n" + table([report], conformance_seed))  # noqa: T201
    assert report.total
    assert report.share >= FLOORS[file]


@pytest.mark.wire
def test_every_recording_is_replayed_or_counted_as_missed(
    essex_wire: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = {path.name for path in essex_wire.glob("*.jsonl")}
    assert there == set(SERVICE_OF_FILE)
    live = {"swift.jsonl", "swift-account-delete.jsonl"}
    assert there == {*IN_PROCESS, *live, *UNANSWERED}
    with capsys.disabled():
        print("\n" + unanswered(essex_wire))  # noqa: T201

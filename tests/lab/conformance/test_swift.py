"""Object storage answers as the recorded one did: the real Swift behind its Essex face."""

import asyncio

import pytest

from tests.lab.conformance.recording import read
from tests.lab.conformance.replay import replay
from tests.lab.conformance.swift_stage import swift_stage
from tests.lab.conformance.table import table

FLOORS = {"swift.jsonl": 0.97, "swift-account-delete.jsonl": 1.0}
"""Shares of shapes below which a recording fails; they only ever go up."""


@pytest.mark.lab
@pytest.mark.wire
@pytest.mark.parametrize("file", FLOORS)
def test_recording(file, essex_wire, conformance_seed, live_lab, capsys):
    exchanges = read(essex_wire, file)
    report = asyncio.run(replay(file, exchanges, swift_stage(live_lab, conformance_seed), conformance_seed))
    with capsys.disabled():
        print("\n" + table([report], conformance_seed))  # noqa: T201
    assert report.total
    assert report.share >= FLOORS[file]

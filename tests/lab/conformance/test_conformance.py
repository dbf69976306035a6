"""The lab answers as the recorded cloud did, counted in exchange shapes."""

import asyncio
from pathlib import Path

import pytest

from tests.lab.conformance.__main__ import run
from tests.lab.conformance.table import table

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

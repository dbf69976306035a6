"""Error pages of all services by Accept, object storage's too: over the wire, against a running lab."""

import asyncio
from pathlib import Path

import pytest

from tests.lab.conformance.recording import read
from tests.lab.conformance.replay import replay
from tests.lab.conformance.stage import recorded_tokens
from tests.lab.conformance.swift_stage import swift_stage
from tests.lab.conformance.table import table
from tests.lab.live import LiveLab

FLOOR = 1.0


@pytest.mark.lab
@pytest.mark.wire
def test_error_pages(
    essex_wire: Path, conformance_seed: int, live_lab: LiveLab, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = swift_stage(live_lab, conformance_seed)
    demo = next(
        token for token, holder in recorded_tokens(essex_wire, "swift.jsonl").items() if holder == "demo"
    )
    for token in recorded_tokens(essex_wire, "accept.jsonl"):
        stage.known[token] = stage.known[demo]
    report = asyncio.run(replay("accept.jsonl", read(essex_wire, "accept.jsonl"), stage, conformance_seed))
    with capsys.disabled():
        print("\n" + table([report], conformance_seed))  # noqa: T201
    assert report.share >= FLOOR

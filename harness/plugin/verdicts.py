"""A verdict on its way: as a row of the record, and as a word on pytest's report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pytest

from harness.evidence.writer import Recorder
from harness.plugin.endings import Ending

_ATTRIBUTE = "deployday"


@dataclass(frozen=True)
class Said:
    """What a report says of its scenario; it travels from worker to main process as plain values."""

    key: str
    outcome: str
    final: bool

    def on(self, report: pytest.TestReport) -> None:
        """Write it on a report."""
        setattr(report, _ATTRIBUTE, asdict(self))

    @classmethod
    def by(cls, report: Any) -> Said | None:
        """Read it from a report; None where the report is not about a scenario."""
        words = getattr(report, _ATTRIBUTE, None)
        return cls(**words) if words else None


def write_verdict(recorder: Recorder, key: str, ending: Ending, duration: float = 0.0) -> str:
    """Append the verdict row of one scenario and give its id."""
    before, recorder.scenario = recorder.scenario, key
    step, recorder.step = recorder.step, None
    try:
        return recorder.write(
            "verdict",
            outcome=ending.outcome,
            met=ending.met,
            reason=ending.reason,
            root=ending.root,
            component=ending.component,
            cites=list(ending.cites),
            duration=duration,
        )
    finally:
        recorder.scenario, recorder.step = before, step

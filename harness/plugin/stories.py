"""Tell one story: its rows in the record, its ending, its verdict. In the process that runs it."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from functools import cached_property
from typing import Any

import pytest

from harness.errors import OutOfReach
from harness.plan.planned import PlannedScenario
from harness.plugin.endings import COMPLETED, ending_of
from harness.plugin.judging import Judging
from harness.plugin.state import Run
from harness.plugin.tick import Tick
from harness.plugin.verdicts import Said, write_verdict


class Stories:
    """Hooks around the items of a plan; anything else passes through."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._ending = COMPLETED
        self._began = 0.0
        self._told: list[dict[str, Any]] = []

    @cached_property
    def judging(self) -> Judging:
        """The reader of the record in this process."""
        return Judging(self.run)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """A tick is over before it begins."""
        return True if isinstance(item, Tick) else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Open the story; what the leased accounts turned out to lack is out of reach."""
        planned = self.run.planned(item.nodeid)
        if planned is None:
            return
        self._ending, self._began, self._told = COMPLETED, time.monotonic(), []
        self.judging.skip()
        recorder = self.run.recorder
        recorder.scenario, recorder.step = planned.key, None
        recorder.write("scenario", phase="start", title=planned.title, nodeid=planned.nodeid)
        lacking = [self.run.missing[name] for name in planned.requires if name in self.run.missing]
        if lacking:
            raise OutOfReach("; ".join(lacking))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note how each phase ended; after the last one, write the verdict and send it along."""
        report = yield
        planned = self.run.planned(item.nodeid)
        if planned is None:
            return report
        if call.excinfo is not None:
            self._raised(call.excinfo.value, item, report)
        elif call.when == "call" and self._ending.outcome == "completed":
            self._observed(planned, report)
        if call.when == "teardown":
            self._over(planned)
        Said(planned.key, self._ending.outcome, final=call.when == "teardown").on(report)
        return report

    def _raised(self, error: BaseException, item: pytest.Item, report: pytest.TestReport) -> None:
        ending = ending_of(error)
        if self._ending.outcome == "completed":
            self._ending = ending
        if ending.outcome == "out_of_reach":
            path, line, _ = item.location
            report.outcome, report.longrepr = (
                "skipped",
                (path, (line or 0) + 1, f"out of reach: {ending.reason}"),
            )
        elif report.outcome == "skipped":
            report.outcome, report.longrepr = "failed", ending.reason

    def _observed(self, planned: PlannedScenario, report: pytest.TestReport) -> None:
        """A story told to its end still fails where the cloud is not as described; its need is met."""
        found = self.judging.deviations(planned.key, self._rows(planned))
        if found:
            report.outcome, report.longrepr = "failed", _listed(planned, found)

    def _over(self, planned: PlannedScenario) -> None:
        recorder = self.run.recorder
        duration = round(time.monotonic() - self._began, 4)
        ending = self._ending.seen_in(self._rows(planned))
        if ending.outcome == "failed":
            self._attach(planned, ending.component)
        write_verdict(recorder, planned.key, ending, duration)
        recorder.write("scenario", phase="end", outcome=ending.outcome)
        recorder.scenario = recorder.step = None

    def _attach(self, planned: PlannedScenario, component: str) -> None:
        """What else tells of a failure; where that fails itself, the story ended as it did."""
        self.run.recorder.step = None
        hook = self.run.config.hook.pytest_deployday_failed
        try:
            hook(config=self.run.config, run=self.run, planned=planned, component=component, rows=self._told)
        except Exception as error:
            self.run.recorder.write("run", phase="no_logs", scenario=planned.key, why=repr(error)[:300])

    def _rows(self, planned: PlannedScenario) -> list[dict[str, Any]]:
        self._told += self.judging.rows(planned.key)
        return self._told


def _listed(planned: PlannedScenario, found: Sequence[str]) -> str:
    many = f"{len(found)} deviations" if len(found) > 1 else "a deviation"
    return "\n".join([f"{planned.key} was told to its end and saw {many}:", *(f"  {text}" for text in found)])

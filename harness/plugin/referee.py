"""The main process's side of the board: it hears how stories ended and tells of those that never run."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest

from harness.evidence.reader import read_record
from harness.plan.board import Board, Unable
from harness.plan.pacing import Pacing
from harness.plugin.endings import Ending
from harness.plugin.state import Run
from harness.plugin.verdicts import Said, write_verdict

_SKIPPED = ("out_of_reach", "not_applicable")
_UNTOLD = ("not_reached", "left_out")


class Referee:
    """One for a run, whether stories run here or in workers."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.board = Board(())
        self._failed: set[str] = set()
        self.stopped = False
        self.pacing: Pacing | None = None
        self.left_out = ""
        self._locations: dict[str, tuple[str, int | None, str]] = {}
        self._outcomes: dict[str, str] = {}

    def begin(self, items: Iterable[pytest.Item]) -> None:
        """Set the board up for the plan."""
        self.board = Board(self.run.plan.scenarios, self.run.options.servers, self.run.plan.tenants)
        self._locations = {item.nodeid: item.location for item in items}

    def pace(self, pacing: Pacing | None) -> None:
        """Keep to a time."""
        wall = self.run.options.wall(0.0)
        if pacing is not None and wall is not None:
            self.pacing, self.left_out = pacing, wall.left_out

    def start(self, key: str) -> None:
        """A story begins."""
        self.board.start(key)
        if self.pacing is not None:
            self.pacing.began(key, time.time())

    def pick(self) -> str | None:
        """The story to begin now, if there is one; what never runs is reported, what there is no time for
        is left out.
        """
        while True:
            self.settle()
            if self.pacing is None:
                return next(iter(self.board.ready()), None)
            key = self.pacing.pick(self.board, time.time())
            given_up = [] if key else self.pacing.given_up(self.board, time.time())
            if not given_up:
                return key
            self._tell(self.board.leave_out(given_up, self.left_out))

    def settle(self) -> None:
        """Report every scenario that is now known never to run."""
        self._stop_where_enough()
        self._tell(self.board.unable())

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hear how a story ended."""
        said = Said.by(report)
        if said is None:
            return
        if report.failed and said.outcome != "blocked":
            self._failed.add(said.key)
        if said.final:
            if said.key in self.board.running:
                self._finish(said.key, said.outcome)
            self._stop_where_enough()

    def crashed(self, key: str, reason: str) -> None:
        """The process that told this story died: unknown, and the rest goes on."""
        told = [row for row in read_record(self.run.folder.events) if row.get("scenario") == key]
        write_verdict(self.run.recorder, key, Ending("crashed", reason).seen_in(told))
        self._finish(key, "crashed")

    def end(self) -> None:
        """Nothing runs any more: what has no verdict was not reached."""
        told = {row["scenario"] for row in read_record(self.run.folder.events) if row["kind"] == "verdict"}
        for key in (key for key in (*self.board.running, *self.board.waiting) if key not in told):
            write_verdict(self.run.recorder, key, Ending("not_reached", "the run ended early"))

    @property
    def outcomes(self) -> dict[str, str]:
        """How each finished or settled scenario ended."""
        return dict(self._outcomes)

    def _stop_where_enough(self) -> None:
        enough = self.run.maxfail and len(self._failed) >= self.run.maxfail
        if (enough or self.run.interrupted) and not self.stopped:
            self.stopped = True
            self._tell(self.board.stop())

    def _finish(self, key: str, outcome: str) -> None:
        self.board.finish(key, met=outcome == "completed", outcome=outcome)
        if self.pacing is not None:
            self.pacing.over(key, time.time())
        self._outcomes[key] = outcome

    def _tell(self, rows: Iterable[Unable]) -> None:
        for row in rows:
            self._outcomes[row.key] = row.outcome
            write_verdict(self.run.recorder, row.key, Ending(row.outcome, row.reason, root=row.root))
            if row.outcome not in _UNTOLD:
                self._report(row)

    def _report(self, row: Unable) -> None:
        nodeid = self.run.plan.by_key[row.key].nodeid
        location = self._locations.get(nodeid, (nodeid.partition("::")[0], None, nodeid))
        skipped = row.outcome in _SKIPPED
        place = (location[0], (location[1] or 0) + 1, f"{row.outcome.replace('_', ' ')}: {row.reason}")
        report = pytest.TestReport(
            nodeid=nodeid,
            location=location,
            keywords={},
            outcome="skipped" if skipped else "failed",
            longrepr=place if skipped else row.reason,
            when="setup",
        )
        Said(row.key, row.outcome, final=True).on(report)
        hook = self.run.config.hook
        hook.pytest_runtest_logstart(nodeid=nodeid, location=location)
        hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=nodeid, location=location)

"""What pytest's terminal says of a run: words for verdicts, root causes, where the record is."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from harness.plugin.referee import Referee
from harness.plugin.state import Run
from harness.plugin.verdicts import Said

Status = tuple[str, str, str | tuple[str, dict[str, bool]]]

_WORDS: dict[str, Status] = {
    "blocked": ("blocked", "B", ("BLOCKED", {"yellow": True})),
    "crashed": ("error", "E", ("UNKNOWN", {"red": True})),
    "out_of_reach": ("skipped", "s", ("OUT OF REACH", {"yellow": True})),
    "not_applicable": ("skipped", "s", ("NOT APPLICABLE", {"yellow": True})),
}


class Reporting:
    """Terminal hooks of the main process."""

    def __init__(self, run: Run, referee: Referee) -> None:
        self.run = run
        self.referee = referee

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Status | None:
        """Blocked is a category of its own, a crashed story an error; neither is ever a skip."""
        said = Said.by(report)
        if said is None or report.passed:
            return None
        return _WORDS.get(said.outcome)

    def pytest_report_collectionfinish(self) -> list[str]:
        """Which cloud, how much, how long."""
        run, plan = self.run, self.run.plan
        if not plan.scenarios:
            return []
        workers = run.config.getoption("numprocesses", None) or 1
        likely, worst = plan.minutes(workers, run.options.servers)
        arch = run.site.arch
        lines = [
            f"deployday: {run.site.name} is to be {arch.name} ({arch.release}, {arch.fingerprint[:12]})",
            f"deployday: {len(plan.running)} of {len(plan.scenarios)} scenarios will run, "
            f"likely {likely:.1f} minutes, at worst {worst:.0f}",
        ]
        lines += [f"deployday: {row.disturbance}" for row in plan.running if row.disturbance]
        if plan.pulled:
            lines.append(f"deployday: run with the selection: {', '.join(plan.pulled)}")
        return lines

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Root causes, what was not reached, and the folder."""
        if not self.run.began:
            return
        terminalreporter.write_sep("=", "deployday")
        for line in self._causes():
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"record: {self.run.folder.path}")

    def _causes(self) -> list[str]:
        outcomes, board = self.referee.outcomes, self.referee.board
        blocked = Counter(board.root(key) for key, outcome in outcomes.items() if outcome == "blocked")
        lines = [f"{root} blocks {count} more" for root, count in blocked.most_common() if root]
        out = sum(outcome == "left_out" for outcome in outcomes.values())
        lines += [f"{self.referee.left_out}: {out} scenarios"] if out else []
        left = [key for key in self.run.plan.by_key if outcomes.get(key, "not_reached") == "not_reached"]
        if left:
            lines.append(f"the run ended early: {len(left)} of {len(self.run.plan.scenarios)} not reached")
        return lines

"""One process tells all stories, in the plan's order."""

from __future__ import annotations

import pytest

from harness.plugin.referee import Referee
from harness.plugin.state import Run


class Serial:
    """Ask the board before each story."""

    def __init__(self, run: Run, referee: Referee) -> None:
        self.run = run
        self.referee = referee

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Leave out what the board has settled; start what is ready."""
        planned = self.run.planned(item.nodeid)
        if planned is None:
            return None
        self.referee.settle()
        if planned.key not in self.referee.board.waiting:
            # the item before kept up what this one shares with it; nobody else would take it down
            item.session._setupstate.teardown_exact(nextitem)
            return True
        self.referee.start(planned.key)
        return None

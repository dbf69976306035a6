"""One process tells all stories: always the first that the board has ready.

That is the order of the plan, but for stories that wait: for a server that others still need, or for a thing
that they share.
"""

from __future__ import annotations

import pytest

from harness.plugin.referee import Referee
from harness.plugin.state import Run


class Serial:
    """Ask the board before each story."""

    def __init__(self, run: Run, referee: Referee) -> None:
        self.run = run
        self.referee = referee

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Tell what is ready until nothing is; tests that are no scenarios come first."""
        if session.config.option.collectonly or not self.run.began:
            return None
        stories: dict[str, pytest.Item] = {}
        others: list[pytest.Item] = []
        for item in session.items:
            planned = self.run.planned(item.nodeid)
            if planned is None:
                others.append(item)
            else:
                stories[planned.key] = item
        for place, item in enumerate(others):
            self._tell(session, item, next(iter([*others[place + 1 :], *stories.values()]), None))
        while (key := self._next()) is not None:
            following = next((other for other in self.referee.board.waiting if other in stories), None)
            self._tell(session, stories[key], stories[following] if following else None)
        session._setupstate.teardown_exact(None)
        return True

    def _next(self) -> str | None:
        """Start the story that comes next and give its key; report what is now known never to run."""
        key = self.referee.pick()
        if key is not None:
            self.referee.start(key)
        return key

    def _tell(self, session: pytest.Session, item: pytest.Item, following: pytest.Item | None) -> None:
        """One item; ``following`` is a guess, so what was kept up for it and is not shared is taken down."""
        session._setupstate.teardown_exact(item)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)

"""The tick: an item that does nothing, sent behind each story.

A worker of pytest-xdist starts an item only when it knows the next one. With a tick behind it, a story
starts at once and the worker waits in front of the tick, so that the next story can be chosen when this one
is over.
"""

from __future__ import annotations

from typing import Any

import pytest

TICK = "deployday::tick"


class Tick(pytest.Item):
    """Nothing to run, nothing to report."""

    @classmethod
    def of(cls, session: pytest.Session) -> Tick:
        """The tick of a session."""
        tick: Tick = cls.from_parent(session, name="tick", nodeid=TICK)
        return tick

    def runtest(self) -> None:
        """Nothing."""

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """It has no place of its own."""
        return self.path, None, "tick"

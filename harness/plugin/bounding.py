"""Where a run must end in time, the story that is being told is cut there; never one that cleans up.

It then is unknown: the run had no time for it, which says nothing of the cloud.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Generator
from types import FrameType

import pytest

from harness.plugin.interrupting import OutOfTime
from harness.plugin.state import Run

_CLEANUP = "cleanup"
_SIGNAL = signal.SIGUSR2


class Bounding:
    """In every process that tells stories; does nothing where ``Run.stories_until`` is None."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._telling = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """The one stretch of a story that may be cut."""
        planned, end = self.run.planned(item.nodeid), self.run.stories_until
        here = threading.current_thread() is threading.main_thread()
        if planned is None or end is None or planned.gate == _CLEANUP or not here:
            return (yield)
        before = signal.signal(_SIGNAL, self._cut)
        timer = threading.Timer(max(end - time.time(), 0.0), _tell)
        timer.daemon = True
        try:
            self._telling = True
            timer.start()
            return (yield)
        finally:
            self._telling = False
            timer.cancel()
            timer.join()
            signal.signal(_SIGNAL, before)

    def _cut(self, number: int, frame: FrameType | None) -> None:
        if self._telling:
            self._telling = False
            raise OutOfTime("ran out of the run's time")


def _tell() -> None:
    """To the main thread itself, so that what it waits in is interrupted."""
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, _SIGNAL)

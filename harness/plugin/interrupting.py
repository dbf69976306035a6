"""Ctrl-C ends the stories, not the clean-up: what was made is removed. A second one ends everything.

The first ends the story that is being told (it is not reached, nor is what waits) and lets the clean-up run,
as ``-x`` does. A worker never ends by itself: the main process tells it which story is over.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable
from types import FrameType

import pytest

from harness.plugin.state import Run


class Stopped(BaseException):
    """Raised in the middle of a story; no ``Exception``, so that no client library takes it for its own."""


class OutOfTime(Stopped):
    """Raised in the middle of a story that the run has no more time for."""


class Interrupting:
    """Listens for SIGINT while stories are told. ``workers`` gives the processes to pass it on to."""

    def __init__(self, run: Run, workers: Callable[[], Iterable[int]] = tuple) -> None:
        self.run = run
        self.workers = workers
        self._telling = False

    def pytest_configure(self) -> None:
        """A worker listens from its beginning: it may be told while it still collects."""
        if self.run.role == "worker" and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._asked)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Listen; a signal can only be taken in the main thread."""
        if self.run.role == "worker" or threading.current_thread() is not threading.main_thread():
            return (yield)
        before = signal.signal(signal.SIGINT, self._asked)
        try:
            return (yield)
        finally:
            signal.signal(signal.SIGINT, before)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """The one stretch of a story that may be cut; never one that cleans up."""
        planned = self.run.planned(item.nodeid)
        if planned is None or planned.after_all:
            return (yield)
        self._telling = True
        try:
            if self.run.interrupted:
                raise Stopped("interrupted")
            return (yield)
        finally:
            self._telling = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Tell the caller of pytest, too."""
        if self.run.interrupted and self.run.role != "worker":
            session.exitstatus = pytest.ExitCode.INTERRUPTED

    def _asked(self, number: int, frame: FrameType | None) -> None:
        if self.run.interrupted:
            if self.run.role == "worker":
                return
            raise KeyboardInterrupt
        self.run.interrupted = True
        for process in self.workers():
            os.kill(process, signal.SIGINT)
        if self._telling:
            self._telling = False
            raise Stopped("interrupted")

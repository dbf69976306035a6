"""Which processes still belong to a run: each of them holds ``run.lock``, shared, for as long as it lives.

The kernel gives a lock back when its holder dies, however it dies; so what is held belongs to somebody who is
alive, and ``deployday clean`` takes the lock alone before it touches what the run has made. Local file
systems only.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.errors import Problem, UsageError

_PR_SET_PDEATHSIG = 1
_LOCKS = Path("/proc/locks")
_POLL = 0.1


class RunAlive(UsageError):  # noqa: N818 - a state, not a mistake
    """Processes still belong to the run."""


class Lease:
    """A lock that this process holds on a file; ``release`` gives it back, the process's end does, too."""

    def __init__(self, path: Path, kind: int) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def join(path: Path) -> Lease:
    """Belong to a run from now on; raises ``UsageError`` where the run is just being cleaned up."""
    try:
        return Lease(path, fcntl.LOCK_SH)
    except BlockingIOError:
        raise UsageError(
            Problem(str(path), "this run is being cleaned up", hint="start another run")
        ) from None


@contextmanager
def alone(
    path: Path, *, patience: float = 30.0, waiting: Callable[[list[int]], None] | None = None
) -> Iterator[None]:
    """Hold a run's lock while no process belongs to it any more.

    Waits up to ``patience`` seconds for those that do (``waiting`` is told their ids once), then raises
    ``RunAlive``.
    """
    end = time.monotonic() + patience
    told = False
    while True:
        try:
            lease = Lease(path, fcntl.LOCK_EX)
        except BlockingIOError:
            if waiting and not told:
                waiting(holders(path))
                told = True
            if time.monotonic() >= end:
                raise _still_held(path) from None
            time.sleep(_POLL)
        else:
            break
    with lease:
        yield


def held(path: Path) -> bool:
    """Whether any process belongs to the run now."""
    if not path.exists():
        return False
    try:
        Lease(path, fcntl.LOCK_EX).release()
    except BlockingIOError:
        return True
    return False


def holders(path: Path) -> list[int]:
    """Ids of the processes that hold a lock on the file, as far as the kernel tells (Linux; else none)."""
    try:
        file = path.stat()
        text = _LOCKS.read_text(encoding="ascii")
    except OSError:
        return []
    name = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    rows = (line.split() for line in text.splitlines())
    return sorted({int(row[4]) for row in rows if len(row) > 5 and row[5] == name and row[1] == "FLOCK"})


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process when its parent ends (Linux only).

    ``parent`` is the id of the process that started this one: where that is gone already, this process ends
    at once.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _still_held(path: Path) -> RunAlive:
    pids = ", ".join(map(str, holders(path))) or "unknown"
    return RunAlive(
        Problem(
            where=str(path.parent),
            message="this run is still alive",
            found=f"processes {pids}",
            hint="wait for its end, or end these processes",
        )
    )

"""How a question is put to the index: opened, brought up to date, asked, and made anew where it is spoilt."""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from reports.history.index import Alive, Index, Progress, Spoilt

FILE, LOCK = "history.sqlite", "history.lock"
_PATIENCE = 30.0
_POLL = 0.02
_NO_PLACE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
    }
)
"""Where SQLite says so, there is nothing wrong with the file: there is no room for it, or no turn."""

Answer = TypeVar("Answer")


def ask(
    home: Path,
    question: Callable[[Index], Answer],
    *,
    alive: Alive = lambda folder: False,
    progress: Progress = lambda done, of: None,
) -> Answer:
    """Put a question to the index of the runs in ``home``, as they are now.

    A spoilt or older index is made anew without a word. Where none can be kept (a folder that is not ours to
    write), one is made in memory, for this question.
    """
    for _ in range(3):
        try:
            with _lock(home, fcntl.LOCK_SH) as generation:
                os.close(os.open(home / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
                return _asked(home, str(home / FILE), question, alive, progress)
        except (Spoilt, sqlite3.DatabaseError) as error:
            if not _spoilt(error) or not _throw_away(home, generation):
                break
        except OSError:
            break
    return _asked(home, ":memory:", question, alive, progress)


def _asked(
    home: Path, file: str, question: Callable[[Index], Answer], alive: Alive, progress: Progress
) -> Answer:
    index = Index(home, file)
    try:
        index.refresh(alive, progress)
        return question(index)
    finally:
        index.close()


def _spoilt(error: Exception) -> bool:
    if isinstance(error, Spoilt):
        return True
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _NO_PLACE


def _throw_away(home: Path, seen: bytes) -> bool:
    """Remove the file once nobody has it open; not where another process did since it was ``seen``."""
    try:
        with _lock(home, fcntl.LOCK_EX) as generation:
            if generation != seen:
                return True
            for ending in ("", "-wal", "-shm", "-journal"):
                (home / f"{FILE}{ending}").unlink(missing_ok=True)
            (home / LOCK).write_bytes(secrets.token_bytes(8))
    except OSError:
        return False
    return True


@contextmanager
def _lock(home: Path, kind: int) -> Iterator[bytes]:
    """Hold ``history.lock``, which says how the file is told from one that stood in its place before;
    raises ``OSError`` where that cannot be.
    """
    file = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise
                time.sleep(_POLL)
        yield os.pread(file, 64, 0)
    finally:
        os.close(file)

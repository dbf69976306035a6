"""A story's own limit: its clock stands still while a rate limit holds the story up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def standing_still() -> Iterator[None]:
    """Stop the timer of pytest-timeout inside; it goes on with what was left.

    Only the main thread has it; elsewhere nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, left)

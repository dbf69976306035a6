"""One poll of a cloud that is coming up: its preflight, told by a pytest of its own that leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cli.child import complain, start
from harness.errors import DeployDayError
from harness.evidence import RunFolder, read_record
from harness.evidence.folder import make_folder
from reports.waited import UNASKED

_OPEN = ("completed", "out_of_reach", "not_applicable")
_SHORTEST = 5.0
"""Seconds that a poll has at least, however little is left."""


@dataclass(frozen=True)
class Answers:
    """One poll: why each story that was asked is closed ("": it is open), and how many requests it took."""

    closed: Mapping[str, str]
    blocked: frozenset[str]
    requests: int


Poll = Callable[[Sequence[str], float], Answers]
"""Asks the stories of these keys (``all``: every one), to be given up at a time (monotonic seconds)."""


def poller(words: Sequence[str]) -> Poll:
    """Polls in a pytest of its own, started with these words (site, overlays)."""

    def poll(keys: Sequence[str], end: float) -> Answers:
        with tempfile.TemporaryDirectory(prefix="deployday-poll-") as name:
            folder = RunFolder(Path(name) / "look")
            make_folder(folder.path)
            _tell(folder, [*words, *(f"--poll={key}" for key in keys)], end)
            return answers(folder, keys)

    return poll


def _tell(folder: RunFolder, words: Sequence[str], end: float) -> None:
    """One pytest, to its end or to that of the waiting; raises ``UsageError`` where it was called wrongly."""
    with tempfile.TemporaryFile() as output:
        child = start(folder, words, output)
        try:
            code = child.wait(max(end - time.monotonic(), _SHORTEST))
        except (subprocess.TimeoutExpired, KeyboardInterrupt) as stopped:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # it has made nothing that would have to be removed
            child.wait()
            if isinstance(stopped, KeyboardInterrupt):
                raise
            return
        complain(code, folder, output)
        if not folder.plan.exists():
            raise DeployDayError("the cloud could not be asked")


def answers(folder: RunFolder, keys: Sequence[str]) -> Answers:
    """What a poll's record says; nothing was asked where it was given up before it had planned."""
    if not folder.plan.exists():
        return Answers(dict.fromkeys(keys, UNASKED), frozenset(), 0)
    planned = [str(row["key"]) for row in json.loads(folder.plan.read_text(encoding="utf-8"))["scenarios"]]
    rows = read_record(folder.events)
    verdicts = {row["scenario"]: row for row in rows if row["kind"] == "verdict"}
    closed = {key: _why(verdicts.get(key)) for key in planned}
    blocked = frozenset(key for key, row in verdicts.items() if row.get("outcome") == "blocked")
    return Answers(closed, blocked, sum(row["kind"] == "exchange" for row in rows))


def _why(verdict: Mapping[str, Any] | None) -> str:
    """Why a story is closed; "" where it is open."""
    if verdict is None:
        return UNASKED
    if verdict.get("outcome") in _OPEN:
        return ""
    return str(verdict.get("reason") or verdict.get("outcome"))[:300]

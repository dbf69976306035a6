"""The record's writer: one row, one ``write``; safe between threads, processes and a ``kill -9``."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from harness.evidence.bodies import short
from harness.evidence.reader import LONGEST_ROW, Tail
from harness.evidence.redaction import NoRedactor, Redactor

_BODIES = {"exchange": ("request", "response"), "command": ("stdout", "stderr")}
_LONGEST = 64 * 1024


class Recorder:
    """Appends rows to a run's record; several processes may, each under a worker name of its own.

    >>> recorder = Recorder(folder.events, worker="gw0")
    >>> recorder.secret(token)
    >>> recorder.scenario, recorder.step = "compute.boot", 2
    >>> recorder.write("check", sentence="the server has an address", ok=True, cites=["gw0:17"])
    'gw0:18'

    ``scenario`` and ``step`` stand in every row written while they are set. Local file systems only:
    appending is what keeps rows whole.
    """

    def __init__(
        self, path: Path, worker: str = "main", *, redact: bool = True, public: Iterable[str] = ()
    ) -> None:
        self.path = path
        self.worker = worker
        self.scenario: str | None = None
        self.step: int | None = None
        self.redactor = Redactor(public=public) if redact else NoRedactor()
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._next = self._written() + 1

    def write(self, kind: str, **fields: Any) -> str:
        """Append a row and give its id; the fields must be JSON-able (bodies and outputs may be bytes)."""
        now, mono = time.time(), time.monotonic()
        content = {name: self._bounded(kind, name, value) for name, value in fields.items()}
        with self._lock:
            number, self._next = self._next, self._next + 1
            row: dict[str, Any] = {"t": now, "mono": mono, "worker": self.worker, "seq": number, "kind": kind}
            row |= {"scenario": self.scenario, "step": self.step} | content
            self._append(self.redactor.row(row).encode("utf-8", "replace") + b"\n")
        return f"{self.worker}:{number}"

    def secret(self, *values: str | None) -> None:
        """Register what must never stand in the record; call it before the value can be written."""
        self.redactor.secret(*values)

    def close(self) -> None:
        """Give the file back; rows need no flushing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, data: bytes) -> None:
        if len(data) > LONGEST_ROW:
            raise ValueError(f"a row of {len(data)} bytes cannot be recorded; at most {LONGEST_ROW}")
        written = os.write(self._file, data)
        if written != len(data):
            os.write(self._file, b"\n")
            raise OSError(
                f"{self.path}: only {written} of {len(data)} bytes of a row were written; is the disk full?"
            )

    def _written(self) -> int:
        """The last number that an earlier process wrote under this worker's name."""
        if not os.fstat(self._file).st_size:
            return 0
        tail = Tail(self.path)
        rows = tail.read()
        if tail.unfinished:
            os.write(self._file, b"\n")
            rows += tail.rest()
        return max((row["seq"] for row in rows if row["worker"] == self.worker), default=0)

    def _bounded(self, kind: str, name: str, value: Any) -> Any:
        if name in _BODIES.get(kind, ()):
            if isinstance(value, Mapping) and "body" in value:
                return {**value, "body": short(value["body"], self.redactor)}
            return short(value, self.redactor)
        if isinstance(value, str) and len(value) > _LONGEST:
            return short(value, self.redactor)
        return value

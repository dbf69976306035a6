"""What is done on a node is recorded, whatever comes of it; what fails is told with the row that shows it."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from harness.hosts.commands import digest
from harness.hosts.connection import FAILURES, reason
from harness.hosts.errors import BecomeRefused, FileMissing, HostError, HostUnreachable

NO_FILE = "there is no such file"
T = TypeVar("T")


class Record(Protocol):
    """What is needed of a recorder."""

    def write(self, kind: str, **fields: Any) -> str:
        """Append a row and give its id."""
        ...


class Journal:
    """Records what is done on one node as ``command`` rows."""

    def __init__(self, node: str, record: Record) -> None:
        self._node, self._record = node, record

    def noted(self, component: str, command: str, action: Callable[[], T]) -> tuple[T, str]:
        """Do something and record it; gives the result and the row, or raises a ``HostError`` citing it."""
        begin = time.perf_counter()
        try:
            result = action()
        except (HostError, *FAILURES) as error:
            row = self._write(component, command, _failed(error), begin, error)
            raise self._told(error, component, command, row) from error
        return result, self._write(component, command, _came(result), begin)

    def _write(
        self,
        component: str,
        command: str,
        came: dict[str, Any],
        begin: float,
        failed: BaseException | None = None,
    ) -> str:
        return self._record.write(
            "command",
            component="ssh" if isinstance(failed, HostUnreachable) else component,
            host=self._node,
            command=command,
            **came,
            ms=round((time.perf_counter() - begin) * 1000, 1),
        )

    def _told(self, error: BaseException, component: str, command: str, row: str) -> HostError:
        if isinstance(error, HostUnreachable):
            return HostUnreachable(str(error), component="ssh", cites=(row,))
        shown = command if len(command) <= 200 else f"{command[:200]}…"
        if isinstance(error, OSError) and error.errno in (errno.ENOENT, errno.EACCES):
            why = NO_FILE if error.errno == errno.ENOENT else "this user may not read it"
            return FileMissing(f"{self._node}: {shown}: {why}", component=component, cites=(row,))
        kind = BecomeRefused if isinstance(error, BecomeRefused) else HostError
        return kind(f"{self._node}: {shown}: {reason(error)}", component=component, cites=(row,))


def _failed(error: BaseException) -> dict[str, Any]:
    return {"status": getattr(error, "errno", None) or 1, "stdout": "", "stderr": str(error)}


def _came(result: Any) -> dict[str, Any]:
    """How it ended, as a row has it; of a file its size and digest."""
    if hasattr(result, "recorded"):
        came: dict[str, Any] = result.recorded()
        return came
    shown = digest(result) if isinstance(result, bytes) else "" if result is None else str(result)
    return {"status": 0, "stdout": shown, "stderr": ""}

"""When a story fails, what the services behind it wrote meanwhile: brought from the nodes that matter.

It makes no verdict worse and no run long: at most two seconds a failure, some failures a process, and a node
that cannot be entered is asked once.
"""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.arch.model import ReferenceArchitecture
from harness.cloud.logchoice import (
    Request,
    chosen,
    line_of,
    nodes_that_matter,
    places,
    requests_of,
)
from harness.evidence.writer import Recorder
from harness.hosts.logs import Logs, Told, read_logs
from harness.hosts.node import Node

PATIENCE = 2.0
"""Seconds that one failure may cost."""
MOST = 20
"""Failures of a process that logs are brought for."""
_BEFORE = 3.0
"""Seconds before a story's first row that its window begins with."""
_LONGEST = 600.0
Row = Mapping[str, Any]
Open = Callable[[str], Node]


class Quiet:
    """A record that keeps no rows, only secrets: what is written of logs is one row a node, and made here."""

    def __init__(self, recorder: Recorder) -> None:
        self.secret = recorder.secret

    def write(self, kind: str, **fields: Any) -> str:
        """Forget a row."""
        return ""


class LogWindows:
    """Kept for the process; ``unreachable`` says of a node why it is not worth asking, or nothing."""

    def __init__(
        self,
        model: ReferenceArchitecture,
        recorder: Recorder,
        folder: Path,
        open_: Open,
        unreachable: Callable[[str], str],
    ) -> None:
        self._model, self._recorder, self._folder = model, recorder, folder
        self._open, self._unreachable = open_, unreachable
        self._busy: dict[str, threading.Thread] = {}
        self._gone: set[str] = set()
        self._left = MOST

    def attach(self, key: str, subject: str | None, component: str, rows: Sequence[Row]) -> None:
        """Write what the logs say of a failed story, a row a node; whatever goes wrong, the story ended as it
        did.
        """
        names = nodes_that_matter(component, rows, subject, self._model)
        names = [name for name in names if self._worth(name)]
        known = any(row["kind"] == "log" for row in rows)  # the story was about logs itself
        if not rows or not names or known or self._left <= 0:
            return
        self._left -= 1
        until = time.time()
        since = max(float(rows[0]["t"]) - _BEFORE, until - _LONGEST)
        requests = requests_of(rows)
        texts = []
        for name, told in self._ask(component, names, since, until).items():
            fields = _fields(told, requests)
            if fields["lines"] or told.why:
                window = {"since": round(since, 3), "until": round(until, 3), "kept": self._place(key)}
                self._recorder.write("log", component=component, host=name, **window, **fields)
                texts.append(_text(name, fields))
        if texts:
            self._keep(key, "\n".join(texts))

    def _worth(self, name: str) -> bool:
        busy = self._busy.get(name)
        return name not in self._gone and not (busy and busy.is_alive()) and not self._unreachable(name)

    def _ask(self, component: str, names: Sequence[str], since: float, until: float) -> dict[str, Told]:
        """Ask all at once, and take what has come when the time is over."""
        came: queue.SimpleQueue[tuple[str, Told | None]] = queue.SimpleQueue()
        asked = {name: wanted for name in names if (wanted := places(component, name, self._model))}

        def one(name: str, wanted: Sequence[Logs]) -> None:
            came.put((name, self._told(name, wanted, since, until)))

        for name, wanted in asked.items():
            self._busy[name] = threading.Thread(target=one, args=(name, wanted), daemon=True)
            self._busy[name].start()
        end, told = time.monotonic() + PATIENCE, dict.fromkeys(asked, Told(why=f"not within {PATIENCE:g} s"))
        for _ in asked:
            try:
                name, found = came.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                break
            if found is None:
                del told[name]
            else:
                told[name] = found
        return told

    def _told(self, name: str, wanted: Sequence[Logs], since: float, until: float) -> Told | None:
        """What a node says; None, and never again, where it cannot be asked."""

        def ask(script: str, limit: int, timeout: float) -> Any:
            return self._open(name).ask(script, limit=limit, timeout=timeout)

        try:
            return read_logs(ask, wanted, since, until + 1.0, timeout=PATIENCE)
        except Exception:  # whatever it is, the story ended as it did
            self._gone.add(name)
            return None

    def _place(self, key: str) -> str:
        """Where people find it, in the run's folder."""
        return f"{self._folder.name}/{file_name(key)}"

    def _keep(self, key: str, text: str) -> None:
        """The same for people, beside the record."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / file_name(key)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(self._recorder.redactor.text(text))


def file_name(key: str) -> str:
    """The file of a scenario: ``compute.boot.txt``."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", key).strip("-.")[:120] + ".txt"


def _fields(told: Told, requests: Sequence[Request]) -> dict[str, Any]:
    kept = chosen(told.entries, requests)
    return {
        "files": list(told.files[:40]),
        "lines": [line_of(entry, request) for entry, request in kept],
        "left_out": len(told.entries) - len(kept),
        "errors": sum(entry.bad for entry in told.entries),
        "short": list(told.short),
        "denied": list(told.denied[:40]),
        "why": told.why,
    }


def _text(name: str, fields: Mapping[str, Any]) -> str:
    head = f"== {name}: {len(fields['lines'])} entries, {fields['left_out']} left out"
    head += f", {len(fields['denied'])} files may not be read" if fields["denied"] else ""
    lines = [head + (f", {fields['why']}" if fields["why"] else "")]
    file = ""
    for line in fields["lines"]:
        if line["file"] != file:
            file = line["file"]
            lines.append(f"-- {file}")
        at = datetime.fromtimestamp(line["at"], UTC).strftime("%H:%M:%S") if line["at"] else "        "
        mark = f" <{line['request']}>" if line["request"] else ""
        lines.append(f"{at}{mark} {line['text']}")
    return "\n".join([*lines, ""])

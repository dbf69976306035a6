"""Reading the recordings."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """An answer, recorded or live."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of that name, whatever its spelling, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def json(self) -> Any:
        """The body as JSON, or None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Exchange:
    """One recorded exchange."""

    file: str
    seq: int
    case: str
    method: str
    host: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    answer: Answer

    @property
    def port(self) -> int:
        """The port that was asked."""
        return int(self.host.rpartition(":")[2])

    @property
    def watched(self) -> bool:
        """Whether this is one poll of a wait."""
        return self.case.startswith(("watch-", "vwatch-"))


def read(folder: Path, file: str) -> list[Exchange]:
    """All answered exchanges of one recording, in order."""
    return list(_rows(folder / file))


State = tuple[Any, ...]
"""What a wait looks at: HTTP status, and status, vm_state and task_state where there are such."""


def histories(folder: Path) -> dict[str, list[State]]:
    """Case of a wait → the states that another client of the same cloud saw, from ``state-history.json``."""
    path = folder / "state-history.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    named: dict[str, list[State]] = {}
    for name, states in rows.items():
        case = name.replace("vol-", "vwatch-", 1) if name.startswith("vol-") else f"watch-{name}"
        named[case] = [(*state, None, None, None)[:4] for state in states]
    return named


def _rows(path: Path) -> Iterator[Exchange]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "status" not in row or row["status"] is None:
            continue
        yield Exchange(
            file=path.name,
            seq=row["seq"],
            case=row["case"],
            method=row["method"],
            host=row["host"],
            path=row["path"],
            headers=tuple(row["request_headers"].items()),
            body=_bytes(row["request_body"]),
            answer=Answer(
                row["status"],
                tuple((name, value) for name, value in row["response_headers"]),
                _bytes(row["response_body"]) or b"",
            ),
        )


def _bytes(body: Any) -> bytes | None:
    if body is None or isinstance(body, str):
        return body.encode() if body is not None else None
    if "base64" in body:
        return base64.b64decode(body["base64"])
    return bytes(body["len"])

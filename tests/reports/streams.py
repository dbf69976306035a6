"""What python-subunit reads of a stream, in lines that a person can compare."""

from __future__ import annotations

import io
from typing import Any

from subunit.v2 import ByteStreamToStreamResult
from testtools import StreamResult


class _Lines(StreamResult):  # type: ignore[misc]
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def status(self, *words: Any, **event: Any) -> None:
        names = (
            "test_id",
            "test_status",
            "test_tags",
            "runnable",
            "file_name",
            "file_bytes",
            "eof",
            "mime_type",
        )
        self.events.append({**dict(zip(names, words, strict=False)), **event})


def events(stream: bytes) -> list[dict[str, Any]]:
    """The packets of a stream; whatever is none ends in an error."""
    found = _Lines()
    ByteStreamToStreamResult(io.BytesIO(stream)).run(found)
    return found.events


def lines(stream: bytes) -> str:
    """The same as text."""
    rows = []
    for event in events(stream):
        said = f"{event['timestamp'].isoformat()} {event['test_id']} {event.get('test_status') or '-'}"
        said += "".join(f" {tag}" for tag in sorted(event.get("test_tags") or ()))
        rows.append(said)
        if event.get("file_name"):
            rows.append(f"  {event['file_name']} {event['mime_type']}")
            rows += [f"  | {row}" for row in bytes(event["file_bytes"]).decode().split("\n")]
    return "\n".join(rows) + "\n"

"""What hosts' logs tell of a failure, in two lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from harness.evidence.reader import Row
from reports.stories import number, text
from reports.text import line

_MOST = 2
_LONGEST = 220
_STAMP = re.compile(r"\d{4}-\d\d-\d\d [\d:.,]+ +[A-Z]+ +\S+ ")
BAD = ("CRITICAL", "FATAL", "ERROR", "TRACE")


def telling(rows: Iterable[Row]) -> tuple[list[str], str]:
    """The entries that tell most, errors of the failed request first; and the file that has all of them."""
    logs = [row for row in rows if row["kind"] == "log"]
    found = [
        (text(row.get("host")), each)
        for row in logs
        for each in row.get("lines") or ()
        if isinstance(each, dict) and (each.get("level") in BAD or each.get("request"))
    ]
    found.sort(key=lambda pair: (pair[1].get("level") not in BAD, not pair[1].get("request")))
    kept = next((text(row.get("kept")) for row in logs if row.get("kept")), "")
    return list(dict.fromkeys(_said(host, each) for host, each in found))[:_MOST], kept


def _said(host: str, entry: Mapping[str, Any]) -> str:
    """Host, file, and the entry in one line: its first, and of an exception the last, which names it."""
    lines = text(entry.get("text")).split("\n")
    said = lines[0] if len(lines) < 2 else f"{line(lines[0], 110)} … {_STAMP.sub('', lines[-1])}"
    at = number(entry.get("at"))
    clock = datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S ") if 0 < at < 1e11 else ""
    return line(f"{clock}{host} {text(entry.get('file')).rpartition('/')[2]}: {said}", _LONGEST)

"""What took how long inside of a scenario, in single measurements: for comparisons that need more than one.

A kind is what was awaited (``the volume is free``), ``boot`` where a server was built, ``token`` and
``object PUT`` or ``object GET`` for answers of that kind. Waits that did not reach their goal are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from harness.evidence.reader import Row
from reports.stories import ended, number, text, transitions
from reports.text import line

BOOT, TOKEN = "boot", "token"
_OBJECT = re.compile(r"/v1/[^/]+/[^/]+/.")
_MOST = 200
_LIMITS = "rate limit"


def samples(rows: Iterable[Row]) -> dict[str, list[float]]:
    """Seconds by kind, of the rows of one scenario; of each kind the first 200."""
    found: dict[str, list[float]] = {}
    for row in rows:
        kind, seconds = _wait(row) if row["kind"] == "wait" else _exchange(row)
        if kind and len(measured := found.setdefault(kind, [])) < _MOST:
            measured.append(round(seconds, 4))
    return found


def _wait(row: Row) -> tuple[str, float]:
    if row.get("outcome") != "reached" or row.get("what") == _LIMITS:
        return "", 0.0
    seen = transitions(row)
    built = bool(seen) and str(seen[0][0]).startswith("BUILD") and str(seen[-1][0]).startswith("ACTIVE")
    kind = BOOT if built else line(text(row.get("what")), 80)
    return kind, sum(number(lasted) for _, lasted in seen)


def _exchange(row: Row) -> tuple[str, float]:
    status = ended(row) if row["kind"] == "exchange" else None
    if status is None or row.get("phase") == "sent" or status >= 300:
        return "", 0.0
    service, method = row.get("service"), row.get("method")
    if service == "object-store" and method in ("PUT", "GET") and _OBJECT.match(_path(text(row.get("url")))):
        return f"object {method}", number(row.get("ms")) / 1000
    if service == "identity" and method == "POST" and _path(text(row.get("url"))).endswith("/tokens"):
        return TOKEN, number(row.get("ms")) / 1000
    return "", 0.0


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""

"""How far the clocks behind the APIs are from ours, by the Date of every answer. Pure.

A Date counts whole seconds, so one answer says little: the server's time was in [Date, Date + 1 s) at some
moment between our sending and our receiving. Each answer narrows the skew to an interval; the intervals of
a host are cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Skew:
    """One host's clock less ours: between ``least`` and ``most`` seconds;
    ``row`` is the answer that says most.
    """

    least: float
    most: float
    row: str

    @property
    def seconds(self) -> float:
        """The smallest distance that explains every answer;
        a clock that jumped has the largest that was seen.
        """
        if self.least > self.most:
            return max(abs(self.least), abs(self.most))
        return max(0.0, self.least, -self.most)

    def with_(self, other: Skew) -> Skew:
        """What both answers allow."""
        row = self.row if self.seconds >= other.seconds else other.row
        return Skew(max(self.least, other.least), min(self.most, other.most), row)


def skews(rows: Iterable[Mapping[str, Any]]) -> dict[str, Skew]:
    """Skew by component and host (``nova at 10.0.0.1``), from the exchanges of a record."""
    found: dict[str, Skew] = {}
    for row in rows:
        if row["kind"] != "exchange" or not row.get("response"):
            continue
        one = _skew(row)
        if one is not None:
            host = urlsplit(str(row.get("url"))).hostname or "unknown"
            name = f"{row.get('component') or 'a service'} at {host}"
            found[name] = found[name].with_(one) if name in found else one
    return found


def _skew(row: Mapping[str, Any]) -> Skew | None:
    headers = row["response"].get("headers") or {}
    text = next((value for name, value in headers.items() if name.lower() == "date"), None)
    try:
        date = parsedate_to_datetime(str(text)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    received = float(row["t"])
    sent = received - float(row.get("ms") or 0.0) / 1000
    return Skew(date - received, date + 1.0 - sent, f"{row['worker']}:{row['seq']}")

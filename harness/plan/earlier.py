"""What the rows of a run tell of what its results rest on, and of which cloud it was. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.arch.paths import Path, parse
from harness.evidence.reader import Row
from harness.fleet.since import TENANT, discovered
from harness.plan.again import Earlier

_OF_THE_WAY = ("", "ssh", "host")
"""Components that are nobody's: the way in, and the machine itself."""


def by_scenario(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by the scenario that wrote them."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("scenario"):
            found[str(row["scenario"])].append(row)
    return found


def earlier(
    rows: Sequence[Row], verdict: str, version: str, deviates: bool = False, at: float = 0.0
) -> Earlier:
    """What a run came to for one scenario, by the rows of it."""
    told = max((row["t"] for row in rows if row["kind"] == "verdict"), default=at)
    saw = frozenset(path for row in rows if (path := _path(row)))
    return Earlier(verdict, version, told, rests(rows), saw, deviates)


def rests(rows: Iterable[Row]) -> frozenset[str]:
    """The components that answered in these rows, and ``@node`` for each host that was entered."""
    found: set[str] = set()
    for row in rows:
        if row["kind"] in ("exchange", "command"):
            found |= {str(row.get("component") or "")} - {*_OF_THE_WAY}
            found |= {f"@{row['host']}"} if row.get("host") else set()
    return frozenset(found)


def found(rows: Iterable[Row]) -> dict[str, Any]:
    """By printed path, what was seen of catalogue, versions and extensions; the last time counts. Beside
    them the ids of the harness' own lasting tenants, which a cloud that was built anew has not got.
    """
    seen: dict[str, Any] = {}
    for row in rows:
        seen |= _tenants(row)
        path = _path(row)
        if path and discovered(path):
            if row["kind"] == "observation":
                seen[str(row["clause"])] = row.get("observed")
            elif isinstance(row.get("names"), list):
                seen[str(row["collection"])] = sorted(map(str, row["names"]))
    return seen


def _tenants(row: Row) -> dict[str, str]:
    left = row.get("remainders") if row["kind"] == "run" else None
    rows = [each for each in left if isinstance(each, dict)] if isinstance(left, list) else []
    return {
        f"{TENANT}{each.get('name')}": str(each.get("id")) for each in rows if each.get("kind") == "tenant"
    }


def digits(run: str, taken: Mapping[str, str]) -> str:
    """What the writers of a run are called by in another one's folder: its last four digits, its whole id
    where another run (run → digits) has these already.
    """
    short = run.rpartition("-")[2]
    return run if short in taken.values() and taken.get(run) != short else short


def _path(row: Row) -> Path:
    text = row.get({"observation": "clause", "names": "collection", "unseen": "clause"}.get(row["kind"], ""))
    try:
        return parse(text) if isinstance(text, str) else ()
    except ValueError:
        return ()

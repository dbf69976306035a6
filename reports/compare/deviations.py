"""Deviations of a column against the baseline's: new, still there, fixed, or not looked at."""

from __future__ import annotations

from collections.abc import Mapping

from harness.arch.paths import parse, show
from reports.compare.model import Deviating
from reports.compare.reading import Seen


def against(before: Seen, after: Seen) -> dict[str, list[Deviating]]:
    """By ``new``, ``still``, ``fixed`` and ``unseen``; waived ones are none."""
    old, now = _deviating(before), _deviating(after)
    gone = {path: each for path, each in old.items() if path not in now}
    return {
        "new": [each for path, each in now.items() if path not in old],
        "still": [each for path, each in now.items() if path in old],
        "fixed": [each for path, each in gone.items() if _looked(each, after)],
        "unseen": [each for path, each in gone.items() if not _looked(each, after)],
    }


def _deviating(run: Seen) -> Mapping[str, Deviating]:
    found = {
        path: Deviating(path=path, described=leaf.described, observed=leaf.observed, level=leaf.level)
        for path, leaf in run.leaves.items()
        if leaf.state == "deviates" and not leaf.waived
    }
    strange = {
        path: Deviating(path=path, described=None, observed="present", level="must", undescribed=True)
        for path, waived in run.undescribed.items()
        if not waived
    }
    return found | strange


def _looked(old: Deviating, after: Seen) -> bool:
    """Whether the other run saw the thing, or the names among which it stood."""
    if old.undescribed:
        return _collection(old.path) in after.names
    leaf = after.leaves.get(old.path)
    return leaf is not None and (leaf.state == "verified" or (leaf.state == "deviates" and bool(leaf.waived)))


def _collection(path: str) -> str:
    try:
        return show(parse(path)[:-1])
    except ValueError:
        return ""

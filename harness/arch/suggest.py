"""Hints for mistyped names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(found: str, known: Iterable[str], *, list_all: int = 16) -> str:
    """A hint: the nearest known name, else the known names if they are few."""
    names = sorted(set(known))
    near = difflib.get_close_matches(found[:100], names, n=1, cutoff=0.6)
    if not near:
        folded = {name.lower(): name for name in names}
        near = [folded[found.lower()]] if found.lower() in folded else []
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= list_all else ""

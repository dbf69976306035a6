"""The comparison for programs."""

from __future__ import annotations

from json import dumps

from reports.compare.model import Comparison


def to_json(comparison: Comparison) -> str:
    """The model as JSON in ASCII, so that nothing in it steers the terminal or editor that shows it."""
    return dumps(comparison.model_dump(mode="python"), indent=1, ensure_ascii=True, default=str) + "\n"

"""``report.json``: the model itself, for programs."""

from __future__ import annotations

from json import dumps

from reports.model import Report


def to_json(report: Report) -> str:
    """The report as JSON in ASCII, so that nothing in it steers the terminal or editor that shows it."""
    return dumps(report.model_dump(mode="python"), indent=1, ensure_ascii=True, default=str) + "\n"

"""``report.json``: the model itself, for programs."""

from __future__ import annotations

from json import dumps
from typing import Any

from reports.model import Report


def to_json(report: Report) -> str:
    """The report as JSON in ASCII, so that nothing in it steers the terminal or editor that shows it."""
    return dumps(report.model_dump(mode="python"), indent=1, ensure_ascii=True, default=str) + "\n"


def schema() -> dict[str, Any]:
    """The JSON schema of ``report.json``, as published in ``reports/schema.json``."""
    document = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}

"""The published JSON schema of ``report.json``; ``python -m reports.schema`` writes it anew."""

from __future__ import annotations

import json
from pathlib import Path

from reports.model import VERSION, Report

FILE = Path(__file__).parent / "schema.json"


def document() -> str:
    """The schema as the file holds it."""
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"deployday:report:{VERSION}",
        **Report.model_json_schema(mode="serialization"),
    }
    return json.dumps(found, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")

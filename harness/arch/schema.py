"""JSON Schema of what users write, for editors; ``python -m harness.arch.schema`` writes it.

The schema knows keys, types and values. That an item is complete it does not ask, since a base may give the
rest; what contradicts itself only ``load`` can say.
"""

from __future__ import annotations

import importlib.resources
import json
import pathlib
from typing import Any

from harness.arch.captured import KEYS
from harness.arch.grammar import Description
from harness.arch.sources import LEVELS

FILE = "schema.json"


def schema() -> dict[str, Any]:
    """The schema of one file."""
    found = Description.model_json_schema()
    parts = found["$defs"]
    devices = parts["Node"]["properties"]["devices"]
    devices["anyOf"].insert(0, {"type": "array", "items": {"type": "string", "examples": ["sdb"]}})
    files = {
        "deployday": {"const": 1, "description": "version of this grammar"},
        "extends": {"type": "string", "description": "a shipped architecture, or a file beside this one"},
        "captured": {
            "type": "object",
            "description": "the cloud was asked for what this file says; nobody wrote it",
            "properties": {key: {"type": "string"} for key in KEYS},
            "required": list(KEYS),
            "additionalProperties": False,
        },
    }
    for part in [found, *parts.values()]:
        _loosen(part)
    properties = {**files, **found["properties"]}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Deploy Day reference architecture",
    }
    return {**head, **found, "properties": properties, "required": ["deployday"]}


def text() -> str:
    """The schema as it is stored."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


def _loosen(part: Any) -> None:
    """Nothing is required, every mapping may carry a level, every named item may be taken away by null."""
    for shape in part.get("anyOf", ()):
        _loosen(shape)
    part.pop("required", None)
    part.pop("title", None)
    for ours, theirs in (("ge", "minimum"), ("le", "maximum")):
        if ours in part:
            part[theirs] = part.pop(ours)
    if part.get("default", "") is None:
        del part["default"]
    if part.get("type") != "object":
        return
    for each in part.get("properties", {}).values():
        _loosen(each)
    items = part.get("additionalProperties")
    if isinstance(items, dict):
        _loosen(items)
        part["additionalProperties"] = {"anyOf": [items, {"type": "null"}]}
    part.setdefault("properties", {})["level"] = {
        "enum": list(LEVELS),
        "description": "must unless said otherwise",
    }
    part.pop("propertyNames", None)


def main() -> None:
    """Write the schema into the source tree."""
    with importlib.resources.as_file(importlib.resources.files("reference_arch")) as folder:
        pathlib.Path(folder, FILE).write_text(text(), "utf-8")


if __name__ == "__main__":
    main()

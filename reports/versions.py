"""``report.json`` of every version: what an older Deploy Day wrote is read as if today's had written it.

A version is one number. A field that is new and has a default needs none; where a field changes or goes, the
number rises and a function here makes the older report a newer one. One report of each version is kept under
``tests/reports/versions``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.errors import Problem, UsageError
from reports.model import VERSION, Report

LARGEST = 256 * 1024 * 1024
"""Bytes of a ``report.json``: whatever is larger was not written by us."""

_NEWER: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""By version: what makes such a report one of the next version."""


def read_report(path: Path) -> Report:
    """The report in a file, whichever version wrote it; raises ``UsageError`` where there is none.

    >>> read_report(folder.report_json).verdict
    'GO'
    """
    return report_of(bytes_of(path), str(path))


def report_of(data: bytes, where: str) -> Report:
    """The report in ``data``, which is JSON; ``where`` names it in an error."""
    try:
        return Report.model_validate_json(data)
    except ValidationError as error:
        first = error
    try:
        return Report.model_validate(_as_today(json.loads(data), where))
    except (ValidationError, ValueError, RecursionError):
        raise UsageError(Problem(where, f"not a report: {reason(first)}")) from None


def bytes_of(path: Path) -> bytes:
    """What a file holds, read up to a bound; raises ``UsageError`` where it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        hint = f"deployday report {path.parent.name}" if isinstance(error, FileNotFoundError) else ""
        raise UsageError(Problem(str(path), error.strerror or "cannot be read", hint=hint)) from None
    if len(data) > LARGEST:
        raise UsageError(Problem(str(path), "too large", expected=f"at most {LARGEST >> 20} MiB"))
    return data


def reason(error: ValidationError) -> str:
    """The first thing that is wrong, in one line."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"][:6])
    return f"{place}: {first['msg']}"[:200] if place else str(first["msg"])[:200]


def newer(version: object, where: str) -> UsageError:
    """What is said of a report that this version cannot know."""
    found = str(version)[:20]
    hint = "read it with the deployday that wrote it, or a newer one"
    return UsageError(
        Problem(where, "a report of a newer deployday", expected=f"up to {VERSION}", found=found, hint=hint)
    )


def _as_today(data: Any, where: str) -> Any:
    """A report of an older version, step by step made one of today's."""
    version = data.get("report") if isinstance(data, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise newer(version, where)
    while isinstance(version, int) and version in _NEWER:
        data = _NEWER[version](data)
        version = data["report"]
    return data

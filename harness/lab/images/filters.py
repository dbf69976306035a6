"""Filters, order and pages of a list, as the registry reads them from the query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from harness.lab.http import context_of
from harness.lab.images import refusals
from harness.lab.world import Image

_EQUAL = ("name", "container_format", "disk_format", "status")
_NUMBERS: dict[str, Callable[[Image, int], bool]] = {
    "min_ram": lambda image, given: image.min_ram == given,
    "min_disk": lambda image, given: image.min_disk == given,
    "size_min": lambda image, given: image.size >= given,
    "size_max": lambda image, given: image.size <= given,
}
_SORTABLE = ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at")
_DEFAULT_LIMIT = 25
_LARGEST_LIMIT = 1000


def selected(request: Request, images: list[Image]) -> list[Image]:
    """The rows to show, of those that the caller may see."""
    rows = [image for image in images if _wanted(request, image)]
    return _page(request, _sorted(request, rows))


def _wanted(request: Request, image: Image) -> bool:
    query = request.query_params
    equal = all(getattr(image, name) == query[name] for name in _EQUAL if name in query)
    numbers = all(test(image, _number(request, name)) for name, test in _NUMBERS.items() if name in query)
    properties = {
        key.removeprefix("property-"): value for key, value in query.items() if key.startswith("property-")
    }
    having = all(image.properties.get(key) == value for key, value in properties.items())
    kept = "protected" not in query or image.protected == _true(query["protected"])
    return equal and numbers and having and kept and _shown(request, image)


def _shown(request: Request, image: Image) -> bool:
    """Only an administrator may ask for private images of others;
    for everyone else lists hold what they may see.
    """
    context, asked = context_of(request), request.query_params.get("is_public", "True")
    mine = image.owner == context.tenant_id or context.tenant_id in image.members
    if not context.admin:
        return True
    if asked.lower() == "none":
        return True
    return image.public or mine if _true(asked) else not image.public


def _sorted(request: Request, rows: list[Image]) -> list[Image]:
    key = request.query_params.get("sort_key", "created_at")
    direction = request.query_params.get("sort_dir", "desc")
    if key not in _SORTABLE:
        raise refusals.bad_filter(request, f"Unsupported sort_key. Acceptable values: {', '.join(_SORTABLE)}")
    if direction not in ("asc", "desc"):
        raise refusals.bad_filter(request, "Unsupported sort_dir. Acceptable values: asc, desc")
    return sorted(
        rows, key=lambda image: _orderly(getattr(image, key), image.id), reverse=direction == "desc"
    )


def _orderly(value: Any, key: str) -> tuple[bool, Any, str]:
    return (value is not None, value if value is not None else "", key)


def _page(request: Request, rows: list[Image]) -> list[Image]:
    query = request.query_params
    limit = _number(request, "limit") if "limit" in query else _DEFAULT_LIMIT
    if limit < 0:
        raise refusals.bad_filter(request, "limit param must be positive")
    marker = query.get("marker")
    if marker is not None:
        at = next((n for n, image in enumerate(rows) if image.id == marker), None)
        if at is None:
            raise refusals.bad_filter(request, "Invalid marker")
        rows = rows[at + 1 :]
    return rows[: min(limit, _LARGEST_LIMIT)]


def _number(request: Request, name: str) -> int:
    try:
        return int(request.query_params[name])
    except ValueError:
        raise refusals.bad_filter(request, f"{name} param must be an integer") from None


def _true(text: str) -> bool:
    return text.lower() in ("true", "1", "t", "y", "yes", "on")

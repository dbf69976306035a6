"""Glance's refusals: WebOb pages whose details quote the registry behind it."""

from __future__ import annotations

from starlette.requests import Request

from harness.lab.http import Stop, text_error
from harness.lab.http.answers import explanation_of


def missing(request: Request, image_id: str) -> Stop:
    """No such image, or not yours to see."""
    return Stop(text_error(request, 404, f"Image with identifier {image_id} not found"))


def bad(request: Request, detail: str) -> Stop:
    """400 with a detail."""
    return Stop(text_error(request, 400, detail))


def bad_filter(request: Request, detail: str) -> Stop:
    """400 as the registry says it and the API repeats it."""
    return Stop(
        text_error(request, 400, explanation=f"Data supplied was not valid. Details: {_quoted(400, detail)}")
    )


def bad_image(request: Request, reason: str, *, action: str = "add") -> Stop:
    """400 for metadata that the registry does not take."""
    inner = f"Failed to {action} image metadata. Got error: Data supplied was not valid. Details: {reason}"
    outer = "reserve image" if action == "add" else "update image metadata"
    detail = f"Failed to {outer}. Got error: Data supplied was not valid. Details: {_quoted(400, inner)}"
    return Stop(text_error(request, 400, detail.rstrip()))


def forbidden(request: Request, detail: str) -> Stop:
    """403 with a detail."""
    return Stop(text_error(request, 403, detail))


def not_yours(request: Request, action: str) -> Stop:
    """403 for somebody else's image."""
    detail = f"Forbidden to {action} image: You are not authorized to complete this action. "
    detail += f"Details: {_quoted(403, '')}"
    return Stop(text_error(request, 403, detail))


def conflict(request: Request, detail: str) -> Stop:
    """409 with a detail."""
    return Stop(text_error(request, 409, detail))


def _quoted(status: int, detail: str) -> str:
    title = {400: "Bad Request", 403: "Forbidden"}[status]
    return f"{status} {title}  {explanation_of(status)}   {detail}  "

"""How nova 2012.1 says no to a request that reached it: a fault by name in JSON or XML.

Handlers raise a ``Refusal``; only the resource layer turns it into an answer.
"""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from starlette.responses import Response

from harness.lab.http import answer

_NAMES = {
    400: "badRequest", 403: "forbidden", 404: "itemNotFound", 405: "badMethod", 409: "conflictingRequest",
    413: "overLimit", 415: "badMediaType", 501: "notImplemented", 503: "serviceUnavailable",
}  # fmt: skip
_BROKEN = "The server has either erred or is incapable of performing the requested operation."
_MESSAGES = {
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    409: "There was a conflict when trying to complete your request.",
    422: "Unable to process the contained instructions",
    500: _BROKEN,
    501: _BROKEN,
}
_UNSAID = "\0"
_NAMESPACE = "http://docs.openstack.org/compute/api/v1.1"


class Refusal(Exception):  # noqa: N818 - an answer, not a mistake
    """A fault: HTTP status and message; without a message, the stock one of the status."""

    def __init__(self, status: int, message: str | None = _UNSAID, *, plain: bool = False) -> None:
        self.status = status
        self.message = _MESSAGES.get(status, "") if message == _UNSAID else message
        self.plain = plain
        super().__init__(f"{status} {self.message}")

    def response(self, request_id: str, xml: bool = False) -> Response:
        """The fault on the wire.

        Quota errors raised below the API layer (``plain``) name no character set.
        """
        name = _NAMES.get(self.status, "computeFault")
        inner: dict[str, Any] = {"message": self.message, "code": self.status}
        headers: list[tuple[str, str]] = []
        if self.status == 413:
            inner["retryAfter"] = 0
            headers.append(("Retry-After", "0"))
        kind = "xml" if xml else "json"
        body = _xml(name, inner) if xml else json.dumps({name: inner})
        headers += [
            ("Content-Length", str(len(body.encode()))),
            ("Content-Type", f"application/{kind}" + ("" if self.plain else "; charset=UTF-8")),
            ("X-Compute-Request-Id", request_id),
        ]
        return answer(self.status, body, headers)


def bad(message: str | None = _UNSAID) -> Refusal:
    """400, by default with the stock message."""
    return Refusal(400, message)


def missing(message: str = _UNSAID) -> Refusal:
    """404 for an item."""
    return Refusal(404, message)


def broken(message: str = _UNSAID) -> Refusal:
    """500: nova tripped over its own code."""
    return Refusal(500, message)


def denied(rule: str) -> Refusal:
    """403 of the policy engine; ``rule`` is the policy's name without its prefix."""
    return Refusal(403, f"Policy doesn't allow compute_extension:{rule} to be performed.")


def over_quota(code: str, *, below: bool = False) -> Refusal:
    """413 for a quota. ``below``: raised below the API layer, where the class name gets into the message."""
    prefix = "QuotaError: " if below else ""
    return Refusal(413, f"{prefix}Quota exceeded: code={code}", plain=below)


def _xml(name: str, inner: dict[str, Any]) -> str:
    rest = "".join(f"<{key}>{escape(str(inner[key]))}</{key}>" for key in inner if key != "code")
    return f'<{name} code="{inner["code"]}" xmlns="{_NAMESPACE}">{rest}</{name}>'

"""How keystone 2012.1 writes answers: JSON or XML by Accept, its errors,
and what it makes of a request's body.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.http import Stop, answer, read_body, text_error
from harness.lab.identity import xml

_VARY = ("Vary", "X-Auth-Token")
_UNEXPECTED = "An unexpected error prevented the server from fulfilling your request."
_TITLES = {
    400: "Bad Request",
    401: "Not Authorized",
    403: "Not Authorized",
    404: "Not Found",
    409: "Conflict",
    500: "Internal Server Error",
    501: None,
}


def reply(request: Request, data: Any, status: int = 200) -> Response:
    """A document in the form that the client accepts; XML only where it asks for nothing else."""
    if request.headers.get("accept") == "application/xml":
        return answer(status, xml.dump(data), [_VARY, ("Content-Type", "application/xml")])
    return answer(status, json.dumps(data), [("Content-Type", "application/json"), _VARY])


def gone() -> Response:
    """The 204 after a deletion: chunked, and empty; the lab's server says how that goes over a real wire."""
    return empty([("Transfer-Encoding", "chunked")])


def empty(more: Iterable[tuple[str, str]] = (("Content-Length", "0"),)) -> Response:
    """A 204 with keystone's usual headers."""
    return answer(204, b"", [("Content-Type", "application/json"), _VARY, *more], length=False)


def fail(request: Request, status: int, message: str) -> Stop:
    """Keystone's error document, to be raised."""
    error = {"message": message, "code": status, "title": _TITLES[status]}
    return Stop(reply(request, {"error": error}, status))


def unauthorized(request: Request) -> Stop:
    """Nobody knows who is asking."""
    return fail(request, 401, "The request you have made requires authentication.")


def forbidden(request: Request, action: str = "") -> Stop:
    """Known, but not allowed; ``action`` is the policy rule that was not met."""
    named = f": {action}" if action else "."
    return fail(request, 403, f"You are not authorized to perform the requested action{named}")


def missing(request: Request, kind: str, key: str) -> Stop:
    """``Could not find tenant: nope``."""
    return fail(request, 404, f"Could not find {kind}: {key}")


def conflict(request: Request, kind: str, name: str | None) -> Stop:
    """A name is taken. Essex shows the database's own words here; the lab does not imitate a database."""
    return fail(
        request, 409, f"Conflict occurred attempting to store {kind}. (IntegrityError) {name!r} is not unique"
    )


def unexpected(request: Request, reason: str = "") -> Stop:
    """Keystone tripped over its own code and says so in its own form."""
    return fail(request, 500, f"{_UNEXPECTED} {reason}".rstrip())


def absent(request: Request) -> Stop:
    """What the stock drivers do not implement."""
    return fail(request, 501, "The action you have requested has not been implemented.")


async def parameters(request: Request) -> dict[str, Any]:
    """The body as keystone's filters hand it on: empty unless JSON or XML is announced;
    malformed JSON is a text page.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    raw = await read_body(request)
    if not raw or kind not in ("application/json", "application/xml"):
        return {}
    try:
        data = json.loads(raw) if kind == "application/json" else xml.load(raw)
    except (ValueError, RecursionError):
        raise Stop(
            text_error(request, 400, explanation="Malformed json in request body", detail="")
        ) from None
    if not isinstance(data, dict):
        raise Stop(text_error(request, 400, explanation="Malformed json in request body", detail=""))
    return data


async def wrapped(request: Request, key: str) -> dict[str, Any]:
    """The object inside the body's one key; keystone trips where there is none."""
    data = (await parameters(request)).get(key)
    if not isinstance(data, dict):
        raise unexpected(request, f"{key}: 'NoneType' object is not subscriptable")
    return data

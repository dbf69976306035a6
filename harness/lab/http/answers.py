"""Answers with their headers in the order and spelling of Essex, and its error pages.

Route-level errors are WebOb pages: HTML where the client accepts ``*/*`` or HTML, otherwise plain text.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

Headers = Iterable[tuple[str, str]]
_UNAUTHORIZED = (
    "This server could not verify that you are authorized to access the document you requested. "
    "Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand "
    "how to supply the credentials required."
)
_EXPLANATIONS = {
    300: "The requested resource presents multiple choices.",
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    401: _UNAUTHORIZED,
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    405: "The method specified is not allowed for this resource.",
    409: "There was a conflict when trying to complete your request.",
    411: "Content-Length header required.",
    412: "Request precondition failed.",
    413: "The body of your request was too large for this server.",
    500: "The server has either erred or is incapable of performing the requested operation.",
    501: "The request method is not implemented for this server.",
    503: "The server is currently unavailable. Please try again at a later time.",
}


class Stop(Exception):  # noqa: N818 - control flow, not a mistake
    """Ends a handler with an answer that is ready."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(response.status_code)


def answer(status: int, body: bytes | str = b"", headers: Headers = (), *, length: bool = True) -> Response:
    """An answer with exactly these headers, in this order;
    ``Content-Length`` is added unless given or unwanted.
    """
    content = body.encode() if isinstance(body, str) else body
    response = Response(content, status_code=status)
    pairs = list(headers)
    if length and not any(name.lower() == "content-length" for name, _ in pairs):
        pairs.append(("Content-Length", str(len(content))))
    response.raw_headers = [(name.encode("latin-1"), value.encode("utf-8")) for name, value in pairs]
    return response


def json_answer(
    data: Any, status: int = 200, headers: Headers = (), *, kind: str = "application/json"
) -> Response:
    """A JSON document, ``Content-Type`` first."""
    return answer(status, json.dumps(data), [("Content-Type", kind), *headers])


def explanation_of(status: int) -> str:
    """What WebOb says of a status."""
    return _EXPLANATIONS.get(status, "")


def wants_html(request: Request) -> bool:
    """WebOb's rule for its error pages."""
    accept = request.headers.get("accept", "")
    return "html" in accept or "*/*" in accept


def text_error(
    request: Request, status: int, detail: str = "", *, explanation: str = "", headers: Headers = ()
) -> Response:
    """WebOb's page for an HTTP error; ``headers`` come before its own."""
    title = f"{status} {HTTPStatus(status).phrase}"
    explained = explanation or _EXPLANATIONS.get(status, "")
    if wants_html(request):
        page = (
            f"<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n"
            f"  {explained}<br /><br />\n{html.escape(detail)}\n\n\n </body>\n</html>"
        )
        kind = "text/html; charset=UTF-8"
    else:
        page = f"{title}\n\n{explained}\n\n {detail}  "
        kind = "text/plain; charset=UTF-8"
    body = page.encode()
    return answer(status, body, [*headers, ("Content-Length", str(len(body))), ("Content-Type", kind)])


def crash(where: str = "application(request)") -> Response:
    """What a client of Essex sees when a service trips over its own code: a trace-back as plain text."""
    page = f"Traceback (most recent call last):\n  in {where}\nthe service did not expect this request\n"
    return answer(
        500,
        page,
        [("Content-Type", "text/plain"), ("Content-Length", str(len(page))), ("Connection", "close")],
    )

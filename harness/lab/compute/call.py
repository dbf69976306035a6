"""One request to nova or nova-volume, past the token check, and the answers that handlers give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harness.lab.compute.refusals import Refusal, bad, denied
from harness.lab.http import answer, json_answer
from harness.lab.world import Context, World


@dataclass(frozen=True)
class Call:
    """Who asks for what.

    ``body`` is the parsed JSON document, or None when the client sent none that counts.
    """

    world: World
    request: Request
    context: Context
    parts: Mapping[str, str]
    version: str
    request_id: str
    body: Any = None
    xml: bool = False

    @property
    def host(self) -> str:
        """``http://address:port`` as the client wrote it."""
        return f"{self.request.url.scheme}://{self.request.headers.get('host', self.request.url.netloc)}"

    @property
    def tenant(self) -> str:
        """The tenant of the URL, which the token holds."""
        return self.context.tenant_id or ""

    def link(self, path: str) -> str:
        """A URL under the version and tenant of this request."""
        return f"{self.host}/{self.version}/{self.tenant}/{path}"

    def bookmark(self, path: str) -> str:
        """The same without a version."""
        return f"{self.host}/{self.tenant}/{path}"

    def links(self, path: str) -> list[dict[str, str]]:
        """The two links that most items carry."""
        return [{"href": self.link(path), "rel": "self"}, {"href": self.bookmark(path), "rel": "bookmark"}]

    def query(self, name: str) -> str | None:
        """A parameter of the query, or None."""
        return self.request.query_params.get(name)

    def entity(self, name: str) -> dict[str, Any]:
        """The object called ``name`` in the body; nova trips (500) where it is absent."""
        body = self.body
        found = body.get(name) if isinstance(body, dict) else None
        if not isinstance(found, dict):
            raise Refusal(500)
        return found

    def require_admin(self, rule: str) -> None:
        """403 of the policy engine for everybody else."""
        if not self.context.admin:
            raise denied(rule)

    def ok(self, data: Any, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Response:
        """A document."""
        return with_id(self.request_id, json_answer(data, status), headers)

    def empty(self, status: int) -> Response:
        """An answer of a controller that returned nothing."""
        headers = [("Content-Length", "0"), ("X-Compute-Request-Id", self.request_id)]
        return answer(status, b"", [*headers, ("Content-Type", "application/json")])


Handler = Callable[[Call], Awaitable[Response]]


def with_id(request_id: str, response: Response, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Put nova's request id, and then further headers, in front of an answer's own."""
    pairs = [("X-Compute-Request-Id", request_id), *headers]
    response.raw_headers = [(k.encode("latin-1"), v.encode()) for k, v in pairs] + response.raw_headers
    return response


def bare(status: int, body: str = "") -> Response:
    """An answer that a controller made itself: HTML by label, without a request id."""
    return answer(status, body, [("Content-Type", "text/html; charset=UTF-8")])


def page_of(call: Call, rows: list[Any], key: Callable[[Any], str]) -> tuple[list[Any], str | None]:
    """The rows that ``limit`` and ``marker`` ask for,
    and the query of the next page where the page is full.
    """
    marker, limit = call.query("marker"), _limit(call)
    if marker is not None:
        at = next((i for i, row in enumerate(rows) if key(row) == marker), None)
        if at is None:
            raise bad(f"marker [{marker}] not found")
        rows = rows[at + 1 :]
    if limit is None:
        return rows, None
    rows = rows[:limit]
    full = limit and len(rows) == limit
    return rows, f"limit={limit}&marker={key(rows[-1])}" if full else None


def _limit(call: Call) -> int | None:
    given = call.query("limit")
    if given is None:
        return None
    try:
        limit = int(given)
    except ValueError:
        raise bad("limit param must be an integer") from None
    if limit < 0:
        raise bad("limit param must be positive")
    return limit or None

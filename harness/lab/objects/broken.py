"""Filters that break the proxy, one fault each;
a fault puts one in front of the pipeline and restarts the proxy.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from typing import Any

from swift.common.wsgi import WSGIContext

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]
_BEYOND = "%F4%8F%BF%BF"  # no name sorts behind the last character that there is


def _object(environ: Environ) -> bool:
    """Whether the path is an object's: ``/v1/account/container/object``."""
    parts = environ["PATH_INFO"].split("/", 4)
    return len(parts) == 5 and bool(parts[4])


def _container(environ: Environ) -> bool:
    """Whether the path is a container's."""
    parts = environ["PATH_INFO"].rstrip("/").split("/", 4)
    return len(parts) == 4 and bool(parts[3])


def _account(environ: Environ) -> bool:
    """Whether the path is an account's."""
    parts = environ["PATH_INFO"].rstrip("/").split("/")
    return len(parts) == 3 and parts[1] == "v1"


Factory = Callable[..., Callable[[App], App]]


def _filter(broken: Callable[[App, Environ, Start], Iterable[bytes]]) -> Factory:
    """The factory, as paste wants it, of a filter that answers by ``broken``."""

    @functools.wraps(broken)
    def factory(global_conf: dict[str, str], **local: str) -> Callable[[App], App]:
        return lambda app: functools.partial(broken, app)

    return factory


@_filter
def etag_unchecked(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The checksum that a client announces is lost on the way."""
    if environ["REQUEST_METHOD"] == "PUT":
        environ.pop("HTTP_ETAG", None)
    return app(environ, start)


@_filter
def delete_ignored(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Deleting an object is looked up, answered and not done."""
    if environ["REQUEST_METHOD"] != "DELETE" or not _object(environ):
        return app(environ, start)
    look = _Asked(app, {**environ, "REQUEST_METHOD": "HEAD"})
    return look.confirm(start) if look.status == 200 else look.answer(start)


@_filter
def foreign_readable(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Whoever brings any token may read any object."""
    reading = environ["REQUEST_METHOD"] in ("GET", "HEAD") and _object(environ)
    if reading and "HTTP_X_AUTH_TOKEN" in environ:
        environ["swift.authorize_override"] = True
        environ["swift.authorize"] = lambda request: None
    return app(environ, start)


@_filter
def body_corrupted(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The first byte of every object that is read is another one."""
    asked = environ["REQUEST_METHOD"] == "GET" and _object(environ)
    body = app(environ, start)
    return _first_byte_changed(body) if asked else body


@_filter
def listing_drops(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The last row of every page of a container's listing is missing."""
    if environ["REQUEST_METHOD"] != "GET" or not _container(environ):
        return app(environ, start)
    found = _Asked(app, environ)
    if found.status == 200:
        found.body = _without_last(found.body)
    return found.answer(start)


@_filter
def containers_unlisted(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The listing of every account is that of its end: nothing."""
    if environ["REQUEST_METHOD"] == "GET" and _account(environ):
        asked = [word for word in environ.get("QUERY_STRING", "").split("&") if word]
        others = [word for word in asked if not word.startswith(("marker=", "end_marker="))]
        environ["QUERY_STRING"] = "&".join([*others, f"marker={_BEYOND}"])
    return app(environ, start)


@_filter
def nonempty_delete_confirmed(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The refusal to delete a container that holds objects becomes a success."""
    if environ["REQUEST_METHOD"] != "DELETE" or not _container(environ):
        return app(environ, start)
    done = _Asked(app, environ)
    return done.confirm(start) if done.status == 409 else done.answer(start)


def _first_byte_changed(body: Iterable[bytes]) -> Iterable[bytes]:
    changed = False
    for chunk in body:
        if chunk and not changed:
            changed = True
            yield bytes([chunk[0] ^ 1]) + chunk[1:]
        else:
            yield chunk


def _without_last(body: bytes) -> bytes:
    if body.startswith(b"["):
        return json.dumps(json.loads(body)[:-1]).encode()
    if body.startswith(b"<?xml"):
        head, _, tail = body.rpartition(b"<object>")
        return head + tail.partition(b"</object>")[2] if head else body
    return b"".join(line + b"\n" for line in body.splitlines()[:-1])


class _Asked(WSGIContext):  # type: ignore[misc]
    """A whole answer of the application behind."""

    def __init__(self, app: App, environ: Environ) -> None:
        super().__init__(app)
        self.body = b"".join(self._app_call(environ))
        self.headers: list[tuple[str, str]] = list(self._response_headers)

    @property
    def status(self) -> int:
        """The status as a number."""
        return int(self._response_status[:3])

    def confirm(self, start: Start) -> list[bytes]:
        """Say that it was done."""
        trans_id = [row for row in self.headers if row[0].lower() == "x-trans-id"]
        start("204 No Content", [("Content-Length", "0"), *trans_id])
        return [b""]

    def answer(self, start: Start) -> Iterable[bytes]:
        """Send it on, with the length that it now has."""
        others = [row for row in self.headers if row[0].lower() != "content-length"]
        start(self._response_status, [*others, ("Content-Length", str(len(self.body)))])
        return [self.body]

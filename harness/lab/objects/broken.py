"""Filters that break the proxy, one fault each;
a fault puts one in front of the pipeline and restarts the proxy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from harness.lab.objects.filters import (
    App,
    Asked,
    Environ,
    Start,
    breaking,
    is_account,
    is_container,
    is_object,
    without,
)

_BEYOND = "%F4%8F%BF%BF"  # no name sorts behind the last character that there is


@breaking
def etag_unchecked(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The checksum that a client announces is lost on the way."""
    if environ["REQUEST_METHOD"] == "PUT":
        environ.pop("HTTP_ETAG", None)
    return app(environ, start)


@breaking
def delete_ignored(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Deleting an object is looked up, answered and not done."""
    if environ["REQUEST_METHOD"] != "DELETE" or not is_object(environ):
        return app(environ, start)
    look = Asked(app, {**environ, "REQUEST_METHOD": "HEAD"})
    return look.confirm(start) if look.status == 200 else look.answer(start)


@breaking
def foreign_readable(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Whoever brings any token may read any object."""
    reading = environ["REQUEST_METHOD"] in ("GET", "HEAD") and is_object(environ)
    if reading and "HTTP_X_AUTH_TOKEN" in environ:
        environ["swift.authorize_override"] = True
        environ["swift.authorize"] = lambda request: None
    return app(environ, start)


@breaking
def body_corrupted(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The first byte of every object that is read is another one."""
    asked = environ["REQUEST_METHOD"] == "GET" and is_object(environ)
    body = app(environ, start)
    return _first_byte_changed(body) if asked else body


@breaking
def listing_drops(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The last row of every page of a container's listing is missing."""
    if environ["REQUEST_METHOD"] != "GET" or not is_container(environ):
        return app(environ, start)
    found = Asked(app, environ)
    if found.status == 200:
        found.body = _without_last(found.body)
    return found.answer(start)


@breaking
def containers_unlisted(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The listing of every account is that of its end: nothing."""
    if environ["REQUEST_METHOD"] == "GET" and is_account(environ):
        without(environ, "marker", "end_marker")
        environ["QUERY_STRING"] += f"&marker={_BEYOND}"
    return app(environ, start)


@breaking
def nonempty_delete_confirmed(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The refusal to delete a container that holds objects becomes a success."""
    if environ["REQUEST_METHOD"] != "DELETE" or not is_container(environ):
        return app(environ, start)
    done = Asked(app, environ)
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

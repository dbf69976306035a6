"""Filters that break metadata, listings and access lists of the proxy, one fault each."""

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

_META = "HTTP_X_OBJECT_META_"
_LONGEST_NAME, _LONGEST_VALUE = 128, 256


@breaking
def metadata_kept(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """A change of metadata is looked up, accepted and not made."""
    known = "HTTP_X_AUTH_TOKEN" in environ
    if environ["REQUEST_METHOD"] != "POST" or not is_object(environ) or not known:
        return app(environ, start)
    look = Asked(app, {**environ, "REQUEST_METHOD": "HEAD"})
    return look.confirm(start, "202 Accepted") if look.status == 200 else look.answer(start)


@breaking
def metadata_cut(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Names and values of metadata that are too long are cut instead of refused."""
    for name in [name for name in environ if name.startswith(_META)]:
        value = environ.pop(name)[:_LONGEST_VALUE]
        environ[_META + name.removeprefix(_META)[:_LONGEST_NAME]] = value
    return app(environ, start)


@breaking
def copies_bare(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """A copy has nothing of the metadata of its original."""
    if environ["REQUEST_METHOD"] == "COPY" or "HTTP_X_COPY_FROM" in environ:
        environ["HTTP_X_FRESH_METADATA"] = "true"
    return app(environ, start)


@breaking
def account_unlisted(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """A listing of an account as JSON fails."""
    if environ["REQUEST_METHOD"] != "GET" or not is_account(environ):
        return app(environ, start)
    found = Asked(app, environ)
    if found.status != 200 or not found.header("content-type").startswith("application/json"):
        return found.answer(start)
    return found.confirm(start, "503 Service Unavailable")


@breaking
def markers_ignored(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Every page of a container's listing is the first."""
    if environ["REQUEST_METHOD"] == "GET" and is_container(environ):
        without(environ, "marker", "end_marker")
    return app(environ, start)


@breaking
def delimiter_ignored(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """A container's listing knows no folders."""
    if environ["REQUEST_METHOD"] == "GET" and is_container(environ):
        without(environ, "delimiter", "path")
    return app(environ, start)


@breaking
def names_mangled(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Characters beyond ASCII become question marks in listings."""
    if environ["REQUEST_METHOD"] != "GET" or not is_container(environ):
        return app(environ, start)
    found = Asked(app, environ)
    if found.body.startswith(b"["):
        rows = [
            {**row, "name": _ascii(row["name"])} if "name" in row else row for row in json.loads(found.body)
        ]
        found.body = json.dumps(rows).encode()
    return found.answer(start)


def _ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode()


@breaking
def readers_ignored(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Who may read a container is not written down."""
    if environ["REQUEST_METHOD"] == "POST" and is_container(environ):
        environ.pop("HTTP_X_CONTAINER_READ", None)
    return app(environ, start)


@breaking
def foreign_writable(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Whoever brings any token may change the metadata of any object."""
    if environ["REQUEST_METHOD"] == "POST" and is_object(environ) and "HTTP_X_AUTH_TOKEN" in environ:
        environ["swift.authorize_override"] = True
        environ["swift.authorize"] = lambda request: None
    return app(environ, start)

"""Filters that break what the proxy stores and serves, one fault each."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from harness.lab.objects.filters import App, Asked, Environ, Start, breaking, is_object

_MEGABYTE = 1 << 20
_LOST = 1000
_CONDITIONS = ("IF_MATCH", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "IF_UNMODIFIED_SINCE")
_JOINING = ("HTTP_X_OBJECT_MANIFEST", "HTTP_X_COPY_FROM")


def _putting(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] == "PUT" and is_object(environ)


def _getting(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] == "GET" and is_object(environ)


def _chunked(environ: Environ) -> bool:
    return str(environ.get("HTTP_TRANSFER_ENCODING", "")).lower() == "chunked"


@breaking
def nothing_padded(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """An object of no bytes becomes one of a single byte."""
    empty = environ.get("CONTENT_LENGTH") == "0" and not any(name in environ for name in _JOINING)
    if _putting(environ) and empty:
        environ |= {"CONTENT_LENGTH": "1", "wsgi.input": BytesIO(b"\0")}
    return app(environ, start)


@breaking
def chunks_lost(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The end of what comes in chunks is lost."""
    if _putting(environ) and _chunked(environ):
        body = environ["wsgi.input"].read()[:-_LOST]
        del environ["HTTP_TRANSFER_ENCODING"]
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
    return app(environ, start)


@breaking
def no_length_confirmed(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """An upload that says nothing of its length is confirmed, and nothing is stored."""
    if _putting(environ) and not environ.get("CONTENT_LENGTH") and not _chunked(environ):
        start("201 Created", [("Content-Length", "0")])
        return [b""]
    return app(environ, start)


@breaking
def large_truncated(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Of what is read, nothing comes behind the first megabyte."""
    if not _getting(environ):
        return app(environ, start)
    found = Asked(app, environ)
    found.body = found.body[:_MEGABYTE]
    return found.answer(start)


@breaking
def range_ignored(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Who asks for a part of an object gets the whole."""
    if _getting(environ):
        environ.pop("HTTP_RANGE", None)
    return app(environ, start)


@breaking
def conditions_ignored(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Objects are given whatever the conditions are."""
    if _getting(environ):
        for name in _CONDITIONS:
            environ.pop(f"HTTP_{name}", None)
    return app(environ, start)


@breaking
def segments_swapped(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """The second half of a joined object is read before its first."""
    if not _getting(environ):
        return app(environ, start)
    found = Asked(app, environ)
    if found.header("x-object-manifest") and found.status == 200:
        half = len(found.body) // 2
        found.body = found.body[half:] + found.body[:half]
    return found.answer(start)


@breaking
def manifest_unchecked(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """A manifest that names no prefix is stored like any other object."""
    if _putting(environ) and "/" not in environ.get("HTTP_X_OBJECT_MANIFEST", "/"):
        del environ["HTTP_X_OBJECT_MANIFEST"]
    return app(environ, start)


@breaking
def expiry_ignored(app: App, environ: Environ, start: Start) -> Iterable[bytes]:
    """Objects live for ever."""
    for name in ("HTTP_X_DELETE_AFTER", "HTTP_X_DELETE_AT"):
        environ.pop(name, None)
    return app(environ, start)

"""From an exchange that did not give what was asked for to an error in words:
the one place that reads statuses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import requests
from keystoneauth1 import exceptions as keystone_errors
from novaclient import exceptions as nova_errors
from swiftclient import exceptions as swift_errors

from harness.clients.door import Door, Seen
from harness.clients.errors import (
    Conflict,
    Exchange,
    Invalid,
    NotFound,
    OverQuota,
    RateLimited,
    Refused,
    ServerFault,
    ServiceError,
    Unreachable,
)
from harness.clients.obeying import retry_after

_LIBRARY = (
    keystone_errors.ClientException,
    nova_errors.ClientException,
    nova_errors.InvalidUsage,
    swift_errors.ClientException,
    requests.RequestException,
)
_UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError)
_BY_STATUS: Mapping[int, Callable[[str, Exchange], ServiceError]] = {
    401: Refused,
    403: Refused,
    404: NotFound,
    410: NotFound,
    409: Conflict,
}
_INVALID = frozenset({400, 405, 406, 411, 412, 415, 416, 422})
_TAGS = re.compile(r"<[^>]*>")


@contextmanager
def in_words(door: Door, seen: Seen | None = None) -> Iterator[None]:
    """Whatever a client library raises inside becomes a ``ServiceError``;
    so does an answer that cannot be read.

    ``seen`` is the exchange that is being read, where it was made before.

    An error of another kind without any exchange inside is a defect of ours and passes through.
    """
    door.recall(seen)
    try:
        yield
    except _LIBRARY as error:
        raise_for(door.last, str(error), error)
    except _UNREADABLE as error:
        if door.last is None or door.last.exchange.status is None:
            raise
        what = f"the answer cannot be read: {type(error).__name__}: {error}"
        raise ServerFault(what, door.last.exchange) from error


def raise_for(seen: Seen | None, hint: str, cause: BaseException | None = None) -> NoReturn:
    """Raise the error of an exchange; ``hint`` is told where the exchange itself says nothing."""
    if seen is None:
        raise ServiceError(hint or "the exchange was not made") from cause
    raise error_of(seen, hint) from cause


def error_of(seen: Seen, hint: str = "") -> ServiceError:
    """The error that an exchange amounts to."""
    exchange, status = seen.exchange, seen.exchange.status
    if status is None:
        return Unreachable(seen.error or hint, exchange)
    message = message_of(seen.body) or hint
    if status in (413, 429):
        return _over_limit(seen, message)
    if status in _BY_STATUS:
        return _BY_STATUS[status](message, exchange)
    if status in _INVALID:
        return Invalid(message, exchange)
    return ServerFault(message if status >= 400 else f"not an answer to this request: {message}", exchange)


def _over_limit(seen: Seen, message: str) -> ServiceError:
    after = retry_after(seen.exchange.status, seen.headers, seen.body)
    if after is None:
        return OverQuota(message, seen.exchange)
    return RateLimited(message, seen.exchange, retry_after=min(after, 3600.0))


def message_of(body: bytes) -> str:
    """What a service says in an error body: JSON of any of the known shapes,
    plain text, or HTML without its tags.
    """
    text = body[:4096].decode("utf-8", "replace").strip()
    try:
        data = json.loads(body) if body[:1] in b"{[" and len(body) <= 1024 * 1024 else None
    except (ValueError, RecursionError):
        data = None
    found = _said(data)
    if found:
        return found
    return _TAGS.sub(" ", text) if text.startswith("<") else text


def _said(data: Any) -> str:
    if not isinstance(data, Mapping):
        return ""
    if isinstance(data.get("message"), str):
        return str(data["message"])
    inner = next(iter(data.values()), None)
    if not isinstance(inner, Mapping):
        return ""
    details = inner.get("details")
    said = [inner.get("message"), None if details == inner.get("message") else details]
    return ": ".join(str(text) for text in said if isinstance(text, str) and text)

"""What in an exchange is secret, so that it can be registered before the exchange is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_HEADERS = frozenset(
    {"x-auth-token", "x-subject-token", "x-storage-token", "x-service-token", "x-auth-key", "authorization"}
)
_MEMBERS = frozenset({"password", "adminpass", "private_key", "secret", "apikey"})
_IN_URL = re.compile(r"[?&]token=([^&#\s]+)")
_LARGEST = 1024 * 1024
_DEEPEST = 30


def secrets_in_headers(headers: Mapping[str, Any] | None) -> list[str]:
    """Tokens and keys among the headers of a request or an answer."""
    found = []
    for name, value in (headers or {}).items():
        if name.lower() in _HEADERS:
            text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            found.append(text)
    return found


def secrets_in_body(body: Any) -> list[str]:
    """Passwords, token ids and private keys of a JSON body;
    none in a body that is no JSON, or larger than 1 MiB.
    """
    if not isinstance(body, (str, bytes)) or not 2 <= len(body) <= _LARGEST:
        return []
    if (body[:1] if isinstance(body, str) else body[:1].decode("latin-1")) not in "{[ \n\r\t":
        return []
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return list(_walk(data, _DEEPEST))


def _walk(data: Any, depth: int) -> Iterator[str]:
    if depth <= 0:
        return
    if isinstance(data, Mapping):
        for name, value in data.items():
            if isinstance(value, str) and name.lower() in _MEMBERS:
                yield value
            elif name == "url" and isinstance(value, str):
                yield from _IN_URL.findall(value)
            elif name == "token" and isinstance(value, Mapping) and isinstance(value.get("id"), str):
                yield value["id"]
                yield from _walk({k: v for k, v in value.items() if k != "id"}, depth - 1)
            else:
                yield from _walk(value, depth - 1)
    elif isinstance(data, list):
        for item in data:
            yield from _walk(item, depth - 1)

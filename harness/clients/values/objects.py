"""What object storage answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AccountUsage:
    """What an account holds."""

    containers: int
    objects: int
    bytes: int


@dataclass(frozen=True)
class Container:
    """One line of an account's listing."""

    name: str
    objects: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class StoredObject:
    """One object, from a listing or a HEAD; ``etag`` is the MD5 of its content in hex, without quotes."""

    name: str
    bytes: int
    etag: str
    content_type: str = ""
    modified: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)

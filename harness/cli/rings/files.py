"""Ring and builder files that the user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from harness.errors import UsageError
from harness.rings import Builder, Ring, RingError, read_builder, read_ring

T = TypeVar("T")
LARGEST = 64 << 20


def ring_of(path: Path) -> Ring:
    """The ring in a file; raises ``UsageError`` where there is none, ``RingError`` naming the file."""
    return _read(path, read_ring)


def builder_of(path: Path) -> Builder:
    """The builder in a file; raises likewise."""
    return _read(path, read_builder)


def builder_beside(path: Path) -> Path | None:
    """``object.builder`` beside ``object.ring.gz``, as Swift's own tool writes them."""
    found = path.with_name(path.name.removesuffix(".ring.gz") + ".builder")
    return found if path.name.endswith(".ring.gz") and found.is_file() else None


def _read(path: Path, reader: Callable[[bytes], T]) -> T:
    try:
        return reader(_content(path))
    except RingError as error:
        raise RingError(f"{path}: {error}") from None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    if len(content) > LARGEST:
        raise RingError(f"more than {LARGEST >> 20} MB; no ring is that large")
    return content

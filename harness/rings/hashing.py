"""The hash prefix and suffix of a cloud, from ``swift.conf``: equal everywhere, and a secret."""

from __future__ import annotations

import configparser
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.rings.errors import RingError

_SECTION = "swift-hash"
_LARGEST = 1 << 20
_SALT = secrets.token_bytes(16)


@dataclass(frozen=True)
class HashSettings:
    """Prefix and suffix of every path that is hashed; never shown. Equal ones have equal marks."""

    prefix: bytes = field(default=b"", repr=False)
    suffix: bytes = field(default=b"", repr=False)

    @property
    def mark(self) -> str:
        """Says whether two are equal, within this process, and nothing else about them."""
        pair = len(self.prefix).to_bytes(4, "big") + self.prefix + self.suffix
        return hashlib.blake2b(pair, key=_SALT, digest_size=8).hexdigest()


def hash_settings(text: str) -> HashSettings:
    """From the content of a ``swift.conf``; raises ``RingError``, which never quotes it."""
    if len(text) > _LARGEST:
        raise RingError(f"swift.conf: {len(text)} characters; at most {_LARGEST} are read")
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise RingError(f"swift.conf cannot be read: {type(error).__name__}") from None
    if not parser.has_section(_SECTION):
        raise RingError(f"swift.conf has no section [{_SECTION}]")
    parts = [parser.get(_SECTION, f"swift_hash_path_{part}", fallback="") for part in ("prefix", "suffix")]
    if not any(parts):
        raise RingError(f"swift.conf: neither a prefix nor a suffix in [{_SECTION}]: no Swift would start")
    return HashSettings(parts[0].encode(), parts[1].encode())


def odd_ones(settings: Mapping[str, HashSettings]) -> tuple[str, ...]:
    """The holders whose settings are not those of the majority."""
    from harness.rings.agreement import agreed

    return agreed({holder: found.mark for holder, found in settings.items()})[1]

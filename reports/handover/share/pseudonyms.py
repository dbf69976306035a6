"""What stands instead of a name, an address or an id: the same for the same key, no way back without it.

Everything is drawn by a keyed hash (BLAKE2b). Addresses keep their common prefixes, bit by bit, as in Xu,
Fan, Ammar and Moon, "Prefix-preserving IP address anonymization" (2002): what was one subnet stays one.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from functools import cache

from reports.handover.share.words import ROLES, words

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_KEPT = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "100.64.0.0/10",
            "224.0.0.0/4",
            "192.0.2.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "fe80::/10",
            "fc00::/7",
            "ff00::/8",
            "2001:db8::/32",
        ),
    )
)
"""Private, local and documented ranges: an address of one stays in it."""
_SAME = frozenset({"0.0.0.0", "127.0.0.1", "127.0.1.1", "169.254.169.254", "255.255.255.255", "::", "::1"})  # noqa: S104
_SHORT, _LONG = 6, 14


class Pseudonyms:
    """Draws pseudonyms with a key of at least 16 bytes; no two originals of a kind get the same."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.blake2b(key, digest_size=32).digest()
        self._taken: dict[str, str] = {}
        self.word = cache(self._word)
        self.address = cache(self._address)

    def digest(self, kind: str, original: str, size: int = 32) -> bytes:
        """Bytes that nobody can tell the original from."""
        said = f"{kind}\0{original}".encode("utf-8", "backslashreplace")
        return hashlib.blake2b(said, key=self._key, digest_size=size).digest()

    def _word(self, kind: str, original: str) -> str:
        """``compute-k3fq7a`` for a host called after a role, else ``KIND-k3fq7a``; whatever the case."""
        low = original.lower()
        letters = base64.b32encode(self.digest(kind, low)).decode().lower()
        head = next((each for each in words(low)[:1] if kind == "host" and each in ROLES), kind)
        for length in (_SHORT, _LONG):
            found = f"{head}-{letters[:length]}"
            if self._taken.setdefault(found, low) == low:
                return found
        return f"{head}-{letters}"

    def domain(self, original: str) -> str:
        """Labels from the right, each drawn with all that stands behind it: ``d-k3fq7a.d-zz1b2c.invalid``."""
        labels = original.lower().rstrip(".").split(".")
        told = [self.word("d", ".".join(labels[n:])) for n in range(len(labels) - 1)]
        return ".".join([*told, "invalid"])

    def hexadecimal(self, original: str) -> str:
        """As many hexadecimal digits, in the same case; the version digit of a UUID stays."""
        low = original.lower()
        drawn = iter(_stream(self, low))
        told = "".join(next(drawn) if each in "0123456789abcdef" else each for each in low)
        return told.upper() if original.isupper() else told

    def mac(self, original: str) -> str:
        """The prefixes that OpenStack gives to servers stay; of all others the maker goes, too."""
        sign = original[2]
        low = original.lower().replace(sign, ":")
        head = low[:8] if low[:8] in ("02:16:3e", "fa:16:3e") else "02:" + self.hexadecimal(low[:8])[3:]
        return (head + ":" + self.hexadecimal("m" + low)[10:]).replace(":", sign)

    def _address(self, original: str) -> str:
        """Prefix-preserving; netmasks, loopback and the metadata service stay. ``original`` is an address."""
        found = ipaddress.ip_address(original)
        if str(found) in _SAME or _is_mask(found):
            return original
        kept = next((net.prefixlen for net in _KEPT if found.version == net.version and found in net), 0)
        told = self._bits(int(found), found.max_prefixlen, kept)
        return str(type(found)(told))

    def network(self, original: str, length: int) -> str:
        """The same for ``address/length``: where its host bits are zero they stay zero."""
        found = ipaddress.ip_address(original)
        told = int(ipaddress.ip_address(self.address(original)))
        host = (1 << max(0, found.max_prefixlen - length)) - 1
        if length and not int(found) & host:
            told &= ~host
        return str(type(found)(told))

    def _bits(self, value: int, width: int, kept: int) -> int:
        told = value >> (width - kept)
        for place in range(kept, width):
            bit = value >> (width - place - 1) & 1
            flip = self.digest(f"ip{width}", f"{place}:{value >> (width - place)}", 1)[0] & 1
            told = told << 1 | bit ^ flip
        return told


def _stream(drawn: Pseudonyms, low: str) -> str:
    return "".join(drawn.digest(f"hex{n}", low, 64).hex() for n in range(len(low) // 128 + 1))


def _is_mask(found: Address) -> bool:
    """``255.255.252.0`` and ``0.0.3.255``: ones, then zeros, or the other way round."""
    if found.version != 4:
        return False
    bits = f"{int(found):032b}"
    return (bits.startswith("1" * 8) and "01" not in bits) or (bits.startswith("0" * 8) and "10" not in bits)

"""Host keys as a guest's console shows them: cloud-init prints fingerprints, small images print the keys."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LARGEST = 256 * 1024
_BLOCK = re.compile(
    r"-----BEGIN SSH HOST KEY (?:FINGERPRINTS|KEYS)-----(.*?)(?:-----END SSH HOST KEY|\Z)", re.DOTALL
)
_LINE = re.compile(r"ssh_host_|host key|fingerprint:", re.IGNORECASE)
_MD5 = re.compile(r"\b((?:[0-9a-f]{2}:){15}[0-9a-f]{2})\b")
_SHA256 = re.compile(r"\bSHA256:([0-9A-Za-z+/]{43})")
_KEY = re.compile(r"\b(ssh-rsa|ssh-dss|ssh-ed25519|ecdsa-sha2-nistp\d{3}) ([0-9A-Za-z+/]{40,4000}={0,2})")
_KIND = re.compile(r"\((RSA|DSA|ECDSA|ED25519)\)|ssh_host_(rsa|dsa|ecdsa|ed25519)_key", re.IGNORECASE)
_KINDS = {"ssh-rsa": "rsa", "ssh-dss": "dsa", "ssh-ed25519": "ed25519"}


@dataclass(frozen=True)
class Shown:
    """One host key as a console shows it: its digests (``aa:bb:…``, ``SHA256:…``), and its kind, or ""."""

    digests: frozenset[str]
    kind: str = ""


def shown_on(console: str) -> list[Shown]:
    """The host keys of a console.

    Lines that speak of other keys, such as those that may log in, are passed over.
    """
    text = console[-_LARGEST:]
    blocks = [match[1] for match in _BLOCK.finditer(text)]
    lines = [line for block in blocks for line in block.splitlines()]
    lines += [line for line in text.splitlines() if _LINE.search(line)]
    return list(dict.fromkeys(found for line in lines for found in _on_line(line)))


def _on_line(line: str) -> Iterator[Shown]:
    told = _KIND.search(line)
    kind = (told[1] or told[2]).lower() if told else ""
    for match in _MD5.finditer(line):
        yield Shown(frozenset({match[1]}), kind)
    for match in _SHA256.finditer(line):
        yield Shown(frozenset({f"SHA256:{match[1]}"}), kind)
    for match in _KEY.finditer(line):
        try:
            blob = base64.b64decode(match[2], validate=True)
        except (binascii.Error, ValueError):
            continue
        yield Shown(digests_of(blob), kind_of(match[1]))


def digests_of(blob: bytes) -> frozenset[str]:
    """Both digests of a public key in the wire's form."""
    md5 = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    sha256 = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    pairs = (md5[at : at + 2] for at in range(0, 32, 2))
    return frozenset({":".join(pairs), f"SHA256:{sha256}"})


def kind_of(name: str) -> str:
    """``rsa`` of ``ssh-rsa``, ``ecdsa`` of ``ecdsa-sha2-nistp256``."""
    return _KINDS.get(name, "ecdsa" if name.startswith("ecdsa") else name)

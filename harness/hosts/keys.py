"""Keys that open guests: RSA, which images of 2012 understand; made in memory and never written to a file."""

from __future__ import annotations

import io

import paramiko

BITS = 2048


def fresh_key() -> str:
    """A new private key, as PEM."""
    text = io.StringIO()
    paramiko.RSAKey.generate(BITS).write_private_key(text)
    return text.getvalue()


def read_key(pem: str) -> paramiko.RSAKey:
    """A private key from its PEM."""
    return paramiko.RSAKey.from_private_key(io.StringIO(pem))


def public_line(key: paramiko.PKey, comment: str) -> str:
    """The public half as a line of ``authorized_keys``."""
    return f"{key.get_name()} {key.get_base64()} {comment}"

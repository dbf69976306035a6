"""Keys of a lab: one that opens its nodes, one for each node, and the list by which the nodes are known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

KIND = "ssh-ed25519"


def user_key(path: Path) -> str:
    """The public half of the key that opens every node; made where there is none yet."""
    return str(_key(path).export_public_key().decode().strip())


def host_key(path: Path) -> Any:
    """The private key of a node, kept in its folder so that it stays
    the same when its server is restarted.
    """
    return _key(path)


def write_known_hosts(path: Path, sockets: Mapping[tuple[str, int], Path]) -> None:
    """One line a node: ``[127.77.1.2]:10022 ssh-ed25519 …``."""
    lines = [
        f"[{address}]:{port} {' '.join(host_key(key).export_public_key().decode().split()[:2])}"
        for (address, port), key in sockets.items()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _key(path: Path) -> Any:
    import asyncssh

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key = asyncssh.generate_private_key(KIND)
        path.touch(mode=0o600)
        path.write_bytes(key.export_private_key())
    return asyncssh.read_private_key(str(path))

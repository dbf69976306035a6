"""What happens while a guest boots, step by step: the effects of its state machine."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from harness.lab.compute.machine import Effect
from harness.lab.guests.guest import Guest
from harness.lab.guests.policies import policies
from harness.lab.guests.shell import run_at_boot
from harness.lab.guests.tree import FileProblem, Node
from harness.lab.world import World


def _kernel(world: World, guest: Guest) -> None:
    size = guest.size
    guest.console += [
        "[    0.000000] Initializing cgroup subsys cpuset",
        f"[    0.000000] Memory: {size.ram * 1024}k total, {size.vcpus} processors",
    ]


def _host_name(world: World, guest: Guest) -> None:
    guest.hostname = policies(world).hostname(guest)
    _inject(guest, "/etc/hostname", f"{guest.hostname}\n".encode())
    guest.console.append(f"eth0: {guest.server.mac} {', '.join(guest.server.fixed)}")


def _key(world: World, guest: Guest) -> None:
    """The keys of the server into its user's file, and a host key of its own."""
    import asyncssh

    guest.host_key = asyncssh.generate_private_key("ssh-ed25519")
    login, keys = guest.login, policies(world).keys(guest)
    if keys:
        text = "".join(key.strip() + "\n" for key in keys)
        home = "/root" if login == "root" else f"/home/{login}"
        _inject(guest, f"{home}/.ssh/authorized_keys", text.encode(), owner=login, mode=0o600)
        guest.tree.nodes[f"{home}/.ssh"] = Node(None, login, 0o700)


def _files(world: World, guest: Guest) -> None:
    for path, data in guest.server.files:
        _inject(guest, path if path.startswith("/") else f"/{path}", data)


def _inject(guest: Guest, path: str, data: bytes, **how: Any) -> None:
    try:
        guest.tree.put_all(path, data, changed=guest.world.clock.time(), **how)
        guest.changed = True
    except FileProblem as problem:
        guest.console.append(f"cannot write {path}: {problem}")


def _user_data(world: World, guest: Guest) -> None:
    if guest.server.user_data.startswith(b"#!"):
        guest.console += run_at_boot(guest, guest.server.user_data)


def _login(world: World, guest: Guest) -> None:
    guest.console += [*_host_key_lines(guest), "", f"{guest.hostname} login:"]


def _host_key_lines(guest: Guest) -> list[str]:
    """As cloud images print them: the digest of the key blob, then the key."""
    if guest.host_key is None:
        return []
    public = guest.host_key.export_public_key().decode().split()[:2]
    digest = hashlib.md5(base64.b64decode(public[1])).hexdigest()  # noqa: S324 - the fingerprint of its time
    printed = ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    return [
        "ec2: #############################################################",
        "ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----",
        f"ec2: 256 {printed}  root@{guest.hostname} (ED25519)",
        "ec2: -----END SSH HOST KEY FINGERPRINTS-----",
        "ec2: #############################################################",
        "-----BEGIN SSH HOST KEY KEYS-----",
        f"{' '.join(public)} root@{guest.hostname}",
        "-----END SSH HOST KEY KEYS-----",
    ]


EFFECTS: dict[str, Effect] = {
    "kernel": _kernel, "host name": _host_name, "key": _key, "files": _files, "user data": _user_data,
    "login": _login,
}  # fmt: skip

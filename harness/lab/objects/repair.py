"""What an operator configures for repair: the replicator of a node, and rsync's daemon beside it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

from harness.lab.objects.plan import SwiftServer
from harness.lab.objects.stack import ObjectStack

RSYNC_PORT = 10873
"""873 is not an ordinary user's; the lab moves such ports up by 10000."""

_REPLICATOR = """\
[object-replicator]
bind_ip = {host}
bind_port = {port}
swift_dir = {etc}
devices = {devices}
mount_check = false
concurrency = 2
conn_timeout = 5
rsync_module = rsync://{{replication_ip}}:{rsync}/object
recon_cache_path = {cache}
log_level = WARNING
log_custom_handlers = harness.lab.objects.parent.log_to_stderr
"""

_RSYNCD = """\
port = {port}
address = {host}
uid = {uid}
gid = {gid}
use chroot = false
reverse lookup = false
log file = {log}

[object]
path = {devices}
read only = {read_only}
"""


def has_rsync() -> bool:
    """Whether this machine has what carries the copies."""
    return shutil.which("rsync") is not None


def begin_repair(stack: ObjectStack) -> None:
    """Let the replicators of all nodes run from now until all is repaired; without rsync nothing is."""
    if has_rsync():
        stack.replicate(rows(stack), time.time())


def rows(stack: ObjectStack) -> list[dict[str, Any]]:
    """Write the files of every storage node and say where they are."""
    return [_row(stack, server) for server in stack.servers if server.kind == "object"]


def _row(stack: ObjectStack, server: SwiftServer) -> dict[str, Any]:
    root, etc = stack.nodes / server.node, stack.etc(server.node)
    devices, cache = root / "srv" / "node", root / "var" / "cache" / "swift"
    cache.mkdir(parents=True, exist_ok=True)
    replicator = etc / f"object-replicator-{server.port}.conf"
    place = {"host": server.host, "etc": etc, "devices": devices, "cache": cache}
    _write(replicator, _REPLICATOR.format(**place, port=server.port, rsync=RSYNC_PORT))
    log = stack.log.with_name(f"{server.node}-rsync.log")
    read_only = "true" if stack.rsync_read_only else "false"
    who = {"uid": os.getuid(), "gid": os.getgid()}
    text = _RSYNCD.format(
        port=RSYNC_PORT, host=server.host, log=log, devices=devices, read_only=read_only, **who
    )
    rsyncd = root / "etc" / "rsyncd.conf"
    _write(rsyncd, text)
    return {"conf": str(replicator), "rsyncd": str(rsyncd), "host": server.host, "port": server.port}


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")

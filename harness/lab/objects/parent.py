"""The process that has Swift imported: it builds rings and forks every Swift server, so memory is shared.

It takes one JSON object a line on standard input and answers one a line on standard output:

    {"do": "rings", "specs": […], "target": folder, "addresses": {node: address}, "cache": folder}
        → {"built": [name, …]}
    {"do": "edit", "builder": file, "edit": name, "target": folder}
        → {} when the changed builder and its ring are there
    {"do": "start", "servers": [{name, kind, host, port, conf, etc, log}]}
        → {"pids": {name: pid}} when they listen
    {"do": "stop", "names": […]}
        → {} when they are gone
    {"do": "replicate", "nodes": [{conf, rsyncd, host, port}], "since": seconds, "log": file}
        → {}; replicators run until all is repaired (``replicating``); none, "nodes": [], ends them
    {"do": "inventory", "devices": [folder, …]}
        → {"rows": [[kind, id, name, tenant], …]}

An error is {"error": sentence}. End of input ends it; its servers end with it, however it ends.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from harness.errors import LabError
from harness.lab.process import die_with_parent, name_process

_STORAGE_MODULES = ("account", "container", "obj", "proxy")
_FILTERS = (
    "catch_errors",
    "gatekeeper",
    "healthcheck",
    "staticweb",
    "tempurl",
    "copy",
    "dlo",
    "keystoneauth",
)
_LISTEN_LIMIT = 20.0


def serve() -> None:
    """Answer commands until the input ends."""
    name_process("swift-parent")
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    servers = Servers({}, answers.fileno())
    for line in sys.stdin:
        print(json.dumps(_answer(servers, json.loads(line))), file=answers, flush=True)
    servers.stop(list(servers.pids))
    servers.replicate([], 0.0, "")


def _answer(servers: Servers, command: dict[str, Any]) -> dict[str, Any]:
    try:
        match command["do"]:
            case "rings":
                return {"built": _rings(command)}
            case "edit":
                from harness.lab.objects.ringedits import edit

                edit(Path(command["builder"]), command["edit"], Path(command["target"]))
                return {}
            case "start":
                return {"pids": servers.start(command["servers"])}
            case "stop":
                servers.stop(command["names"])
                return {}
            case "replicate":
                servers.replicate(command["nodes"], command["since"], command["log"])
                return {}
            case "inventory":
                from harness.lab.objects.inventory import rows_of

                return {"rows": rows_of([Path(folder) for folder in command["devices"]])}
        return {"error": f"no such command: {command['do']}"}
    except (LabError, OSError) as error:
        return {"error": str(error)}


def _rings(command: dict[str, Any]) -> list[str]:
    from harness.lab.ringbuild import build_rings, spec_from

    specs = [spec_from(row) for row in command["specs"]]
    addresses = command["addresses"]
    built = build_rings(specs, Path(command["target"]), addresses.__getitem__, Path(command["cache"]))
    return list(built)


@dataclass
class Servers:
    """The forked servers by name; ``private`` is the parent's own file that they must not keep open."""

    pids: dict[str, int]
    private: int
    replication: int = 0

    def start(self, wanted: list[dict[str, Any]]) -> dict[str, int]:
        """Fork them all, then wait until each listens;
        raises ``LabError`` with the end of its log otherwise.
        """
        _preload(wanted[0]["etc"])
        for server in wanted:
            self.pids[server["name"]] = _fork(
                f"swift-{server['kind']}", server["log"], self.private, partial(_serve_swift, server)
            )
        for server in wanted:
            self._await(server)
        return {server["name"]: self.pids[server["name"]] for server in wanted}

    def stop(self, names: list[str]) -> None:
        """Kill and reap; names that do not run are passed over."""
        pids = [self.pids.pop(name) for name in names if name in self.pids]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)

    def replicate(self, rows: list[dict[str, Any]], since: float, log: str) -> None:
        """Let replicators run; those that do already go on. Without ``rows`` they are killed."""
        if self.replication and os.waitpid(self.replication, os.WNOHANG)[0]:
            self.replication = 0
        if self.replication and not rows:
            os.kill(self.replication, signal.SIGKILL)
            os.waitpid(self.replication, 0)
            self.replication = 0
        elif rows and not self.replication:
            self.replication = _fork("swift-repair", log, self.private, partial(_repair, rows, since))

    def _await(self, server: dict[str, Any]) -> None:
        deadline = time.monotonic() + _LISTEN_LIMIT
        while time.monotonic() < deadline:
            if _listens(server["host"], server["port"]):
                return
            if os.waitpid(self.pids[server["name"]], os.WNOHANG)[0]:
                del self.pids[server["name"]]
                raise LabError(f"swift's {server['name']} ended at its start: {_tail(server['log'])}")
            time.sleep(0.02)
        raise LabError(
            f"swift's {server['name']} does not listen after {_LISTEN_LIMIT:.0f} s: {_tail(server['log'])}"
        )


def _preload(etc: str) -> None:
    """Import all of Swift and make it green once, as Swift's own parent does; forks share pages and work.

    Swift wants a swift.conf before its first import.
    """
    from importlib import import_module

    from swift.common import utils

    utils.SWIFT_CONF_FILE = str(Path(etc) / "swift.conf")
    for name in _STORAGE_MODULES:
        import_module(f"swift.{name}.server")
    for name in _FILTERS:
        import_module(f"swift.common.middleware.{name}")
    import_module("harness.lab.objects.token")
    import_module("harness.lab.objects.face")
    utils.monkey_patch()


def _fork(title: str, log: str, private: int, work: Callable[[], int]) -> int:
    """A process of its own that ends with this one and with what ``work`` gives; returns its id."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        die_with_parent(parent)
        name_process(title)
        os.close(private)
        _own_files(log)
        os._exit(work())
    except BaseException:
        logging.getLogger("lab").exception("%s ended", title)
        os._exit(1)


def _serve_swift(server: dict[str, Any]) -> int:
    from eventlet import hubs
    from swift.common.wsgi import run_wsgi

    hubs.use_hub()  # one of its own: the parent's poll must not be shared
    return run_wsgi(server["conf"], f"{server['kind']}-server", verbose=False) or 0


def _repair(rows: list[dict[str, Any]], since: float) -> int:
    from harness.lab.objects.replicating import supervise

    supervise(rows, since)
    return 0


def _own_files(log: str) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    out = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(null)
    os.close(out)


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 0.5):
            return True
    except OSError:
        return False


def _tail(log: str) -> str:
    try:
        lines = Path(log).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return "no log"
    return lines[-1] if lines else "nothing in its log"


def log_to_stderr(
    conf: Any, name: Any, console: Any, route: Any, fmt: str, logger: Any, adapted: Any
) -> None:
    """Swift's hook for own log handlers: the server's own file instead of the machine's syslog."""
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    own = logging.StreamHandler(sys.stderr)
    own.setFormatter(logging.Formatter(f"%(asctime)s {fmt}"))
    own.addFilter(lambda record: record.__dict__.setdefault("server", name) is not None or True)
    logger.addHandler(own)

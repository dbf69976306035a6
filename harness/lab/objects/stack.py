"""The lab's object storage as the control plane holds it: rings, servers, what is stored.

Calls block until the parent process has answered: up to half a second when servers are started,
milliseconds else.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import LabError
from harness.lab.layout import Layout
from harness.lab.objects import conf
from harness.lab.objects.plan import (
    PROXY,
    SwiftServer,
    device_folders,
    holders,
    operators,
    proxy_nodes,
    servers,
    storage_nodes,
    zones,
)
from harness.lab.ringbuild import RingSpec, cache_folder, ring_specs


@dataclass(frozen=True)
class Secrets:
    """What the files of Swift hold that nobody else may know."""

    hash_suffix: str
    admin_token: str


@dataclass
class ObjectStack:
    """Swift of one lab. ``nodes`` is the folder with one folder a node, ``log`` the parent's own log file."""

    model: Any
    layout: Layout
    nodes: Path
    log: Path
    secrets: Secrets
    cache: Path = field(default_factory=cache_folder)
    filters: list[str] = field(default_factory=list)
    pids: dict[str, int] = field(default_factory=dict)
    proxy_options: list[str] = field(default_factory=list)
    rsync_read_only: bool = False
    _parent: subprocess.Popen[str] | None = None
    _asking: threading.Lock = field(default_factory=threading.Lock)

    @property
    def servers(self) -> tuple[SwiftServer, ...]:
        """Every server that the description asks for."""
        return servers(self.model, self.layout)

    @property
    def holders(self) -> tuple[str, ...]:
        """The nodes with ring files."""
        return holders(self.model)

    @property
    def storage_nodes(self) -> tuple[str, ...]:
        """The nodes with devices."""
        return storage_nodes(self.model)

    @property
    def inner(self) -> frozenset[tuple[str, int]]:
        """Where the storage servers listen, which are nobody's business but the cloud's."""
        return frozenset((server.host, server.port) for server in self.servers if server.kind != PROXY)

    @property
    def parent_pid(self) -> int | None:
        """The process that has Swift imported, while there is one."""
        return self._parent.pid if self._parent else None

    def spawn(self) -> None:
        """Start the parent process; from the main thread, for it dies with the thread that started it."""
        command = [sys.executable, "-P", "-m", "harness.lab", "swift", "--parent", str(os.getpid())]
        with self.log.open("a") as log:
            self._parent = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1
            )

    def bring_up(self) -> tuple[str, ...]:
        """Rings, files, servers; returns the rings that had to be built. Raises ``LabError``.

        Storage servers before proxies: a proxy that a node refuses ten times leaves it alone for a minute.
        """
        shared = self.nodes.parent / "rings"
        built = self.build(ring_specs(self.model), shared)
        self._write_nodes(shared)
        self.start([server for server in self.servers if server.kind != PROXY])
        self.start(self.proxies)
        return built

    def build(self, specs: Iterable[RingSpec], target: Path) -> tuple[str, ...]:
        """Make the files of these rings in ``target``; returns the names that were not in the cache."""
        return tuple(
            self._ask(
                do="rings",
                specs=[asdict(spec) for spec in specs],
                target=str(target),
                addresses=self.layout.addresses(),
                cache=str(self.cache),
            )["built"]
        )

    def edit(self, builder: Path, edit: str, target: Path) -> None:
        """Write what somebody made of a builder (``ringedits``), and the ring that it gives."""
        self._ask(do="edit", builder=str(builder), edit=edit, target=str(target))

    def start(self, wanted: Sequence[SwiftServer]) -> None:
        """Start servers and wait until each listens."""
        rows = [self._row(server) for server in wanted]
        if rows:
            self.pids.update(self._ask(do="start", servers=rows)["pids"])

    def stop(self, wanted: Iterable[SwiftServer]) -> None:
        """Kill servers; those that do not run are passed over."""
        names = [server.name for server in wanted]
        self._ask(do="stop", names=names)
        for name in names:
            self.pids.pop(name, None)

    def replicate(self, rows: Sequence[dict[str, Any]], since: float = 0.0) -> None:
        """Let replicators run for what was written since then; without ``rows`` end them."""
        self._ask(do="replicate", nodes=rows, since=since, log=str(self.log.with_name("replication.log")))

    @property
    def proxies(self) -> tuple[SwiftServer, ...]:
        """The proxies among the servers."""
        return tuple(server for server in self.servers if server.kind == PROXY)

    def replace(self, server: SwiftServer, other: SwiftServer, extra: Sequence[str] = ()) -> None:
        """Start another storage server in place of one, with filters before it; proxies forget old errors."""
        conf.write_storage_conf(other, self.nodes / other.node, getpass.getuser(), extra)
        self.stop([server])
        self.start([other])
        self.restart_proxies()

    def restart_proxies(self) -> None:
        """Start the proxies anew with the filters and rings as they now are."""
        running = [server for server in self.proxies if server.name in self.pids]
        self.stop(running)
        for server in self.proxies:
            self._write_proxy(server)
        self.start(running)

    def etc(self, node: str) -> Path:
        """A node's ``/etc/swift``."""
        return self.nodes / node / "etc" / "swift"

    def inventory(self) -> list[tuple[str, str, str, str]]:
        """(kind, id, name, tenant) of everything stored, from the storage nodes' own databases."""
        devices = [
            str(folder)
            for node in self.storage_nodes
            for folder in device_folders(self.model, self.nodes / node, node)
        ]
        return [tuple(row) for row in self._ask(do="inventory", devices=devices)["rows"]]

    def close(self) -> None:
        """End the parent and with it every server."""
        if self._parent is None:
            return
        if self._parent.stdin:
            self._parent.stdin.close()
        try:
            self._parent.wait(5)
        except subprocess.TimeoutExpired:
            self._parent.kill()
            self._parent.wait()
        self._parent = None
        self.pids.clear()

    def _ask(self, **command: Any) -> dict[str, Any]:
        with self._asking:
            return self._answer(command)

    def _answer(self, command: dict[str, Any]) -> dict[str, Any]:
        parent = self._parent
        if parent is None or parent.stdin is None or parent.stdout is None:
            raise LabError("the lab's object storage is not running")
        try:
            parent.stdin.write(json.dumps(command) + "\n")
            parent.stdin.flush()
            line = parent.stdout.readline()
        except OSError as error:
            line = str(error) and ""
        if not line:
            lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "nothing in its log")
            raise LabError(f"the process of the lab's object storage has ended: {last} ({self.log})")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise LabError(answer["error"])
        return answer

    def _row(self, server: SwiftServer) -> dict[str, Any]:
        log = self.log.with_name(f"{server.node}-{server.kind}-{server.port}.log")
        etc = self.etc(server.node)
        row = {"name": server.name, "kind": server.kind, "host": server.host, "port": server.port}
        return row | {"conf": str(etc / server.conf_name), "etc": str(etc), "log": str(log)}

    def _write_nodes(self, rings: Path) -> None:
        for node in self.holders:
            conf.write_swift_conf(self.etc(node), self.secrets.hash_suffix)
            for path in sorted(rings.glob("*.ring.gz")):
                shutil.copy2(path, self.etc(node))
        for node in proxy_nodes(self.model):
            for path in sorted(rings.glob("*.builder")):
                shutil.copy2(path, self.etc(node))
        for node in self.storage_nodes:
            for folder in device_folders(self.model, self.nodes / node, node):
                folder.mkdir(parents=True, exist_ok=True)
        for server in self.servers:
            if server.kind == PROXY:
                self._write_proxy(server)
            else:
                conf.write_storage_conf(server, self.nodes / server.node, getpass.getuser())

    def _write_proxy(self, server: SwiftServer) -> None:
        end = self.model.catalogue["identity"].admin
        identity = self.layout.socket_of(end.node, end.port)
        root = self.nodes / server.node
        conf.write_proxy_conf(
            server,
            root,
            getpass.getuser(),
            identity,
            self.secrets.admin_token,
            operators(self.model),
            self.filters,
            zones(self.model),
            self.proxy_options,
        )

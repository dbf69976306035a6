"""The control plane of one lab: every API on its described node and port,
the nodes' SSH, the control address.

One process, one event loop; object storage runs in processes below it. It ends on SIGTERM, and whatever way
it ends, the kernel ends what is below it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from harness.arch.architecture import Architecture
from harness.arch.clauses import ClauseTable
from harness.arch.model import ReferenceArchitecture
from harness.errors import LabError
from harness.lab.apps import apps
from harness.lab.building import build_world
from harness.lab.compute.screens import PORT, screens
from harness.lab.faults import Bench
from harness.lab.faults.rules import ABORT
from harness.lab.folder import LabFolder, write_secret
from harness.lab.guests.ssh import jump
from harness.lab.guests.state import FOLDER as GUESTS
from harness.lab.hostside.commands import commands
from harness.lab.hostside.hosts import PROGRAMS, Hosts, shown_processes
from harness.lab.hostside.keys import user_key, write_known_hosts
from harness.lab.hostside.logs import Logged, NodeLogs
from harness.lab.hostside.nodes import Node
from harness.lab.hostside.sessions import Rooms
from harness.lab.hostside.spoiling import host_things
from harness.lab.jitter import Late, jitter
from harness.lab.layout import SSH_PORT, Layout
from harness.lab.objects.stack import ObjectStack, Secrets
from harness.lab.process import name_process, started
from harness.lab.real import real_things
from harness.lab.world import Resource, World

Socket = tuple[str, int]

_COMPONENTS = {
    "identity": ("keystone", "keystone", "keystone-admin"),
    "image": ("glance", "glance", "glance"),
    "compute": ("nova", "nova", "nova"),
    "volume": ("nova-volume", "nova-volume", "nova-volume"),
}
"""Service type → the components behind its public, internal and admin endpoint."""


def serve(folder: str, control_fd: int) -> None:
    """Run the control plane of the lab in ``folder``; ``control_fd`` is its listening control socket."""
    name_process("deployday-lab")
    os.chdir("/")
    control = socket.socket(fileno=control_fd)
    try:
        plane = _Plane.of(LabFolder(Path(folder)))
        asyncio.run(plane.run(control))
    except LabError as error:
        sys.exit(str(error))


def listening(model: Any, layout: Layout) -> dict[Socket, str]:
    """Every socket of an API → the component behind it; where an admin port is shared, the admin's."""
    found: dict[Socket, str] = {}
    for kind, components in _COMPONENTS.items():
        entry = model.catalogue.get(kind)
        if entry is not None:
            ends = (entry.public, entry.internal, entry.admin)
            for end, component in zip(ends, components, strict=True):
                found[layout.socket_of(end.node, end.port)] = component
    return found


def endpoints(model: Any, layout: Layout) -> frozenset[Socket]:
    """Where the cloud's APIs, screens and other nodes' SSH are, which every node reaches."""
    ends = {
        (e.node, e.port) for row in model.catalogue.values() for e in (row.public, row.internal, row.admin)
    }
    if compute := model.catalogue.get("compute"):
        ends.add((compute.public.node, PORT))
    ends |= {(node, SSH_PORT) for node in layout.nodes}
    return frozenset(layout.socket_of(node, port) for node, port in ends)


@dataclass
class _Plane:
    """The parts of one running lab."""

    folder: LabFolder
    layout: Layout
    world: World
    stack: ObjectStack | None
    nodes: dict[str, Node]
    hosts: Hosts
    rooms: Rooms
    logs: NodeLogs

    @classmethod
    def of(cls, folder: LabFolder) -> _Plane:
        """Read the settings; the object storage's process starts importing at once."""
        settings = json.loads(folder.settings.read_text(encoding="utf-8"))
        pid = os.getpid()
        state = {**settings["state"], "pid": pid, "started": started(pid), "since": time.time()}
        write_secret(folder.state, json.dumps(state, indent=2))
        model = ReferenceArchitecture.model_validate(settings["model"])
        arch = Architecture(model, ClauseTable.from_json(settings["table"]))
        layout = Layout(settings["number"], tuple(model.nodes))
        passwords = settings["passwords"]
        world = build_world(
            arch, layout.addresses(), admin_password=passwords.get("admin", ""), passwords=passwords
        )
        stack = None
        if model.objects is not None:
            secrets = Secrets(settings["hash_suffix"], world.admin_token)
            stack = ObjectStack(
                model, layout, folder.nodes, folder.log / "swift.log", secrets, Path(settings["cache"])
            )
            stack.spawn()
        world.parts[GUESTS] = folder.path / "guests"
        nodes = {name: _node(folder, layout, name) for name in model.nodes}
        for node in nodes.values():
            node.onward, node.commands = partial(jump, world), commands(stack)
            inner = stack.inner if stack and node.name in stack.holders else ()
            node.inner = endpoints(model, layout).union(inner)
        sockets = shown_processes(model, listening(model, layout), layout)
        hosts = Hosts(world, layout, folder.nodes, stack, sockets)
        hosts.furnish()
        return cls(
            folder,
            layout,
            world,
            stack,
            nodes,
            hosts,
            Rooms(folder.path / PROGRAMS),
            NodeLogs(folder.nodes, layout, world.clock),
        )

    async def run(self, control: socket.socket) -> None:
        """Serve until SIGTERM; raises ``LabError`` where something cannot be started."""
        try:
            self._write_keys()
            bench = Bench(self.world, real=self._real())
            if self.stack:
                _list_objects(self.world, self.stack)
            server = _server(self._table(bench))
            storing = asyncio.create_task(self._bring_up_objects())
            storing.add_done_callback(lambda task: _stop_on_error(task, server))
            self._open_hosts()
            for node in self.nodes.values():
                await node.start()
            await self._show_screens()
            await server.serve(sockets=[control, *self._sockets])
            if storing.done() and storing.exception():
                raise storing.exception() or LabError("")
        finally:
            for node in self.nodes.values():
                node.stop()
            self.rooms.close()
            self.hosts.close()
            self.logs.close()
            screens(self.world).stop()
            if self.stack:
                self.stack.close()

    def _open_hosts(self) -> None:
        """Rooms for sessions, and answers to what is asked in them."""
        self.rooms.probe(next(iter(self.nodes.values())).folder)
        self.hosts.open()
        for node in self.nodes.values():
            node.rooms = self.rooms

    def _table(self, bench: Bench) -> dict[Socket, ASGIApp]:
        made = apps(self.world, bench)
        places = listening(self.world.arch.model, self.layout)
        self._sockets = [socket.create_server(place, backlog=512) for place in places]
        for listener in self._sockets:
            # Connections inherit it; asyncio would set it for sockets of an explicit protocol only. Without
            # it every
            # answer on a kept connection waits 40 ms for the client's acknowledgement.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        late = {name: Late(app, jitter(self.world)) for name, app in made.items()}
        logged = {name: Logged(late[name], name, self.logs) for name in set(places.values())}
        table: dict[Socket, ASGIApp] = {place: logged[component] for place, component in places.items()}
        return {**table, self.layout.control: made["control"]}

    def _real(self) -> dict[str, Any]:
        things = {**real_things(self.stack, self.nodes), **host_things(self.hosts, self.nodes)}
        return {**things, "stop screens": screens(self.world).stopped}

    async def _show_screens(self) -> None:
        compute = self.world.arch.model.catalogue.get("compute")
        if compute is not None:
            await screens(self.world).start(self.layout.socket_of(compute.public.node, PORT))

    def _write_keys(self) -> None:
        public = user_key(self.folder.ssh_key)
        self.folder.authorized_keys.write_text(public + "\n", encoding="utf-8")
        keys = {node.address: node.key_path for node in self.nodes.values()}
        write_known_hosts(self.folder.known_hosts, keys)

    async def _bring_up_objects(self) -> None:
        built: tuple[str, ...] = ()
        if self.stack:
            built = await asyncio.to_thread(self.stack.bring_up)
        parent = self.stack.parent_pid if self.stack else None
        processes = {str(pid): started(pid) for pid in (parent,) if pid}
        report = {"processes": processes, "built": list(built)}
        write_secret(self.folder.path / "up.json", json.dumps(report))


def _node(folder: LabFolder, layout: Layout, name: str) -> Node:
    root = folder.nodes / name
    root.mkdir(parents=True, exist_ok=True)
    return Node(
        name=name,
        address=(layout.address(name), layout.ssh_port),
        folder=root,
        key_path=folder.host_keys / name,
        authorized_keys=folder.authorized_keys,
    )


def _list_objects(world: World, stack: ObjectStack) -> None:
    """The inventory shows what the storage nodes hold."""

    def of(kind: str) -> Any:
        return lambda: [Resource(*row) for row in stack.inventory() if row[0] == kind]

    world.sources.update({"container": of("container"), "object": of("object")})


def _stop_on_error(task: asyncio.Task[None], server: uvicorn.Server) -> None:
    if not task.cancelled() and task.exception():
        server.should_exit = True


class _ByAddress:
    """One ASGI app over all sockets: the address that a connection came to decides who answers."""

    def __init__(self, table: Mapping[Socket, ASGIApp]) -> None:
        self.table = table

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host, port = scope["server"]
            await self.table[host, port](scope, receive, send)


class _Protocol(H11Protocol):
    """uvicorn's HTTP with one extension: an app may reset its connection, as a dying service does."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        app = self.app

        async def offering(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = transport.abort
            await app(scope, receive, _framed(send))

        self.app = offering


def _framed(send: Send) -> Send:
    """Essex announced chunks for answers that have no body and sent an empty one; our server sends none, and
    a client would wait for it.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in (204, 304):
            kept = [row for row in message["headers"] if row[0].lower() != b"transfer-encoding"]
            message = {**message, "headers": kept}
        await send(message)

    return sending


class _Server(uvicorn.Server):
    """A server that leaves its signals to us: SIGTERM ends it in order, so that all below it ends too."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT stop serving."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: setattr(self, "should_exit", True))
        yield


def _server(table: Mapping[Socket, ASGIApp]) -> uvicorn.Server:
    config = uvicorn.Config(
        _ByAddress(table),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        backlog=512,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
    )
    return _Server(config)

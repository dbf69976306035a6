"""The hosts of a running lab: their folders, what they say of themselves, what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.lab.compute.screens import PORT as SCREENS
from harness.lab.hostside import managed
from harness.lab.hostside.asking import Asks
from harness.lab.hostside.commands import Done, swift_init
from harness.lab.hostside.furnishing.jobs import remove_pid, write_jobs, write_pid
from harness.lab.hostside.furnishing.kernel import write_kernel
from harness.lab.hostside.furnishing.logs import write_logs
from harness.lab.hostside.furnishing.options import write_options
from harness.lab.hostside.furnishing.packages import write_packages
from harness.lab.hostside.furnishing.plan import HostPlan, Passwords
from harness.lab.hostside.furnishing.system import write_system
from harness.lab.hostside.furnishing.tables import FOLDER, write_tables
from harness.lab.hostside.furnishing.tools import write_shared, write_tools
from harness.lab.hostside.listening import described_port, waiting
from harness.lab.layout import Layout, lab_port
from harness.lab.objects.stack import ObjectStack
from harness.lab.world import World

_SWIFT = {f"swift-{kind}": kind for kind in ("account", "container", "object", "proxy")}
_SSH = 22
PROGRAMS = "programs"
"""Beside the nodes' folders: what all of them see of the lab's and the machine's programs."""
Socket = tuple[str, int]


@dataclass
class Hosts:
    """Every host of one lab. ``sockets``: the lab's own → the process that a host shows there."""

    world: World
    layout: Layout
    folder: Path
    stack: ObjectStack | None
    sockets: Mapping[Socket, str]
    plans: dict[str, HostPlan] = field(default_factory=dict)
    asks: list[Asks] = field(default_factory=list)
    silent: set[tuple[str, str]] = field(default_factory=set)
    """Node and job: services that run and have reported nothing for long."""

    def furnish(self) -> None:
        """Write every host's folder. No process is started for that."""
        model = self.world.arch.model
        write_shared(self.folder.parent / PROGRAMS)
        passwords = _passwords(self.world)
        for name in model.nodes:
            plan = HostPlan(name, model, self.layout, self.folder / name, passwords, self._served(name))
            for write in _WRITERS:
                write(plan)
            self.plans[name] = plan

    def _served(self, node: str) -> frozenset[int]:
        """The described ports of a node at which the lab listens."""
        servers = self.stack.servers if self.stack is not None else ()
        places = {*self.sockets, *((server.host, server.port) for server in servers)}
        described = [_SSH, *self.world.arch.model.nodes[node].ports]
        return frozenset(port for port in described if self.layout.socket_of(node, port) in places)

    def open(self) -> None:
        """Answer what doubles ask, in the running loop."""
        for name, plan in self.plans.items():
            self.asks.append(Asks(name, plan.folder, self.answer))
            self.asks[-1].open()

    def close(self) -> None:
        """Answer no more."""
        for one in self.asks:
            one.close()
        self.asks.clear()

    def answer(self, node: str, root: bool, words: list[str]) -> Done:
        """What a double gets; it may block."""
        match words:
            case ["states"]:
                return Done(0, "".join("|".join(row) + "\n" for row in self.states(node)))
            case ["listeners"]:
                return Done(0, "".join("|".join(row) + "\n" for row in self.listeners(node)))
            case ["processes"]:
                return Done(0, "".join("|".join(row) + "\n" for row in self.processes(node)))
            case ["swift-init", name, verb] if self.stack is not None:
                return swift_init(self.stack, node, name, root, verb)
            case ["start" | "stop" | "restart" as verb, name]:
                return self._switch(node, name, verb, root)
            case ["domains"]:
                return Done(0, managed.domains(self.world, node))
            case ["volumes"]:
                return Done(0, managed.logical_volumes(self.world, self.plans[node]))
            case ["targets"]:
                return Done(0, managed.targets(self.world) + "".join(self._left(node)))
            case ["nova-manage", *rest]:
                return managed.nova_manage(self.world, self._alive, rest)
        return Done(127, err="the lab does not play this\n")

    def states(self, node: str) -> Iterator[list[str]]:
        """Rows of the table of services, with the state and number of what really runs."""
        running = self._swift(node)
        for row in self._table(node, "services"):
            kind = _SWIFT.get(row[0])
            if kind is not None and self.stack is not None and row[2] == "running":
                pids = running.get(kind, [])
                row = [*row[:2], "running" if pids else "stopped", str(pids[0]) if pids else "0", *row[4:]]
            yield row

    def listeners(self, node: str) -> Iterator[list[str]]:
        """Protocol, address, port, process, pid: the lab's own sockets at the address, then the table."""
        address = self.layout.address(node)
        described = self._described_ports(node)
        for kind, port in waiting(address):
            process, pid = self._holder(node, (address, port))
            yield [kind, address, str(described_port(port, described)), process, pid]
        dead = {row[3] for row in self._table(node, "services") if row[2] != "running"}
        yield from (row for row in self._table(node, "listeners") if row[4] not in dead)

    def processes(self, node: str) -> Iterator[list[str]]:
        """Pid, parent, user, name, command of everything that runs on the host."""
        yield ["1", "0", "root", "init", "/sbin/init"]
        for name, _, state, pid, user, program in self.states(node):
            if state == "running":
                yield [pid, "1", user, program.split()[0].rsplit("/", 1)[-1] or name, program]
        for pid, user, command in self._table(node, "processes"):
            yield [pid, "1", user, command.split()[0].rsplit("/", 1)[-1].strip("[]"), command]

    def _switch(self, node: str, name: str, verb: str, root: bool) -> Done:
        """What ``start``, ``stop`` and ``restart`` do: Swift's servers for real, else the table's row."""
        if name in _SWIFT and self.stack is not None:
            verbs = ("stop", "start") if verb == "restart" else (verb,)
            done = [swift_init(self.stack, node, f"{name}-server", root, one) for one in verbs]
            return Done(done[-1].status, "".join(one.out for one in done), "".join(one.err for one in done))
        rows = list(self._table(node, "services"))
        if name not in {row[0] for row in rows}:
            return Done(1, err=f"{verb}: Unknown job: {name}\n")
        if not root:
            return Done(1, err=f"{verb}: Rejected send message\n")
        state = "stopped" if verb == "stop" else "running"
        self.set_rows(
            node, "services", [[*row[:2], state, *row[3:]] if row[0] == name else row for row in rows]
        )
        self._mark(node, name, state)
        pid = next(row[3] for row in rows if row[0] == name)
        return Done(
            0, f"{name} start/running, process {pid}\n" if state == "running" else f"{name} stop/waiting\n"
        )

    def _mark(self, node: str, name: str, state: str) -> None:
        """A daemon of sysv is seen by its process alone."""
        job = next((job for job in self.plans[node].jobs if job.name == name), None)
        if job is not None and job.manager == "sysv":
            (write_pid if state == "running" else remove_pid)(self.plans[node], job)

    def set_rows(self, node: str, table: str, rows: Sequence[Sequence[str]]) -> None:
        """Write a table of a node anew."""
        text = "".join("|".join(row) + "\n" for row in rows)
        (self.plans[node].folder / FOLDER / table).write_text(text, encoding="utf-8")

    def _table(self, node: str, table: str) -> Iterator[list[str]]:
        text = (self.plans[node].folder / FOLDER / table).read_text(encoding="utf-8", errors="replace")
        yield from (line.split("|") for line in text.splitlines() if line)

    def _left(self, node: str) -> Iterator[str]:
        """Targets that stand in the table and belong to no volume."""
        for number, row in enumerate(self._table(node, "targets"), 1000):
            yield managed.target(number, row[0], attached=False)

    def _swift(self, node: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        if self.stack is not None:
            pids = dict(self.stack.pids)
            for server in self.stack.servers:
                if server.node == node and server.name in pids:
                    found.setdefault(server.kind, []).append(pids[server.name])
        return found

    def _holder(self, node: str, place: Socket) -> tuple[str, str]:
        """Process and number behind one of the lab's sockets."""
        if self.stack is not None:
            pids = dict(self.stack.pids)
            for server in self.stack.servers:
                if (server.host, server.port) == place and server.name in pids:
                    return f"swift-{server.kind}-server"[:15], str(pids[server.name])
        name = self.sockets.get(place, "")
        pid = self.plans[node].pids.get({"sshd": "ssh", "keystone-all": "keystone"}.get(name, name), 0)
        return name or "unknown", str(pid)

    def _described_ports(self, node: str) -> list[int]:
        ports = [row[2] for row in self._table(node, "listeners") if row[2].isdigit()]
        described = self.world.arch.model.nodes[node].ports
        return [_SSH, *described, *map(int, ports)]

    def _alive(self, node: str, job: str) -> bool:
        """Whether a job runs on a host, by the table."""
        return (node, job) not in self.silent and any(
            row[0] == job and row[2] == "running" for row in self.states(node)
        )


_WRITERS: tuple[Callable[[HostPlan], None], ...] = (
    write_tools,
    write_system,
    write_packages,
    write_options,
    write_jobs,
    write_kernel,
    write_tables,
    write_logs,
)


def _passwords(world: World) -> Passwords:
    """The passwords of services: identity knows theirs; the lab makes up what bus and database ask."""
    accounts = {str(user.name): str(user.password or "") for user in world.users.values()}
    made = {name: world.ids.text(20) for name in ("nova", "glance", "keystone", "mysql")}
    bus = world.ids.text(20)
    for password in (bus, *made.values(), world.admin_token):
        world.secret("host password", password)
    return Passwords(bus, made, accounts, world.admin_token)


def shown_processes(model: Any, places: Mapping[Socket, str], layout: Layout) -> dict[Socket, str]:
    """The lab's sockets → the process that a host of 2012 shows there."""
    names = {
        "keystone": "keystone-all",
        "keystone-admin": "keystone-all",
        "glance": "glance-api",
        "nova": "nova-api",
    }
    names["nova-volume"] = "nova-api"
    found = {place: names.get(component, component) for place, component in places.items()}
    compute = model.catalogue.get("compute")
    if compute is not None:
        found[layout.socket_of(compute.public.node, SCREENS)] = "nova-novncproxy"
    for node in model.nodes:
        found[layout.address(node), lab_port(_SSH)] = "sshd"
    return found

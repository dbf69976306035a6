"""What a visit to up to 1,000 simulated hosts costs: ``benchmarks/hosts.py --only growth``."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncssh

from harness.evidence import Recorder
from harness.hostlist import Host
from harness.hosts import Node, connect
from harness.hosts.facts import Questions
from harness.hosts.facts.script import script
from harness.hosts.facts.secrets import Secrets
from harness.hosts.visiting import visit
from harness.site import Ssh

NONCE = "f" * 24


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(one.getsockname()[1]) for one in sockets]


def growth(folder: Path, sizes: Sequence[int]) -> None:
    """What visits to so many simulated hosts cost; each size in a process of its own."""
    recorded = subprocess.run(
        ["sh", "-s"], input=script(Questions(), NONCE), capture_output=True, text=True, check=True
    ).stdout
    (folder / "answer").write_text(recorded)
    key, host_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    key.write_private_key(str(folder / "visitor"))
    (folder / "visitor").chmod(0o600)
    host_key.write_private_key(str(folder / "simulated"))
    ports = free_ports(max(sizes))
    public = host_key.export_public_key().decode().strip()
    (folder / "simulated_hosts").write_text("".join(f"[127.0.0.1]:{port} {public}\n" for port in ports))
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    hosts = context.Process(
        target=simulate, args=(folder, ports, key.export_public_key().decode(), ready), daemon=True
    )
    hosts.start()
    try:
        if not ready.wait(120):
            raise SystemExit("the simulated hosts did not start")
        print(f"a visit to simulated hosts, each with an answer of {len(recorded) / 1000:.0f} kB")
        for size in sizes:
            heard, told = context.Pipe()
            visitor = context.Process(target=visited, args=(folder, ports[:size], told))
            visitor.start()
            print(f"  {size:5} hosts: {heard.recv()}")
            sys.stdout.flush()
            visitor.join()
    finally:
        hosts.kill()
        hosts.join()


def visited(folder: Path, ports: Sequence[int], told: Any) -> None:
    """One visit to all of them, as a run makes it, and what it cost."""
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    ssh = Ssh(user="anybody", key_file=folder / "visitor", known_hosts=folder / "simulated_hosts")
    record = Recorder(folder / f"visit-{len(ports)}.jsonl")
    nodes: dict[str, Node] = {}

    def opened(name: str) -> Node:
        host = Host("127.0.0.1", int(name))
        return nodes.setdefault(name, Node(name, connect(host, ssh), record))

    written = 0

    def told_of(visit: Any, raw: str) -> None:
        nonlocal written
        if visit.over:
            written += len(raw) + len(visit.model_dump_json())
            if visit.node in nodes:
                nodes[visit.node].close()

    before = resource.getrusage(resource.RUSAGE_SELF)
    begin = time.perf_counter()
    found = visit(opened, {str(port): Questions() for port in ports}, Secrets(), told_of)
    seconds = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_SELF)
    good = sum(1 for one in found.values() if one.facts is not None)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = (after.ru_maxrss - before.ru_maxrss) / 1024
    told.send(
        f"{seconds:7.2f} s, {1000 * seconds / len(ports):6.1f} ms a host "
        f"({1000 * spent / len(ports):.1f} of the visitor's processor), "
        f"{memory:.0f} MB above {before.ru_maxrss / 1024:.0f}, {good} answered (n=1)"
    )


def simulate(folder: Path, ports: Sequence[int], authorized: str, ready: Any) -> None:
    """The hosts: one process, one event loop, a listener a host."""
    answer = (folder / "answer").read_text()
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)

    async def answered(process: Any) -> None:
        asked = await process.stdin.read()
        nonce = next(line[2:] for line in asked.splitlines() if line.startswith("N="))
        process.stdout.write(answer.replace(NONCE, nonce))
        process.exit(0)

    async def serve() -> None:
        key = asyncssh.read_private_key(str(folder / "simulated"))
        keys = asyncssh.import_authorized_keys(authorized)
        settings = asyncssh.SSHServerConnectionOptions(
            server_host_keys=[key], authorized_client_keys=keys, process_factory=answered
        )
        for port in ports:
            await asyncssh.create_server(asyncssh.SSHServer, "127.0.0.1", port, options=settings)
        ready.set()
        await asyncio.Event().wait()

    asyncio.run(serve())

"""Sockets that wait for others: as ``ss`` of then and of today, ``netstat`` and ``/proc/net`` tell them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Literal

from harness.hosts.facts.frames import Section
from harness.hosts.facts.model import Listener, Process, Unknown
from harness.hosts.facts.processes import program

Protocol = Literal["tcp", "udp"]
_HOLDER = re.compile(r'\(\("(?P<name>[^"]*)",(?:pid=)?(?P<pid>\d+)')
_INTERPRETER = re.compile(r"python[\d.]*\Z")
_NETSTAT = re.compile(r"\s*(?P<protocol>tcp|udp)6?\s+\d+\s+\d+\s+(?P<local>\S+)\s+\S+\s*(?P<rest>.*)")
_KERNEL = re.compile(
    r"\s*\d+: (?P<address>[0-9A-Fa-f]+):(?P<port>[0-9A-Fa-f]{4}) \S+ (?P<state>[0-9A-Fa-f]{2})"
)
_LISTENS, _UNCONNECTED = "0A", "07"
_KERNEL_FILES: dict[str, Protocol] = {"tcp": "tcp", "tcp6": "tcp", "udp": "udp", "udp6": "udp"}


def read_listeners(
    section: Section, processes: tuple[Process, ...] | Unknown
) -> tuple[Listener, ...] | Unknown:
    """All of them, each once. Who holds one is told by name; of Python's, by the name of its script."""
    part = next(
        (part for part in map(section.part, ("ss", "netstat", "netstat-plain")) if part and part.ok), None
    )
    if part is not None:
        names = {} if isinstance(processes, Unknown) else {one.pid: program(one.command) for one in processes}
        found = _ss(part.lines, names) if part.label == "ss" else _netstat(part.lines, names)
        return tuple(dict.fromkeys(found))
    files = {label.rpartition("/")[2]: part for label, part in section.parts.items() if part.ok}
    if files.keys() & _KERNEL_FILES.keys():
        told = (
            _kernel(_KERNEL_FILES[name], part.lines) for name, part in files.items() if name in _KERNEL_FILES
        )
        return tuple(dict.fromkeys(listener for listeners in told for listener in listeners))
    return section.unknown("ss", "netstat", "/proc/net/tcp")


def _ss(lines: Iterable[str], names: Mapping[int, str]) -> Iterator[Listener]:
    """``*`` means every IPv4 address to the old ``ss``, and every address to today's."""
    rows = [line.split() for line in lines]
    rows = [row for row in rows if len(row) >= 6 and row[0] in ("tcp", "udp")]
    today = any(re.match(r"\[|0\.0\.0\.0:", word) for row in rows for word in row[4:6])
    for row in rows:
        address, _, port = row[4].rpartition(":")
        holder = _HOLDER.search(" ".join(row[6:]))
        address = "::" if address == "*" and today else address
        name = _named(holder["name"], holder["pid"], names) if holder else ""
        listener = _listener(row[0], address, port, name)
        if listener:
            yield listener


def _netstat(lines: Iterable[str], names: Mapping[int, str]) -> Iterator[Listener]:
    for line in lines:
        match = _NETSTAT.match(line)
        if not match or re.match(r"(?:ESTABLISHED|TIME_WAIT|CLOSE_WAIT|SYN_)", match["rest"]):
            continue
        address, _, port = match["local"].rpartition(":")
        holder = re.search(r"\b(\d+)/(\S[^/]*)$", match["rest"].strip())
        name = _named(holder[2].split()[0].rstrip(":"), holder[1], names) if holder else ""
        listener = _listener(match["protocol"], address, port, name)
        if listener:
            yield listener


def _named(name: str, pid: str, names: Mapping[int, str]) -> str:
    known = names.get(int(pid), "") if len(pid) < 11 else ""
    return known if known and _INTERPRETER.match(name) else name


def _kernel(protocol: Protocol, lines: Iterable[str]) -> Iterator[Listener]:
    for line in lines:
        match = _KERNEL.match(line)
        if not match or match["state"].upper() != (_LISTENS if protocol == "tcp" else _UNCONNECTED):
            continue
        listener = _listener(protocol, _address(match["address"]), str(int(match["port"], 16)), "")
        if listener:
            yield listener


def _address(text: str) -> str:
    """Words of the host's byte order, which is little-endian wherever OpenStack runs."""
    if len(text) not in (8, 32):
        return ""
    words = [int(text[place : place + 8], 16) for place in range(0, len(text), 8)]
    return str(ip_address(struct.pack(f"<{len(words)}I", *words)))


def _listener(protocol: str, address: str, port: str, process: str) -> Listener | None:
    address = address.partition("%")[0].strip("[]")
    if address == "*":
        address = "0.0.0.0"  # noqa: S104
    if not re.fullmatch(r"\d{1,5}", port) or not 0 < int(port) < 65536:
        return None
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    kind: Protocol = "tcp" if protocol == "tcp" else "udp"
    return Listener(protocol=kind, address=str(parsed), port=int(port), process=process)

"""Where the nodes of a site are: written in the site, or read from an inventory, /etc/hosts or a CSV file."""

from __future__ import annotations

import csv
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import Problem, UsageError

_LIMIT = 4 * 1024 * 1024
Row = tuple[int, str, str, Mapping[str, str]]  # line, node, address, port and rack

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?\Z")


@dataclass(frozen=True)
class Host:
    """One node of the site: the address at which it is reached, its SSH port, its rack where that is known.

    ``also`` lists further addresses that are this node's (an endpoint may stand on any of them).
    """

    address: str
    port: int = 22
    rack: str = ""
    also: tuple[str, ...] = ()

    def has(self, address: str) -> bool:
        """Whether an address or name is this node's."""
        return address == self.address or address in self.also


def is_host(text: str) -> bool:
    """Whether a text can be an address or a host name at all."""
    return len(text) <= 255 and _HOST.match(text) is not None


def read_hosts(path: Path, port: int = 22) -> dict[str, Host]:
    """Read nodes from an Ansible-style INI inventory, a hosts file or a CSV file with a header.

    ``port`` is that of nodes for which the file names none. Raises ``UsageError`` with every line
    that cannot be read.
    """
    if not path.is_file():
        raise UsageError(Problem(where=str(path), message="there is no such file of hosts"))
    if path.stat().st_size > _LIMIT:
        raise UsageError(Problem(where=str(path), message="larger than 4 MiB: not a list of hosts"))
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".csv":
        return _from_csv(path, text, port)
    if path.suffix in (".ini", ".cfg") or text.lstrip().startswith("["):
        return _from_inventory(path, text, port)
    return _from_hosts_file(path, text, port)


def _from_csv(path: Path, text: str, port: int) -> dict[str, Host]:
    rows = csv.DictReader(text.splitlines())
    if not rows.fieldnames or not {"node", "address"} <= set(rows.fieldnames):
        raise UsageError(
            Problem(
                where=f"{path}:1",
                message="not a CSV file of hosts",
                expected="a header with node,address and optionally port,rack",
                found=",".join(rows.fieldnames or ()),
            )
        )
    return _collect(path, ((rows.line_num, row["node"], row["address"], row) for row in rows), port)


def _from_inventory(path: Path, text: str, port: int) -> dict[str, Host]:
    def rows() -> Iterator[Row]:
        section = ""
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.split("#")[0].split(";")[0].strip()
            if line.startswith("["):
                section = line.strip("[]")
            elif line and not section.endswith((":vars", ":children")):
                name, *pairs = line.split()
                fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
                address = fields.get("ansible_host") or fields.get("ansible_ssh_host") or name
                port = fields.get("ansible_port") or fields.get("ansible_ssh_port") or ""
                yield number, name, address, {"port": port, "rack": fields.get("rack", "")}

    return _collect(path, rows(), port)


def _from_hosts_file(path: Path, text: str, port: int) -> dict[str, Host]:
    def rows() -> Iterator[Row]:
        for number, raw in enumerate(text.splitlines(), 1):
            fields = raw.split("#")[0].split()
            if fields and not _is_local(fields[0]):
                for name in fields[1:]:
                    yield number, name, fields[0], {}

    return _collect(path, rows(), port)


def _is_local(text: str) -> bool:
    """Whether an entry of a hosts file is this machine's own (``localhost``) or a multicast name."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return (
        address == ipaddress.ip_address("127.0.0.1")
        or address.is_multicast
        or address == ipaddress.ip_address("::1")
    )


def _collect(path: Path, rows: Iterable[Row], default: int) -> dict[str, Host]:
    hosts: dict[str, Host] = {}
    problems: list[Problem] = []
    for number, name, address, extra in rows:
        where = f"{path}:{number}"
        port = (extra.get("port") or str(default)).strip()
        if not name or not address or not _HOST.match(address):
            problems.append(Problem(where=where, message="no address", found=f"{name} {address}"))
        elif not port.isdigit() or not 0 < int(port) < 65536:
            problems.append(Problem(where=where, message="not a port", expected="1 to 65535", found=port))
        elif name in hosts and hosts[name].address != address:
            problems.append(
                Problem(
                    where=where,
                    message=f"{name} has a second address",
                    found=f"{hosts[name].address}, {address}",
                )
            )
        else:
            hosts[name] = Host(address=address, port=int(port), rack=(extra.get("rack") or "").strip())
    if problems:
        raise UsageError(*problems)
    return hosts

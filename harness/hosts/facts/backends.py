"""The message queue and the database, as far as their node can tell."""

from __future__ import annotations

import re
from itertools import takewhile

from harness.hosts.facts.frames import Part, Section
from harness.hosts.facts.model import Broker, Database, Unknown

_VERSION = re.compile(
    r'\{rabbit,"RabbitMQ",\s*"(?P<version>[^"]+)"\}|^\s*RabbitMQ version: (?P<today>\S+)', re.MULTILINE
)
_RUNNING = re.compile(r"\{running_nodes,\s*\[(?P<nodes>[^\]]{0,4096})\]")
_NODE = re.compile(r"'?([\w.-]{1,256}@[\w.-]{1,256})'?")
_DEAD = re.compile(
    r"nodedown|unable to (?:connect to|perform an operation on) node|requires the 'rabbit' app to be running"
)


def read_broker(section: Section) -> Broker | Unknown:
    """``rabbitmqctl`` of 2.7 and of today."""
    status = section.part("status")
    if status is not None and not status.denied and any(map(_DEAD.search, status.lines)):
        return Broker(queues=section.unknown("status"))
    if status is None or not status.ok:
        return section.unknown("rabbitmqctl", "status", "cluster")
    found = _VERSION.search("\n".join(status.lines))
    cluster, queues = section.part("cluster"), section.part("queues")
    return Broker(
        version=(found["version"] or found["today"]) if found else "",
        nodes=_nodes(cluster) if cluster and cluster.ok else section.unknown("cluster"),
        queues=_queues(queues) if queues and queues.ok else section.unknown("queues"),
    )


def _nodes(part: Part) -> tuple[str, ...]:
    found = _RUNNING.search("\n".join(part.lines))
    if found:
        return tuple(dict.fromkeys(_NODE.findall(found["nodes"])))
    lines = iter(part.lines)
    nodes: list[str] = []
    for line in lines:
        if line.strip() == "Running Nodes":
            after = (line.strip() for line in lines)
            nodes = list(takewhile(lambda line: not line or _NODE.fullmatch(line) is not None, after))
            break
    return tuple(dict.fromkeys(filter(None, nodes)))


def _queues(part: Part) -> dict[str, int]:
    rows = (line.rsplit(None, 1) for line in part.lines)
    return {
        row[0].strip().replace("\t", " "): int(row[1])
        for row in rows
        if len(row) == 2 and row[1].isdecimal() and row[1].isascii() and len(row[1]) < 16
    }


def read_database(section: Section) -> Database | Unknown:
    """MySQL or PostgreSQL; a server that refuses to say more still answers."""
    part = section.part("mysql")
    if part is not None:
        text = "\n".join(part.lines)
        version = re.search(r"^Server version\s+(\S+)", text, re.MULTILINE)
        answers = "mysqld is alive" in text or "Access denied for user" in text
        if not answers and "(13)" in text:
            return Unknown(unknown="this user may not see it", denied=True)
        return Database(kind="mysql", version=version[1] if version else "", answers=answers)
    part = section.part("psql")
    if part is not None:
        version = re.search(r"^PostgreSQL (\S+)", "\n".join(part.lines), re.MULTILINE)
        return Database(kind="postgresql", version=version[1] if version else "", answers=version is not None)
    if "none" in section.parts:
        return Unknown(unknown="there is no database server on this host")
    return section.unknown("mysql", "psql")

"""The message queue and the database, as far as their node can tell."""

from __future__ import annotations

import re

from harness.hosts.facts.frames import Part, Section
from harness.hosts.facts.model import Broker, Database, Unknown

_VERSION = re.compile(
    r'\{rabbit,"RabbitMQ",\s*"(?P<version>[^"]+)"\}|^\s*RabbitMQ version: (?P<today>\S+)', re.MULTILINE
)
_RUNNING = re.compile(r"\{running_nodes,\s*\[(?P<nodes>[^\]]*)\]")
_RUNNING_TODAY = re.compile(r"^Running Nodes\s*$(?P<nodes>(?:\n(?!\S* ?\S+ \S+).*)*)", re.MULTILINE)
_NODE = re.compile(r"'?([\w.-]+@[\w.-]+)'?")
_QUEUE = re.compile(r"(?P<name>\S(?:.*\S)?)\s+(?P<count>\d{1,15})")


def read_broker(section: Section) -> Broker | Unknown:
    """``rabbitmqctl`` of 2.7 and of today."""
    status = section.part("status")
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
    text = "\n".join(part.lines)
    found = _RUNNING.search(text) or _RUNNING_TODAY.search(text)
    return tuple(dict.fromkeys(_NODE.findall(found["nodes"]))) if found else ()


def _queues(part: Part) -> dict[str, int]:
    rows = (_QUEUE.fullmatch(line.strip()) for line in part.lines)
    return {row["name"].replace("\t", " "): int(row["count"]) for row in rows if row}


def read_database(section: Section) -> Database | Unknown:
    """MySQL or PostgreSQL; a server that refuses to say more still answers."""
    part = section.part("mysql")
    if part is not None:
        text = "\n".join(part.lines)
        version = re.search(r"^Server version\s+(\S+)", text, re.MULTILINE)
        answers = "mysqld is alive" in text or "Access denied for user" in text
        return Database(kind="mysql", version=version[1] if version else "", answers=answers)
    part = section.part("psql")
    if part is not None:
        version = re.search(r"^PostgreSQL (\S+)", "\n".join(part.lines), re.MULTILINE)
        return Database(kind="postgresql", version=version[1] if version else "", answers=version is not None)
    if "none" in section.parts:
        return Unknown(unknown="there is no database server on this host")
    return section.unknown("mysql", "psql")

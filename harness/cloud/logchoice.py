"""Which nodes' logs matter to a failure, and which of their entries are shown. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness.arch.model import ReferenceArchitecture
from harness.hosts.logs import Entry, Logs, logs_of

Row = Mapping[str, Any]
MOST_NODES = 4
MOST_ENTRIES = 60
MOST_CHARACTERS = 24_000
CONTEXT = 20
"""Entries shown that neither tell of an error nor belong to a failed request."""
_LINES = 14
_NEAR = 5.0
"""Seconds between a request and the entry of a service that gives no request ids."""
_ROLES: Mapping[str, tuple[str, ...]] = {
    "keystone": ("identity",),
    "glance": ("images",),
    "nova": ("compute-api", "scheduler", "volume"),
    "nova-volume": ("volume", "compute-api"),
    "swift": ("object-proxy",),
}
_FARTHER: Mapping[str, tuple[str, ...]] = {"nova": ("network", "compute"), "swift": ("object-storage",)}
"""Roles of many nodes, of which those matter that the story speaks of."""
_FEW = 2
"""Nodes that all matter where the story speaks of none."""
_RELATED: Mapping[str, tuple[str, ...]] = {
    "keystone": ("keystone", "mysql"),
    "glance": ("glance",),
    "nova": ("nova", "nova-volume", "libvirt", "rabbitmq"),
    "nova-volume": ("nova-volume", "nova"),
    "swift": ("swift",),
}
_BAD_STATUS = 400


@dataclass(frozen=True)
class Request:
    """A request of a failed story that its service's log may tell of."""

    method: str
    path: str
    at: float
    id: str = ""


def nodes_that_matter(
    component: str, rows: Sequence[Row], subject: str | None, model: ReferenceArchitecture
) -> list[str]:
    """The nodes on which the failing service runs, those first that the story speaks of; at most four."""
    if component not in _ROLES:
        return []
    text = " ".join(json.dumps(row, default=str)[:20_000] for row in rows[-200:])
    spoken = [node for node in model.nodes if node == subject or re.search(rf"\b{re.escape(node)}\b", text)]
    near = [node for role in _ROLES[component] for node in _with(model, role)]
    far = [node for role in _FARTHER.get(component, ()) for node in _with(model, role)]
    meant = [node for node in far if node in spoken] or (far if len(set(far)) <= _FEW else [])
    first = [*near[:1], *(node for node in near if node in spoken)]
    return list(dict.fromkeys([*first, *meant, *near]))[:MOST_NODES]


def places(component: str, node: str, model: ReferenceArchitecture) -> list[Logs]:
    """The described logs of a node that belong to a component, or to what it works with."""
    row = model.nodes[node]
    wanted = _RELATED.get(component, ())
    found = logs_of(row.services, row.logs.files)
    return [each for each in found if each.component in wanted or each.patterns[0] in row.logs.files]


def requests_of(rows: Iterable[Row]) -> list[Request]:
    """The requests of a story that were refused or not answered, else the last one."""
    sent = [row for row in rows if row["kind"] == "exchange"]
    failed = [row for row in sent if row.get("status") is None or row["status"] >= _BAD_STATUS]
    return [_request(row) for row in (failed or sent[-1:])]


def joined(entry: Entry, requests: Iterable[Request]) -> str:
    """The request that an entry belongs to: its id, or method and path where its service gives none."""
    for request in requests:
        if request.id:
            if request.id in entry.text:
                return request.id
        elif entry.at is not None and abs(entry.at - request.at) <= _NEAR and _names(entry, request):
            return f"{request.method} {request.path}"
    return ""


def chosen(entries: Sequence[Entry], requests: Sequence[Request]) -> list[tuple[Entry, str]]:
    """What is shown of a window, in order, each with the request that it belongs to."""
    known = [(entry, joined(entry, requests)) for entry in entries]
    rank = sorted(range(len(known)), key=lambda at: (not known[at][1], not known[at][0].bad, -at))
    telling = [at for at in rank if known[at][1] or known[at][0].bad]
    quiet = [at for at in rank if not (known[at][1] or known[at][0].bad)][:CONTEXT]
    kept, left = [], MOST_CHARACTERS
    for at in [*telling, *quiet][:MOST_ENTRIES]:
        left -= len(shown(known[at][0]))
        if left < 0:
            break
        kept.append(at)
    return [known[at] for at in sorted(kept)]


def line_of(entry: Entry, request: str = "") -> dict[str, Any]:
    """An entry as a row has it, with the request that it belongs to."""
    return {
        "at": entry.at,
        "file": entry.file,
        "level": entry.level,
        "text": shown(entry),
        "request": request,
    }


def shown(entry: Entry) -> str:
    """The text of an entry: the head of a long one, and its end, where an exception says what it is."""
    lines = entry.text.split("\n")
    if len(lines) <= _LINES:
        return entry.text
    half = _LINES // 2
    return "\n".join([*lines[:half], f"… {len(lines) - 2 * half} lines …", *lines[-half:]])


def _with(model: ReferenceArchitecture, role: str) -> list[str]:
    return [name for name, node in model.nodes.items() if role in node.roles]


def _request(row: Row) -> Request:
    sent = float(row["t"]) - float(row.get("ms") or 0) / 1000
    path = urlsplit(str(row.get("url") or "")).path
    return Request(str(row.get("method")), path, sent, str(row.get("request_id") or ""))


def _names(entry: Entry, request: Request) -> bool:
    return len(request.path) > 1 and f"{request.method} {request.path}" in entry.text

"""What is stored, read from the storage nodes' own databases
and not through the proxy that faults may stand in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Row = tuple[str, str, str, str]


def rows_of(devices: Iterable[Path]) -> list[Row]:
    """(kind, id, name, tenant) of every container and object on these devices.

    Runs in a fork: Swift's database code starts an event hub, which the process that forks servers must not
    have.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        status = 1
        try:
            with os.fdopen(writer, "w") as out:
                json.dump(list(_rows(devices)), out)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise OSError("the databases of the storage nodes could not be read")
    return [(kind, id_, name, tenant) for kind, id_, name, tenant in json.loads(text)]


def _rows(devices: Iterable[Path]) -> Iterator[Row]:
    for (account, container), (exists, objects) in sorted(_containers(devices).items()):
        tenant = account.removeprefix("AUTH_")
        if exists:
            yield "container", f"{account}/{container}", container, tenant
        for name, (_, deleted) in sorted(objects.items()):
            if not deleted:
                yield "object", f"{account}/{container}/{name}", name, tenant


def _containers(devices: Iterable[Path]) -> dict[tuple[str, str], tuple[bool, dict[str, tuple[str, int]]]]:
    """Every container with all replicas put together: the newest row of an object wins."""
    found: dict[tuple[str, str], tuple[bool, dict[str, tuple[str, int]]]] = {}
    for broker in _brokers(devices):
        info = broker.get_info()
        key = (info["account"], info["container"])
        exists, objects = found.setdefault(key, (False, {}))
        for row in broker.get_items_since(-1, 1_000_000):
            seen = (str(row["created_at"]), int(row["deleted"]))
            objects[row["name"]] = max(seen, objects.get(row["name"], seen))
        found[key] = (exists or not broker.is_deleted(), objects)
    return found


def _brokers(devices: Iterable[Path]) -> Iterator[Any]:
    from swift.container.backend import ContainerBroker

    for device in devices:
        for path in sorted(device.glob("containers/*/*/*/*.db")):
            yield ContainerBroker(str(path))

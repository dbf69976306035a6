"""The real things that a fault may do to storage servers and their devices; each returns how to undo it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.errors import LabError
from harness.lab.objects.plan import SwiftServer
from harness.lab.objects.stack import ObjectStack

Undo = Callable[[], None]
NAMES = ("stop storage server", "other storage server", "storage filter", "device gone", "device made")


def storage_things(stack: ObjectStack) -> dict[str, Callable[..., Undo]]:
    """By the name that faults use. ``kind`` is ``account``, ``container`` or ``object``."""

    def stop_server(node: str, kind: str) -> Undo:
        server = _server(stack, node, kind)
        stack.stop([server])

        def undo() -> None:
            stack.start([server])
            stack.restart_proxies()

        return undo

    def other_server(node: str, kind: str, other: str) -> Undo:
        server = _server(stack, node, kind)
        wrong = replace(server, kind=other)
        stack.replace(server, wrong)
        return lambda: stack.replace(wrong, server)

    def storage_filter(node: str, kind: str, factory: str) -> Undo:
        server = _server(stack, node, kind)
        stack.replace(server, server, [factory])
        return lambda: stack.replace(server, server)

    def device_gone(node: str, device: str) -> Undo:
        folder = _devices(stack, node) / device
        away = folder.parent.parent / f"{device}-away"
        folder.rename(away)

        def undo() -> None:
            away.rename(folder)
            stack.restart_proxies()

        return undo

    def device_made(node: str, device: str) -> Undo:
        folder = _devices(stack, node) / device
        folder.mkdir()
        return folder.rmdir

    return dict(
        zip(NAMES, (stop_server, other_server, storage_filter, device_gone, device_made), strict=True)
    )


def _devices(stack: ObjectStack, node: str) -> Path:
    return stack.nodes / node / "srv" / "node"


def _server(stack: ObjectStack, node: str, kind: str) -> SwiftServer:
    found = next((one for one in stack.servers if (one.node, one.kind) == (node, kind)), None)
    if found is None:
        raise LabError(f"{node} has no {kind} server")
    return found

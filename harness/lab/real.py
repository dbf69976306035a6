"""The real things that a fault may do to a lab: stop a process, change a file, put a filter into the proxy.

Each does its thing at once and returns how to undo it; ``Bench.real`` holds them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.errors import LabError
from harness.lab.hostside.nodes import Node
from harness.lab.objects.losing import NAMES as LOSING
from harness.lab.objects.losing import losing_things
from harness.lab.objects.spoiling import NAMES, storage_things
from harness.lab.objects.stack import ObjectStack
from harness.lab.ringbuild import ring_specs

Undo = Callable[[], None]
Change = Callable[[bytes], bytes | None]
_OBJECTS = (
    "stop object proxies",
    "proxy filter",
    "change ring file",
    "copied ring file",
    "other ring",
    "edited builder",
    *NAMES,
    *LOSING,
)


def real_things(stack: ObjectStack | None, nodes: Mapping[str, Node]) -> dict[str, Callable[..., Undo]]:
    """Everything by the name that faults use; without object storage, what there is without it."""

    def stop_ssh(node: str) -> Undo:
        if node not in nodes:
            raise LabError(f"there is no node {node}")
        return nodes[node].stopped()

    if stack is None:
        return {"stop ssh": stop_ssh} | _missing()
    return {"stop ssh": stop_ssh, **_of_objects(stack), **storage_things(stack), **losing_things(stack)}


def _missing() -> dict[str, Callable[..., Undo]]:
    def refused(*_: Any) -> Undo:
        raise LabError("the architecture of this lab describes no object storage")

    return dict.fromkeys(_OBJECTS, refused)


def _of_objects(stack: ObjectStack) -> dict[str, Callable[..., Undo]]:
    def stop_proxies() -> Undo:
        stack.stop(stack.proxies)
        return lambda: stack.start(stack.proxies)

    def proxy_filter(factory: str) -> Undo:
        stack.filters.append(factory)
        stack.restart_proxies()

        def undo() -> None:
            stack.filters.remove(factory)
            stack.restart_proxies()

        return undo

    def change_ring_file(node: str, name: str, change: Change) -> Undo:
        return _change(stack.etc(node) / name, change)

    def copied_ring_file(node: str, source: str, target: str) -> Undo:
        return _change(stack.etc(node) / target, lambda _: (stack.etc(node) / source).read_bytes())

    def other_ring(
        nodes: Sequence[str] | None, name: str, changes: Mapping[str, Any], kind: str = "*"
    ) -> Undo:
        return _other_ring(stack, nodes, name, changes, kind)

    def edited_builder(name: str, edit: str, pushed: bool) -> Undo:
        return _edited_builder(stack, name, edit, pushed)

    return {
        "stop object proxies": stop_proxies,
        "proxy filter": proxy_filter,
        "change ring file": change_ring_file,
        "copied ring file": copied_ring_file,
        "other ring": other_ring,
        "edited builder": edited_builder,
    }


def _other_ring(
    stack: ObjectStack, nodes: Sequence[str] | None, name: str, changes: Mapping[str, Any], kind: str
) -> Undo:
    """Give ``nodes`` (all that hold rings, when None) a ring that was built from a changed description, with
    its builder where they keep one; or one ``kind`` of the two files.

    The proxies are started anew, for a proxy looks for a new ring only every 15 seconds.
    """
    holders = tuple(nodes or stack.holders)
    if nodes and len(stack.holders) < 2:
        raise LabError("one node holds rings: there is no other that it could differ from")
    target = stack.nodes.parent / "rings" / "changed"
    stack.build([replace(spec, **changes) for spec in ring_specs(stack.model) if spec.name == name], target)
    return _pushed(stack, sorted(target.glob(f"{name}.{kind}")), holders)


def _edited_builder(stack: ObjectStack, name: str, edit: str, pushed: bool) -> Undo:
    """Somebody changed the builder by hand; where it is ``pushed``, all nodes have the ring that it gives."""
    target = stack.nodes.parent / "rings" / "edited"
    stack.edit(stack.nodes.parent / "rings" / f"{name}.builder", edit, target)
    kinds = ("builder", "ring.gz") if pushed else ("builder",)
    return _pushed(stack, [target / f"{name}.{kind}" for kind in kinds], stack.holders)


def _pushed(stack: ObjectStack, files: Sequence[Path], holders: Sequence[str]) -> Undo:
    """Copy files over those that the nodes have; proxies start anew, as for any ring."""
    undone = [
        _change(stack.etc(node) / path.name, lambda _, path=path: path.read_bytes())  # type: ignore[misc]
        for path in files
        for node in holders
        if (stack.etc(node) / path.name).exists()
    ]
    stack.restart_proxies()

    def undo() -> None:
        for restore in undone:
            restore()
        stack.restart_proxies()

    return undo


def _change(path: Path, change: Change) -> Undo:
    before, changed = path.read_bytes(), change(path.read_bytes())
    if changed is None:
        path.unlink()
    else:
        path.write_bytes(changed)
    return lambda: _write(path, before)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)

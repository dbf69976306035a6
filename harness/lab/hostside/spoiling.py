"""What a fault may do to a host: change its files and tables, take things away, spoil how it answers.

Each does its thing at once and returns how to undo it.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.errors import LabError
from harness.lab.hostside.furnishing.tables import FOLDER
from harness.lab.hostside.hosts import Hosts
from harness.lab.hostside.nodes import Node

Undo = Callable[[], None]
Change = Callable[[str], str | None]
_PACE = 0.2


def host_things(hosts: Hosts, nodes: Mapping[str, Node]) -> dict[str, Callable[..., Undo]]:
    """Everything by the name that faults use. Texts are latin-1, so that any byte can be written."""

    def place(node: str, path: str) -> Path:
        if node not in hosts.plans:
            raise LabError(f"there is no node {node}")
        return hosts.plans[node].folder / path.lstrip("/")

    def host_file(node: str, path: str, change: Change) -> Undo:
        return _changed(place(node, path), change)

    def host_table(node: str, table: str, change: Change) -> Undo:
        return _changed(place(node, f"{FOLDER}/{table}"), change)

    def host_mode(node: str, path: str, mode: int) -> Undo:
        target = place(node, path)
        before = target.stat().st_mode
        target.chmod(mode)
        return lambda: target.chmod(before)

    def interface_gone(node: str, name: str) -> Undo:
        return _interface_gone(place(node, "/"), name)

    def service_silent(node: str, job: str) -> Undo:
        hosts.silent.add((node, job))
        return lambda: hosts.silent.discard((node, job))

    def silent_after(node: str, size: int) -> Undo:
        nodes[node].manner.silent_after = size

        def undo() -> None:
            nodes[node].manner.silent_after = None

        return undo

    def errors_logged(node: str, path: str, line: str) -> Undo:
        return _chatter(place(node, path), line)

    return {
        "host file": host_file,
        "host table": host_table,
        "host mode": host_mode,
        "interface gone": interface_gone,
        "service silent": service_silent,
        "host silent after": silent_after,
        "errors logged": errors_logged,
    }


def _changed(path: Path, change: Change) -> Undo:
    """Other content, no file at all, or a file where there was none; modes stay."""
    before = path.read_text(encoding="latin-1") if path.exists() else None
    mode = path.stat().st_mode if before is not None else 0o644
    _put(path, change(before or ""), mode)
    return lambda: _put(path, before, mode)


def _put(path: Path, text: str | None, mode: int) -> None:
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="latin-1")
    path.chmod(mode)


def _interface_gone(root: Path, name: str) -> Undo:
    aside = root / FOLDER / f"gone-{name}"
    shutil.move(root / "sys" / "class" / "net" / name, aside)
    undone = _changed(
        root / FOLDER / "interfaces",
        lambda text: "".join(row for row in text.splitlines(keepends=True) if not row.startswith(f"{name}|")),
    )

    def undo() -> None:
        undone()
        shutil.move(aside, root / "sys" / "class" / "net" / name)

    return undo


def _chatter(path: Path, line: str) -> Undo:
    """Lines with the time of now, again and again, until it is undone."""
    over = threading.Event()

    def write() -> None:
        while not over.wait(_PACE):
            stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
            with path.open("a", encoding="utf-8") as out:
                out.write("".join(f"{stamp} {one}\n" for one in line.splitlines()))

    thread = threading.Thread(target=write, daemon=True)
    thread.start()

    def undo() -> None:
        over.set()
        thread.join()

    return undo

"""Bringing a lab up, taking it down, saying how it is: what ``deployday lab`` does, as functions."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.arch import Architecture
from harness.errors import LabError, UsageError
from harness.lab.compute.screens import PORT as SCREENS
from harness.lab.folder import LabFolder, check_file_system, write_secret
from harness.lab.layout import Layout, claim
from harness.lab.process import alive, started
from harness.lab.ready import control, wait_until_ready
from harness.lab.ringbuild import cache_folder
from harness.lab.sitefile import logins, write_clouds, write_site

HOME = Path("var/labs")
_NEEDED = ("swift", "asyncssh", "starlette", "uvicorn", "httpx")
_READY_LIMIT = 30.0
_STOP_LIMIT = 8.0


@dataclass(frozen=True)
class LabInfo:
    """A lab that is up.

    ``seconds`` is the time from the call to ready, ``built`` the rings that were not cached.
    """

    name: str
    folder: Path
    site_file: Path
    prefix: str
    control_url: str
    pids: tuple[int, ...]
    faults: tuple[str, ...] = ()
    seconds: float = 0.0
    built: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON-able form."""
        row = {**self.__dict__, "folder": str(self.folder), "site_file": str(self.site_file)}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}


@dataclass(frozen=True)
class LabStatus:
    """How a lab is: ``running``, ``dead`` (its processes ended by themselves) or ``stopped``."""

    name: str
    state: str
    folder: Path
    prefix: str = ""
    control_url: str = ""
    architecture: str = ""
    since: float = 0.0
    faults: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON-able form."""
        return {**self.__dict__, "folder": str(self.folder), "faults": list(self.faults)}


def up(
    arch: Architecture,
    *,
    name: str | None = None,
    home: Path = HOME,
    faults: Sequence[str] = (),
    ref: str | Path | None = None,
    tied: bool = False,
    jitter: float = 0.0,
    seed: int = 0,
) -> LabInfo:
    """Bring up the cloud of an architecture; returns when it has answered and stored an object.

    ``ref`` is what the site file calls the architecture (a file, or a shipped name; by default the shipped
    name). ``faults`` are put in force once it is ready; then answers and states take up to ``jitter`` seconds
    longer, by chance and ``seed``. A ``tied`` lab ends with this process, however that
    ends. Raises ``UsageError`` where a lab of that name runs,
    ``LabError`` where it cannot be started; nothing is left running then.
    """
    begun = time.monotonic()
    _check_machine()
    _check_faults(faults)
    folder = LabFolder.of(home, name or arch.name)
    with folder.locked():
        _clear_stale(folder)
        folder.make()
        check_file_system(folder.path)
        layout, claimed = claim(arch.model.nodes, _ports(arch.model))
        with claimed:
            settings = _write_settings(folder, arch, layout)
            pid = _start(folder, claimed, tied)
        try:
            since = started(pid) or ""
            accounts = logins(folder.name, arch.model, layout, settings["passwords"])
            wait_until_ready(accounts[folder.name], lambda: _still_runs(pid, since, folder), _READY_LIMIT)
            up_report = _up_report(folder, lambda: _still_runs(pid, since, folder))
            write_clouds(folder, accounts, arch.model.region)
            write_site(folder, _reference(arch, ref), layout, arch.model)
            for fault in faults:
                control("POST", f"{layout.control_url}/_lab/faults/{fault}")
            if jitter:
                control("POST", f"{layout.control_url}/_lab/jitter/{round(jitter * 1000)}/{seed}")
        except BaseException:
            _end(pid, started(pid) or "")
            _stop(folder)
            folder.clear()
            raise
    return LabInfo(
        name=folder.name,
        folder=folder.path,
        site_file=folder.site,
        prefix=layout.prefix,
        control_url=layout.control_url,
        pids=(pid, *map(int, up_report["processes"])),
        faults=tuple(faults),
        seconds=time.monotonic() - begun,
        built=tuple(up_report["built"]),
    )


def down(name: str, *, home: Path = HOME) -> None:
    """Stop every process of a lab and remove what it needed; its logs and host keys are kept.

    Raises ``UsageError`` where there is no such lab, ``LabError`` where a process cannot be ended.
    """
    folder = LabFolder.of(home, name)
    if not folder.path.is_dir():
        known = ", ".join(row.name for row in status(home=home)) or "none"
        raise UsageError(f"there is no lab {name!r} in {home}; there is: {known}")
    with folder.locked():
        _stop(folder)
        folder.clear()


def switch(name: str, fault: str, *, on: bool, home: Path = HOME) -> tuple[str, ...]:
    """Break a running lab in one more way, or mend it; gives the faults that it has then.

    Raises ``UsageError`` for a lab that does not run and a fault that is none, or that it has not got.
    """
    [found] = status(name, home=home)
    if found.state != "running":
        raise UsageError(f"the lab {name!r} does not run: it is {found.state}")
    _check_faults([fault])
    if not on and fault not in found.faults:
        raise UsageError(f"{fault} is not on; there is: {', '.join(found.faults) or 'none'}")
    control("POST" if on else "DELETE", f"{found.control_url}/_lab/faults/{fault}")
    [found] = status(name, home=home)
    return found.faults


def status(name: str | None = None, *, home: Path = HOME) -> list[LabStatus]:
    """How the labs of a home are, or one of them, by name."""
    folders = [LabFolder.of(home, name)] if name else list(_folders(home))
    return [_status(folder) for folder in folders]


def _folders(home: Path) -> Iterator[LabFolder]:
    if home.is_dir():
        yield from (LabFolder(path.resolve()) for path in sorted(home.iterdir()) if (path / "log").is_dir())


def _status(folder: LabFolder) -> LabStatus:
    state = folder.read_state()
    if state is None:
        return LabStatus(folder.name, "stopped", folder.path)
    known = {key: state[key] for key in ("prefix", "control_url", "architecture", "since")}
    if not _running(state):
        return LabStatus(folder.name, "dead", folder.path, **known)
    try:
        rows = control("GET", f"{state['control_url']}/_lab/faults")
        active = tuple(row["name"] for row in rows if row["active"])
    except LabError:
        active = ()
    return LabStatus(folder.name, "running", folder.path, **known, faults=active)


def _check_machine() -> None:
    if not sys.platform.startswith("linux"):
        raise LabError(f"the lab needs Linux (loopback addresses, prctl); this is {sys.platform}")
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise LabError(f"the lab needs {', '.join(missing)}: pip install 'deployday[lab]'")


def _check_faults(names: Sequence[str]) -> None:
    from harness.lab.faults.toggles import named

    for name in names:
        try:
            named(name)
        except LabError as error:
            raise UsageError(str(error)) from None


def _ports(model: Any) -> list[tuple[str, int]]:
    """Every (node, described port) that the lab may listen on."""
    ends = [end for row in model.catalogue.values() for end in (row.public, row.internal, row.admin)]
    rings = model.objects.rings.values() if model.objects else ()
    devices = [(key.partition("/")[0], dev.port) for ring in rings for key, dev in ring.devices.items()]
    screens = [(row.public.node, SCREENS) for kind, row in model.catalogue.items() if kind == "compute"]
    places = [*((end.node, end.port) for end in ends), *devices, *screens, *((n, 22) for n in model.nodes)]
    return [*dict.fromkeys(places)]


def _clear_stale(folder: LabFolder) -> None:
    state = folder.read_state()
    if state is not None and _running(state):
        raise UsageError(
            f"the lab {folder.name} is running ({state['prefix']}.x); "
            f"`deployday lab down {folder.name}` stops it, --name starts another"
        )
    if folder.path.is_dir():
        _stop(folder)
        folder.clear()


def _write_settings(folder: LabFolder, arch: Architecture, layout: Layout) -> dict[str, Any]:
    identity = arch.model.identity
    if identity is None or "admin" not in identity.users or "admin" not in identity.tenants:
        raise LabError(
            f"{arch.name}: the lab needs an identity service with a user and a tenant called admin"
        )
    people = [user for user in identity.users if user in identity.tenants]
    settings = {
        "number": layout.number,
        "model": arch.model.model_dump(mode="json"),
        "table": arch.table.to_json(),
        "passwords": {user: secrets.token_urlsafe(18) for user in sorted(people)},
        "hash_suffix": secrets.token_hex(8),
        "cache": str(cache_folder()),
        "state": {
            "name": folder.name,
            "architecture": arch.name,
            "fingerprint": arch.fingerprint,
            "prefix": layout.prefix,
            "control_url": layout.control_url,
            "nodes": layout.addresses(),
        },
    }
    write_secret(folder.settings, json.dumps(settings))
    return settings


def _start(folder: LabFolder, claimed: socket.socket, tied: bool) -> int:
    """Start the control plane in a session of its own, its output in its log; returns its process id.

    Not ``subprocess``: the process outlives the caller, which must not be blamed for that.
    """
    command = [sys.executable, "-P", "-m", "harness.lab", "serve", str(folder.path)]
    command += ["--control-fd", str(claimed.fileno())]
    command += ["--parent", str(os.getpid())] if tied else []
    claimed.set_inheritable(True)
    log, flags = str(folder.log / "control.log"), os.O_CREAT | os.O_WRONLY | os.O_APPEND
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, log, flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(sys.executable, command, os.environ, file_actions=files, setsid=True)


def _still_runs(pid: int, since: str, folder: LabFolder) -> None:
    if not alive(pid, since):
        log = (folder.log / "control.log").read_text(encoding="utf-8", errors="replace").strip()
        last = log.splitlines()[-1] if log else "its log is empty"
        raise LabError(f"the lab ended while it was starting: {last} ({folder.log / 'control.log'})")


def _up_report(folder: LabFolder, check: Callable[[], None]) -> dict[str, Any]:
    """What the control plane wrote when the object storage was up."""
    path = folder.path / "up.json"
    while not path.exists():
        check()
        time.sleep(0.01)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def _reference(arch: Architecture, ref: str | Path | None) -> str:
    if ref is None:
        return f"{arch.release}/{arch.name}"
    return str(Path(ref).resolve()) if Path(ref).is_file() else str(ref)


def _running(state: dict[str, Any]) -> bool:
    return bool(state.get("started")) and alive(state["pid"], state["started"])


def _stop(folder: LabFolder) -> None:
    """End the lab's processes: in order first, then at once; raises ``LabError`` where one is still there."""
    for pid, since in _processes(folder):
        _end(pid, since)


def _processes(folder: LabFolder) -> Iterator[tuple[int, str]]:
    state = folder.read_state()
    if state and state.get("started"):
        yield state["pid"], state["started"]
    try:
        report = json.loads((folder.path / "up.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for pid, since in report["processes"].items():
        if since:
            yield int(pid), since


def _end(pid: int, since: str) -> None:
    """End one process and wait until it is gone; a child of this process is reaped."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + _STOP_LIMIT
        if alive(pid, since):
            os.kill(pid, number)
        while alive(pid, since) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not alive(pid, since):
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            return
    raise LabError(f"process {pid} of the lab does not end")

"""Services, under whichever manager runs them: upstart, sysv, systemd, containers, or Swift's own tool.

Where several know one name, systemd's word counts before upstart's, upstart's before a script's. Whether a
script's service runs is told by its pid file, else by a process of its name: no script is run for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harness.hosts.facts.frames import Part, Section
from harness.hosts.facts.model import Process, Service, Unknown
from harness.hosts.facts.processes import program

_UPSTART = re.compile(r"(?P<name>[\w.@+-]+)(?: \([^)]*\))? (?P<goal>start|stop)/(?P<state>[\w-]+)")
_JOB = re.compile(r"/etc/init/(?P<name>.+)\.(?P<kind>conf|override):\s*(?P<word>start on|manual)\b")
_LINK = re.compile(r"/etc/(?:rc\.d/)?rc(?P<level>[0-6S])\.d/(?P<kind>[SK])\d*(?P<name>.+)")
_PID = re.compile(r"(?P<pid>\d{1,10}) (?P<path>/\S+)\s*(?P<name>.*)")
_SWIFT_PID = re.compile(r"/(?:var/)?run/swift/(?P<server>[a-z]+(?:-[a-z]+)+)(?:/\d+)?\.pid")
_CONTAINER = re.compile(
    r"(?<!\s)\s{2,}(?P<state>Up|Exited|Created|Restarting|Dead|Paused|Removal|Stopping|Initialized)\b"
)
_ENABLED = {
    "enabled": True,
    "enabled-runtime": True,
    "disabled": False,
    "masked": False,
    "masked-runtime": False,
}
_NO_SERVICE = frozenset(
    {"README", "skeleton", "functions", "rc", "rcS", "rc.local", "halt", "reboot", "single"}
)
_PROGRAMS = {
    "apache2": "apache2",
    "cron": "cron",
    "httpd": "httpd",
    "iscsitarget": "ietd",
    "libvirt-bin": "libvirtd",
    "mariadb": "mariadbd",
    "mysql": "mysqld",
    "ntp": "ntpd",
    "open-iscsi": "iscsid",
    "postgresql": "postgres",
    "qpidd": "qpidd",
    "rabbitmq-server": "beam",
    "ssh": "sshd",
    "tgt": "tgtd",
}
"""Services whose process has another name; it begins with this one."""


def read_services(section: Section, processes: tuple[Process, ...] | Unknown) -> dict[str, Service] | Unknown:
    """By name of the init job. Unknown where a manager that is there was not heard to its end."""
    if not section.whole:
        return section.unknown("units", "initctl", "links")
    for label in ("units", "unit-files", "initctl"):
        part = section.parts.get(label)
        if part is not None and not part.ok:
            return section.unknown(label)
    running = None if isinstance(processes, Unknown) else {program(one.command) for one in processes}
    found = _containers(section)
    found.update(_sysv(section, running))
    found.update(_upstart(section))
    found.update(_systemd(section, found))
    _swift(found, section, running)
    return found or Unknown(unknown="no service manager that is known")


def _lines(section: Section, label: str) -> Iterable[str]:
    part = section.part(label)
    return part.lines if part else ()


def _systemd(section: Section, scripts: Mapping[str, Service]) -> dict[str, Service]:
    enabled: dict[str, bool | None] = {}
    for line in _lines(section, "unit-files"):
        words = line.split()
        if len(words) < 2 or not words[0].endswith(".service"):
            continue
        name, state = words[0].removesuffix(".service"), words[1]
        if not name.endswith("@"):
            script = scripts.get(name) if state == "generated" else None
            enabled[name] = script.enabled if script else _ENABLED.get(state)
    found = {
        name: Service(manager="systemd", running=False, enabled=state) for name, state in enabled.items()
    }
    for line in _lines(section, "units"):
        words = re.sub(r"^[^\w-]+", "", line).split()
        if len(words) < 4 or not words[0].endswith(".service") or words[1] == "not-found":
            continue
        name = words[0].removesuffix(".service")
        script = scripts.get(name)
        runs: bool | None = words[2] in ("active", "reloading")
        if runs and words[3] == "exited" and script:
            runs = script.running  # systemd only knows that the script ended
        found[name] = Service(manager="systemd", running=runs, enabled=enabled.get(name))
    return found


def _upstart(section: Section) -> dict[str, Service]:
    enabled: dict[str, bool] = {}
    jobs = _lines(section, "jobs")
    rows = [match for match in map(_JOB.match, jobs) if match]
    for kind in ("conf", "override"):
        for row in rows:
            if row["kind"] == kind:
                enabled[row["name"]] = row["word"] != "manual"
    found: dict[str, Service] = {}
    for match in filter(None, map(_UPSTART.match, _lines(section, "initctl"))):
        name = match["name"]
        runs = match["goal"] == "start" and match["state"] == "running"
        before = found.get(name)
        found[name] = Service(
            manager="upstart",
            running=runs or bool(before and before.running),
            enabled=enabled.get(name, False),
        )
    return found


def _sysv(section: Section, running: set[str] | None) -> dict[str, Service]:
    """Enabled: started in one of the levels 2 to 5, which are what a host is in when it is up."""
    started: dict[str, bool] = {}
    for match in filter(None, map(_LINK.match, _lines(section, "links"))):
        wanted = match["kind"] == "S" and match["level"] in "2345"
        started[match["name"]] = started.get(match["name"], False) or wanted
    pids = _pids(section)
    found: dict[str, Service] = {}
    for line in _lines(section, "scripts"):
        name = line.rpartition("/")[2]
        if name in _NO_SERVICE or "*" in name or "." in name:
            continue
        found[name] = Service(
            manager="sysv", running=_runs(name, pids, running), enabled=started.get(name, False)
        )
    return found


def _pids(section: Section) -> dict[str, bool]:
    """``/var/run/tgtd.pid`` and ``/var/run/mysqld/mysqld.pid`` → whether that process is there."""
    found: dict[str, bool] = {}
    for match in filter(None, map(_PID.match, _lines(section, "pids"))):
        if not match["path"].startswith(("/var/run/swift/", "/run/swift/")):
            stem = match["path"].rpartition("/")[2].removesuffix(".pid")
            found[stem] = found.get(stem, False) or bool(match["name"])
    return found


def _runs(name: str, pids: Mapping[str, bool], running: set[str] | None) -> bool | None:
    known = _PROGRAMS.get(name, name.removeprefix("openstack-"))
    for stem in (name, known):
        if pids.get(stem):
            return True
    if running is None:
        return None
    if any(one == name or one.startswith(known) for one in running):
        return True
    return False if name in _PROGRAMS or name in pids or known in pids else None


def _swift(found: dict[str, Service], section: Section, running: set[str] | None) -> None:
    """``/var/run/swift/object-server.pid`` is ``swift-object``'s; another program's pid does not count.

    What Swift's own tool has started has such a file: without one, the service of a script does not run.
    """
    told: dict[str, bool] = {}
    for match in filter(None, map(_PID.match, _lines(section, "pids"))):
        path = _SWIFT_PID.fullmatch(match["path"])
        if path:
            name = "swift-" + path["server"].removesuffix("-server")
            runs = match["name"].startswith(("swift", "python", "?"))
            told[name] = told.get(name, False) or runs
    for name, service in found.items():
        if name.startswith("swift-") and service.manager == "sysv" and name not in told:
            told[name] = not (running or set()).isdisjoint({name, f"{name}-server"})
    for name, runs in told.items():
        known = found.get(name, Service(manager="sysv", running=runs))
        other = bool(known.running) and known.manager != "sysv"
        found[name] = known.model_copy(update={"running": runs or other})


def _containers(section: Section) -> dict[str, Service]:
    found: dict[str, Service] = {}
    for label in ("docker", "podman"):
        part: Part | None = section.part(label)
        if part is None or not part.ok:
            continue
        for line in part.lines[1:]:
            match = _CONTAINER.search(line)
            if match:
                name = line.split()[-1].split(",")[0]
                paused = "(Paused)" in line
                found[name] = Service(manager="container", running=match["state"] == "Up" and not paused)
    return found

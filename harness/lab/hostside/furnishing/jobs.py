"""The init jobs of a host, and the tables by which the doubles tell what runs and listens."""

from __future__ import annotations

import shutil

from harness.lab.hostside.furnishing.plan import HostPlan
from harness.lab.hostside.ubuntu import Job

_RUNLEVELS = "[2345]"


def write_jobs(host: HostPlan) -> None:
    """Files of upstart and of sysv, and the tables of services, listeners and processes."""
    for name in ("etc/init", "etc/init.d", *(f"etc/rc{level}.d" for level in "2345")):
        (host.folder / name).mkdir(parents=True, exist_ok=True)
    for job in host.jobs:
        _upstart(host, job) if job.manager == "upstart" else _sysv(host, job)
    tables = host.folder / "etc" / "deployday-lab"
    tables.mkdir(parents=True, exist_ok=True)
    (tables / "services").write_text("".join(service_row(host, job) for job in host.jobs), encoding="utf-8")
    (tables / "listeners").write_text("".join(_listeners(host)), encoding="utf-8")
    (tables / "processes").write_text("".join(_others(host)), encoding="utf-8")


def service_row(host: HostPlan, job: Job, state: str = "running") -> str:
    """A row of the table: name, manager, state, pid, user, program. Of Swift's the lab knows better."""
    return f"{job.name}|{job.manager}|{state}|{host.pids[job.name]}|{job.user}|{job.program}\n"


def _upstart(host: HostPlan, job: Job) -> None:
    text = (
        f'description "{job.name}"\n\nstart on runlevel {_RUNLEVELS}\nstop on runlevel [!2345]\n\n'
        f"respawn\n\nexec {job.program}\n"
    )
    (host.folder / "etc" / "init" / f"{job.name}.conf").write_text(text, encoding="utf-8")


def _sysv(host: HostPlan, job: Job) -> None:
    script = host.folder / "etc" / "init.d" / job.name
    script.write_text(
        "#!/bin/sh\n### BEGIN INIT INFO\n"
        f"# Provides:          {job.name}\n# Default-Start:     2 3 4 5\n# Default-Stop:      0 1 6\n"
        f'### END INIT INFO\nexec service {job.name} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    for level in "2345":
        (host.folder / f"etc/rc{level}.d/S20{job.name}").symlink_to(f"../init.d/{job.name}")
    write_pid(host, job)


def write_pid(host: HostPlan, job: Job) -> None:
    """The pid file of a daemon and the name of its process: by them a service of sysv is seen to run."""
    pid = host.pids[job.name]
    for path, text in ((f"run/{job.name}.pid", f"{pid}\n"), (f"proc/{pid}/comm", f"{comm(job)}\n")):
        place = host.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def remove_pid(host: HostPlan, job: Job) -> None:
    """The daemon is gone; its pid file stays, as after a crash."""
    shutil.rmtree(host.folder / "proc" / str(host.pids[job.name]), ignore_errors=True)


def comm(job: Job) -> str:
    """The name of a job's process."""
    return (job.listener or job.program.split()[0].rsplit("/", 1)[-1])[:15]


def _listeners(host: HostPlan) -> list[str]:
    """Sockets that are played: protocol, address, port, process, pid. The lab's own are asked of the lab."""
    rows = []
    for job in host.jobs:
        pid = host.pids[job.name]
        rows += [f"tcp|0.0.0.0|{port}|{comm(job)}|{pid}\n" for port in job.ports]
        rows += [f"tcp|127.0.0.1|{port}|{comm(job)}|{pid}\n" for port in job.local]
        rows += [f"udp|0.0.0.0|{port}|{comm(job)}|{pid}\n" for port in job.udp]
    played = {int(row.split("|")[2]) for row in rows}
    for port in sorted(set(host.described.ports) - host.served - played):
        holder = next((job for job in host.jobs if job.name == "nova-api"), host.jobs[-1])
        rows.append(f"tcp|0.0.0.0|{port}|{comm(holder)}|{host.pids[holder.name]}\n")
    if _has_dnsmasq(host):
        gateway = next(
            one.addresses[0] for one in host.interfaces.values() if one.is_bridge and one.addresses
        )
        address = gateway.split("/")[0]
        rows += [f"{kind}|{address}|53|dnsmasq|{_DNSMASQ}\n" for kind in ("tcp", "udp")]
        rows.append(f"udp|0.0.0.0|67|dnsmasq|{_DNSMASQ}\n")
    return rows


_DNSMASQ = 2741
_DNSMASQ_COMMAND = (
    "/usr/sbin/dnsmasq --strict-order --bind-interfaces --conf-file= --domain=novalocal "
    "--pid-file=/var/lib/nova/networks/nova-{bridge}.pid --except-interface=lo "
    "--dhcp-range={fixed[2]},static,120s --dhcp-lease-max=256 "
    "--dhcp-hostsfile=/var/lib/nova/networks/nova-{bridge}.conf --dhcp-script=/usr/bin/nova-dhcpbridge "
    "--leasefile-ro"
)


def _has_dnsmasq(host: HostPlan) -> bool:
    return "network" in host.roles and any(
        one.is_bridge and one.addresses for one in host.interfaces.values()
    )


def _others(host: HostPlan) -> list[str]:
    """Processes that are no job: pid, user, command."""
    rows = ["2|root|[kthreadd]\n", "3|root|[ksoftirqd/0]\n"]
    if _has_dnsmasq(host):
        bridge = next(one.name for one in host.interfaces.values() if one.is_bridge and one.addresses)
        command = _DNSMASQ_COMMAND.format(bridge=bridge, fixed=host.fixed)
        rows.append(f"{_DNSMASQ}|nobody|{command}\n")
    return rows

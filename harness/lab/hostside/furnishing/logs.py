"""The first lines of a host's logs: each service says that it starts."""

from __future__ import annotations

import time

from harness.lab.hostside.furnishing.plan import HostPlan

_OTHERS = {
    "keystone": (
        "keystone/keystone.log",
        "(root): {t},000 DEBUG ******** Configuration options were encountered",
    ),
    "glance-api": ("glance/api.log", "{t}     INFO [eventlet.wsgi.server] Starting single process server"),
    "glance-registry": (
        "glance/registry.log",
        "{t}     INFO [eventlet.wsgi.server] Starting single process server",
    ),
    "libvirt-bin": ("libvirt/libvirtd.log", "{t}.000+0000: 1402: info : libvirt version: 0.9.8"),
    "mysql": ("mysql/error.log", "{y} [Note] Event Scheduler: Loaded 0 events"),
}


def write_logs(host: HostPlan) -> None:
    """The log files of the host's services, and the log of everybody."""
    now = time.gmtime()
    stamp, short = time.strftime("%Y-%m-%d %H:%M:%S", now), time.strftime("%y%m%d %H:%M:%S", now)
    syslog = (
        f"{time.strftime('%b %e %H:%M:%S', now)} {host.name} kernel: imklog 5.8.6, log source = /proc/kmsg"
    )
    texts = {"syslog": syslog}
    for job in host.jobs:
        if job.name.startswith("nova-"):
            line = (
                f"{stamp} AUDIT nova.service [-] Starting {job.name[5:]} node (version 2012.1.3-LOCALBRANCH)"
            )
            texts[f"nova/{job.name}.log"] = line
        elif job.name in _OTHERS:
            name, line = _OTHERS[job.name]
            texts[name] = line.format(t=stamp, y=short)
    for name, line in texts.items():
        path = host.folder / "var" / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{line}\n", encoding="utf-8")
        path.chmod(0o640)

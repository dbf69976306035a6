"""The files by which a lab is an ordinary site: ``site.yaml`` without a secret,
``clouds.yaml`` with the accounts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.lab.folder import LabFolder, write_secret
from harness.lab.hostside.user import USER
from harness.lab.layout import Layout
from harness.lab.ready import Login

_GRANTED = timedelta(days=30)


def logins(name: str, model: Any, layout: Layout, passwords: Mapping[str, str]) -> dict[str, Login]:
    """Cloud name → account: the administrator under the lab's own name, others as ``<name>-<user>``."""
    end = model.catalogue["identity"].public
    host, port = layout.socket_of(end.node, end.port)
    url = f"{end.scheme}://{host}:{port}{end.path}".rstrip("/")
    return {
        name if user == "admin" else f"{name}-{user}": Login(url, user, password, user)
        for user, password in passwords.items()
    }


def write_clouds(folder: LabFolder, accounts: Mapping[str, Login], region: str) -> None:
    """The lab's own clouds file; the user's is never read or written."""
    lines = ["# The accounts of this lab; they live as long as it does.", "clouds:"]
    for name, login in accounts.items():
        values = {"auth_url": login.auth_url, "username": login.username, "password": login.password}
        lines += [
            f"  {json.dumps(name)}:",
            "    auth_type: v2password",
            f"    region_name: {json.dumps(region)}",
        ]
        lines += ["    auth:"]
        lines += [
            f"      {key}: {json.dumps(value)}"
            for key, value in {**values, "tenant_name": login.tenant_name}.items()
        ]
    write_secret(folder.clouds, "\n".join(lines) + "\n")


def doubles(model: Any) -> list[str]:
    """What of this cloud is no real component, in the words of a report: what, and what it is instead."""
    found = {
        "identity": "keystone: identity v2.0 in memory, in the recorded dialect of 2012.1",
        "image": "glance: images v1 in memory, in the recorded dialect of 2012.1",
        "compute": "nova: compute v2 in memory, in the recorded dialect of 2012.1; no hypervisor; its noVNC "
        "proxy takes up WebSockets and says a VNC server's first words, no screen behind them",
        "volume": "nova-volume: volumes v1 in memory, in the recorded dialect of 2012.1; files for bytes",
        "ec2": "ec2: an address in the catalogue, nothing answers there",
        "s3": "s3: an address in the catalogue, nothing answers there",
    }
    swift = (
        "swift: the real servers and rings of a later release; a filter answers like 1.4.8 where it differs; "
        "its proxy avoids a failing device for seconds, not for a minute"
    )
    nodes = (
        "hosts: real SSH, SFTP and shell in a folder each, with real option files, accounts and logs; played "
        "are init, packages, owners, clock, machine, mounts, interfaces, packet filter, libvirt, iSCSI, LVM, "
        "database, bus and nova-manage; replicators run only while there is something to repair"
    )
    guests = [
        "guests: real SSH behind each running server, through a node; a fixed vocabulary of busybox's words, "
        "files in memory, a boot of a fraction of a second, time-outs of less than a second",
        "guest network: decided by security groups and addresses, node and guest alike; outside of it are "
        "the nodes, by address and by name, and each takes up what comes",
    ]
    told = [text for kind, text in found.items() if kind in model.catalogue]
    return [*told, *(guests if "compute" in model.catalogue else ()), swift, nodes]


def write_site(folder: LabFolder, architecture: str, layout: Layout, model: Any) -> None:
    """The site file of the lab, so that ``deployday run`` takes it like any other."""
    until = (datetime.now(UTC) + _GRANTED).strftime("%Y-%m-%dT%H:%M:%SZ")
    hosts = [
        f"  {json.dumps(node)}: {{address: {address}, port: {layout.ssh_port}}}"
        for node, address in layout.addresses().items()
    ]
    end = model.catalogue["identity"].public
    outside, named = (f"{place}:{end.port}" for place in (layout.addresses()[end.node], end.node))
    lines = [
        "# Written by `deployday lab up`; gone with the lab.",
        f"name: {json.dumps(folder.name)}",
        f"architecture: {json.dumps(architecture)}",
        f"cloud: {json.dumps(folder.name)}",
        "clouds_file: clouds.yaml",
        "hosts:",
        *hosts,
        f"ssh: {{user: {USER}, become: sudo, key_file: ssh_key, known_hosts: known_hosts}}",
        "guests: {via: jump}",
        f"network: {{outside: {json.dumps(outside)}, outside_name: {json.dumps(named)}}}",
        "rings: {path: /etc/swift, builders: /etc/swift, devices: /srv/node}",
        f"disruptive: {{until: {json.dumps(until)}, nodes: {json.dumps(list(model.nodes))}}}",
        "lab:",
        f"  control: {json.dumps(layout.control_url)}",
        "  doubles:",
        *(f"    - {json.dumps(double)}" for double in doubles(model)),
    ]
    folder.site.write_text("\n".join(lines) + "\n", encoding="utf-8")

"""The files by which a lab is an ordinary site: ``site.yaml`` without a secret, ``clouds.yaml`` with the
accounts.
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


def write_site(folder: LabFolder, architecture: str, layout: Layout, model: Any) -> None:
    """The site file of the lab, so that ``deployday run`` takes it like any other."""
    until = (datetime.now(UTC) + _GRANTED).strftime("%Y-%m-%dT%H:%M:%SZ")
    hosts = [
        f"  {json.dumps(node)}: {{address: {address}, port: {layout.ssh_port}}}"
        for node, address in layout.addresses().items()
    ]
    lines = [
        "# Written by `deployday lab up`; gone with the lab.",
        f"name: {json.dumps(folder.name)}",
        f"architecture: {json.dumps(architecture)}",
        f"cloud: {json.dumps(folder.name)}",
        "clouds_file: clouds.yaml",
        "hosts:",
        *hosts,
        f"ssh: {{user: {USER}, key_file: ssh_key, known_hosts: known_hosts}}",
        "rings: {path: /etc/swift, builders: /etc/swift}",
        f"disruptive: {{until: {json.dumps(until)}, nodes: {json.dumps(list(model.nodes))}}}",
        f"lab: {{control: {json.dumps(layout.control_url)}}}",
    ]
    folder.site.write_text("\n".join(lines) + "\n", encoding="utf-8")

"""What tests ask of a running lab, in plain HTTP."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML


@dataclass
class Reply:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def send(method: str, url: str, headers: dict[str, str] | None = None, body: Any = None) -> Reply:
    """One exchange; a body that is no bytes goes out as JSON."""
    sent = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, sent)
        answer = connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@dataclass
class Account:
    """A token in a tenant, with the tenant's URLs by service type."""

    token: str
    tenant_id: str
    user_id: str
    urls: dict[str, str]

    def send(self, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        """One exchange with this token; ``object-store/c/o`` starts with a service type."""
        kind, _, path = url.partition("/")
        whole = url if "://" in url else f"{self.urls[kind]}/{path}".rstrip("/")
        return send(method, whole, {"X-Auth-Token": self.token, **(headers or {})}, body)


@dataclass
class LiveLab:
    """A running lab."""

    info: Any
    folder: Path
    clouds: dict[str, Any]
    state: dict[str, Any]
    others: dict[str, Account] = field(default_factory=dict)

    @classmethod
    def of(cls, info: Any) -> LiveLab:
        """Read the lab's own files."""
        clouds = YAML(typ="safe").load((info.folder / "clouds.yaml").read_text())["clouds"]
        return cls(info, info.folder, clouds, json.loads((info.folder / "lab.json").read_text()))

    @property
    def nodes(self) -> dict[str, str]:
        """Node → address."""
        return dict(self.state["nodes"])

    def login(self, user: str, password: str | None = None, tenant: str | None = None) -> Account:
        """A fresh token; the accounts of ``clouds.yaml`` need no password here."""
        name = self.info.name if user == "admin" else f"{self.info.name}-{user}"
        auth = self.clouds[name]["auth"] if password is None else {"password": password}
        url = self.clouds[self.info.name]["auth"]["auth_url"]
        credentials = {"username": user, "password": auth["password"]}
        body = {"auth": {"passwordCredentials": credentials, "tenantName": tenant or user}}
        reply = send("POST", f"{url}/tokens", body=body)
        assert reply.status == 200, reply
        access = reply.json()["access"]
        urls = {row["type"]: row["endpoints"][0]["publicURL"] for row in access["serviceCatalog"]}
        return Account(access["token"]["id"], access["token"]["tenant"]["id"], access["user"]["id"], urls)

    def stranger(self, name: str = "stranger") -> Account:
        """A member of a tenant of their own, made through the API."""
        if name not in self.others:
            base, token = self.admin_url, {"X-Auth-Token": self.login("admin").token}
            tenant = send("POST", f"{base}/tenants", token, {"tenant": {"name": name}}).json()["tenant"]["id"]
            account = {"name": name, "password": "s3cr3t", "tenantId": tenant, "email": "s@example.net"}
            user = send("POST", f"{base}/users", token, {"user": account}).json()["user"]["id"]
            roles = send("GET", f"{base}/OS-KSADM/roles", token).json()["roles"]
            member = next(role["id"] for role in roles if role["name"] == "Member")
            path = f"{base}/tenants/{tenant}/users/{user}/roles/OS-KSADM/{member}"
            assert send("PUT", path, token).status == 200
            self.others[name] = self.login(name, "s3cr3t")
        return self.others[name]

    @property
    def admin_url(self) -> str:
        """Identity's admin API."""
        return f"http://{self.nodes['controller']}:35357/v2.0"

    def control(self, method: str, path: str) -> Reply:
        """One exchange with the control address."""
        return send(method, f"{self.info.control_url}/_lab/{path}")

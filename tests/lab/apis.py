"""Identity and images of a described cloud in this process, for their tests."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from tests.lab.nova_cloud import Cloud

PASSWORD = "secrete"


class Apis(Cloud):
    """The accounts one and two are plain, boss administers; each works in the tenant of its name."""

    def call(
        self,
        app: str,
        method: str,
        path: str,
        *,
        who: str | None = None,
        token: str | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One exchange with one app; no Accept header unless given."""
        sent = dict(headers or {})
        if who or token:
            sent["X-Auth-Token"] = token or self.tokens[who or ""]
        return asyncio.run(self._exchange(app, method, path, json, content, sent))

    async def _exchange(
        self, app: str, method: str, path: str, json: Any, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.apps[app])
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            del client.headers["Accept"]
            return await client.request(method, path, json=json, content=content, headers=headers)

    def public(self, method: str, path: str, **how: Any) -> httpx.Response:
        """The public port of identity."""
        return self.call("keystone", method, f"/v2.0{path}", **how)

    def admin(self, method: str, path: str, **how: Any) -> httpx.Response:
        """The administrators' port, as boss unless said otherwise."""
        return self.call("keystone-admin", method, f"/v2.0{path}", **{"who": "boss", **how})

    def login(self, name: str = "one", password: str = PASSWORD, **tenant: str) -> httpx.Response:
        """A token for a password."""
        auth = {"passwordCredentials": {"username": name, "password": password}, **tenant}
        return self.public("POST", "/tokens", json={"auth": auth})

    def images(self, method: str, path: str, *, who: str | None = "one", **how: Any) -> httpx.Response:
        """The image service, version 1."""
        return self.call("glance", method, f"/v1{path}", who=who, **how)

    def upload(self, content: bytes = b"bytes", *, who: str = "one", **meta: str) -> httpx.Response:
        """Store an image; ``meta`` are the names of headers after ``x-image-meta-``."""
        facts = {"name": "i", "disk_format": "raw", "container_format": "bare", **meta}
        headers = {f"x-image-meta-{key.replace('__', '-')}": value for key, value in facts.items()}
        headers["Content-Type"] = "application/octet-stream"
        return self.images("POST", "/images", who=who, content=content, headers=headers)

"""A running lab set up like the recorded object storage: the same people, other identifiers and names."""

from __future__ import annotations

import asyncio
import http.client
import random
import time
from collections.abc import Mapping

from tests.lab.conformance.binding import Binder
from tests.lab.conformance.recording import Answer, Exchange
from tests.lab.conformance.replay import Send, Stage
from tests.lab.live import LiveLab

_TOKENS = {
    "dcab956336a7420caabd0db8b75b2559": "demo",
    "2464a70e227b455598a8cf7c91e9239b": "stranger",
    "2d053739e95846bcaeac44e698a05014": "admin",
    "dcbb8ab553354655b225132869c9a5a8": "deleter",
}
_TENANTS = {
    "9a759f9bafdc44e89285b4bdf6e41ada": "demo",
    "037f68e8bd5742fbb464ec25b7be775e": "stranger",
    "5a454acc1d664ecdbcab2a66bd50a34e": "deleter",
}
_NAMES = (
    "wire",
    "obj",
    "copy1",
    "copy2",
    "empty",
    "exp",
    "exp2",
    "big",
    "big2",
    "nope",
    "none",
    "seg",
    "dir",
)
_PORTS = {port: ("controller", port) for port in (5000, 8080, 8774, 9292)}
_PORTS |= {6010: ("storage-1", 6000), 6012: ("storage-1", 6002)}
_EXPIRES_AFTER = 2.1


def swift_stage(lab: LiveLab, seed: int) -> Stage:
    """A stage on the lab's proxy and on the servers of a storage node."""
    rng = random.Random(seed)
    people = {"demo": lab.login("demo"), "admin": lab.login("admin")}
    people |= {name: lab.stranger(name) for name in ("stranger", "deleter")}
    known = {token: people[name].token for token, name in _TOKENS.items()}
    known |= {tenant: people[name].tenant_id for tenant, name in _TENANTS.items()}
    known["sdb1"] = "sdb"
    known |= {name: f"{name}{rng.randrange(16**3):03x}" for name in _NAMES}
    return Stage(_sender(lab), known, {}, _before)


def _before(exchange: Exchange, binder: Binder) -> None:
    """The recording's author waited until an object had expired."""
    if exchange.case == "expired-get":
        time.sleep(_EXPIRES_AFTER)


def _sender(lab: LiveLab) -> Send:
    """Exactly the recorded headers, plus what a request cannot be without; malformed ones too."""

    async def send(
        method: str, host: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        node, port = _PORTS[int(host.rpartition(":")[2])]
        return await asyncio.to_thread(_exchange, (lab.nodes[node], port), method, path, headers, body)

    return send


def _exchange(
    address: tuple[str, int], method: str, path: str, headers: Mapping[str, str], body: bytes | None
) -> Answer:
    connection = http.client.HTTPConnection(*address, timeout=20)
    try:
        connection.putrequest(method, path)
        given = {name.lower() for name in headers}
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None and "content-length" not in given:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer.status, tuple(answer.getheaders()), answer.read())
    finally:
        connection.close()

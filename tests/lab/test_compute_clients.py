"""Today's clients against the lab's nova, over real sockets."""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from keystoneauth1 import adapter, session
from keystoneauth1.identity import v2
from novaclient import client, exceptions
from novaclient.v2 import servers

from tests.lab.nova_cloud import Cloud

PORTS = {"keystone": 5000, "keystone-admin": 35357, "nova": 8774, "nova-volume": 8776}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    address = f"127.77.{20 + os.getpid() % 200}.9"
    made = Cloud(address=address)
    running = []
    for app, port in PORTS.items():
        listening = socket.create_server((address, port))
        config = uvicorn.Config(made.apps[app], log_level="error", lifespan="off", ws="none")
        running.append((uvicorn.Server(config), listening))

    async def serve() -> None:
        await asyncio.gather(*(server.serve(sockets=[listening]) for server, listening in running))

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    yield made
    for server, _ in running:
        server.should_exit = True
    thread.join(10)
    for _, listening in running:
        listening.close()


@pytest.fixture(scope="module")
def door(cloud: Cloud) -> Iterator[session.Session]:
    url = cloud.world.url("identity") + "/v2.0"
    auth = v2.Password(auth_url=url, username="one", password="secrete", tenant_name="one")
    made = session.Session(auth=auth)
    yield made
    made.session.close()


@pytest.fixture(scope="module")
def nova(door: session.Session) -> client.Client:
    return client.Client("2", session=door)


def until_gone(server: servers.Server) -> None:
    for _ in range(100):
        try:
            server.get()
        except exceptions.NotFound:
            return
        threading.Event().wait(0.05)
    pytest.fail("the server stays")


def test_a_server_lives_and_dies(nova: client.Client, cloud: Cloud) -> None:
    flavor = min(nova.flavors.list(), key=lambda row: row.ram)
    server = nova.servers.create("s", cloud.image, flavor)
    assert server.adminPass
    for _ in range(100):
        server.get()
        if server.status == "ACTIVE":
            break
        threading.Event().wait(0.05)
    assert server.status == "ACTIVE"
    assert [row.id for row in nova.servers.list()] == [server.id]
    for _ in range(100):
        if "login:" in server.get_console_output():
            break
        threading.Event().wait(0.05)
    assert "login:" in server.get_console_output()
    assert server.networks
    server.delete()
    until_gone(server)


def test_what_a_user_may_use(nova: client.Client, cloud: Cloud) -> None:
    assert nova.limits.get().to_dict()["absolute"]["maxTotalInstances"] == 10
    assert nova.quotas.get(cloud.tenants["one"]).instances == 10
    assert nova.quotas.defaults(cloud.tenants["one"]).cores == 20


def test_keypairs(nova: client.Client) -> None:
    made = nova.keypairs.create("k")
    assert "PRIVATE KEY" in made.private_key
    with pytest.raises(exceptions.Conflict):
        nova.keypairs.create("k")
    assert [row.name for row in nova.keypairs.list()] == ["k"]
    made.delete()
    assert nova.keypairs.list() == []


def test_volumes(door: session.Session) -> None:
    volumes = adapter.Adapter(door, service_type="volume")
    made = volumes.post("/volumes", json={"volume": {"size": 1}}).json()["volume"]
    for _ in range(100):
        if volumes.get(f"/volumes/{made['id']}").json()["volume"]["status"] == "available":
            break
        threading.Event().wait(0.05)
    assert volumes.delete(f"/volumes/{made['id']}").status_code == 202
    assert volumes.get("/volumes").json() == {"volumes": []}

"""A described cloud in this process whose guests can be asked: for the tests of the lab's guests."""

import asyncio
import base64

from harness.lab.compute.state import compute
from harness.lab.guests.paths import from_guest, from_node
from harness.lab.guests.shell import Done, Session
from harness.lab.guests.state import guests
from tests.lab.nova_cloud import Cloud

KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQDGmdDykC4h6nFrbDGqqS5gkvXZn2pDbXfD5a7zG1cbV0x7 one@test"


class Guests:
    """Servers of a cloud with their guests."""

    def __init__(self, *sets: str, groups_hold_inside: bool = True) -> None:
        told = str(not groups_hold_inside).lower()
        self.cloud = Cloud(f'config["nova.conf"].allow_same_net_traffic={told}', *sets)
        self.world = self.cloud.world
        compute(self.world).pace = 0.1

    def boot(self, name: str = "vm", who: str = "one", **more) -> str:
        """A server whose guest has had the time to boot."""
        if "user_data" in more:
            more["user_data"] = base64.b64encode(more["user_data"]).decode()
        server = self.cloud.booted(who, name=name, **more)
        self.settle()
        return server

    def settle(self) -> None:
        """Let all come to its end."""
        self.cloud.later()
        guests(self.world).settle()
        self.cloud.later()

    def act(self, server: str, **action) -> None:
        """An action that is taken and then comes to its end."""
        assert self.cloud.act(server, **action).status_code in (200, 202), action
        self.settle()

    def guest(self, server: str):
        """The guest of a server."""
        return guests(self.world).of(server)

    def do(self, server: str, line: str, *, user: str = "cirros", stdin: bytes = b"") -> Done:
        """What a line does in a guest."""

        async def typed() -> bytes:
            return stdin

        return asyncio.run(Session(self.guest(server), user).run(line, typed))

    def text(self, server: str, line: str, **how) -> str:
        """What a line that succeeds says."""
        done = self.do(server, line, **how)
        assert done.status == 0, done
        return done.out.decode()

    def volume(self, size: int = 1, **more) -> int:
        """A volume that is available."""
        wanted = {"volume": {"size": size, **more}}
        made = self.cloud.ask("POST", "volumes", wanted, app="nova-volume").json()["volume"]["id"]
        self.settle()
        return int(made)

    def attach(self, server: str, volume: int, device: str = "/dev/vdb") -> None:
        """Give a server a volume."""
        wanted = {"volumeAttachment": {"volumeId": volume, "device": device}}
        reply = self.cloud.ask("POST", f"servers/{server}/os-volume_attachments", wanted)
        assert reply.status_code == 200, reply.text
        self.settle()

    def detach(self, server: str, volume: int) -> None:
        """Take it off again."""
        path = f"servers/{server}/os-volume_attachments/{volume}"
        assert self.cloud.ask("DELETE", path).status_code == 202
        self.settle()

    def snapshot(self, volume: int) -> int:
        """A snapshot of a volume."""
        wanted = {"snapshot": {"volume_id": volume, "force": True}}
        made = self.cloud.ask("POST", "snapshots", wanted, app="nova-volume").json()["snapshot"]["id"]
        self.settle()
        return int(made)

    def image_of(self, server: str) -> str:
        """An image made of a server."""
        self.act(server, createImage={"name": "image of it"})
        rows = [row for row in self.world.images.values() if row.name == "image of it"]
        return rows[-1].id

    def rule(self, who: str = "one", **values) -> int:
        """A rule in the default group."""
        state = self.world.parts["compute"]
        group = state.default_group(self.world, self.cloud.tenants[who]).id
        wanted = {"security_group_rule": {"parent_group_id": group, **values}}
        reply = self.cloud.ask("POST", "os-security-group-rules", wanted, who=who)
        assert reply.status_code == 200, reply.text
        return reply.json()["security_group_rule"]["id"]

    def address(self, server: str) -> str:
        """The fixed address of a server."""
        return self.world.servers[server].fixed[0]

    def outcome(self, address: str, *, node: str = "compute-1", port: int = 22) -> str:
        """What a node gets to hear."""
        return from_node(self.world, node, address, port).outcome

    def between(self, server: str, address: str, port: int = 22, protocol: str = "tcp") -> str:
        """What a guest gets to hear."""
        return from_guest(self.guest(server), address, port, protocol).outcome

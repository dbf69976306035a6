from harness.testing import Cloud, Guest, scenario
from scenarios.compute.servers import gone, settled
from scenarios.guests.entering import address_of, wait_answers
from scenarios.volumes.disks import GB, disks, given, taken
from scenarios.volumes.states import wait_available

FILE = "/etc/deployday"
COPYING = 600.0
"""Seconds that copying a root disk may take."""


def booted(cloud: Cloud, volume: str) -> tuple[str, Guest]:
    """A server whose root disk is a volume; kernel and ramdisk are those of the image."""
    image, flavor = cloud.shared("image"), cloud.shared("flavor")
    server = cloud.compute.create_server(
        image=image,
        flavor=flavor,
        key=cloud.guests.key,
        groups=(cloud.guests.group,),
        block_devices={"vda": f"{volume}:::0"},
    )
    known = settled(cloud, server.id)
    guest = cloud.guest(known, address_of(known))
    wait_answers(cloud, guest)
    return server.id, guest


def ended(cloud: Cloud, server: str, volume: str) -> None:
    """Delete the server; its volume is free then."""
    gone(cloud, server)
    wait_available(cloud, volume, "the volume is free")


@scenario(
    "volumes.boot_from_volume",
    gate="volumes",
    needs=("volumes.device_appears",),
    requires=("guests",),
    holds=("guest",),
    servers=1,
    creates=5,
    cost=20.0,
)
def test_boot_from_volume(cloud: Cloud) -> None:
    """A server boots from a volume; the next one that does finds what the first has left there."""
    first, token = cloud.shared("guest")["id"], cloud.random_bytes(16).hex()
    guest = cloud.guest(first)
    with cloud.step("copy a guest's root disk to a volume"):
        seen = disks(guest)
        root = min((name for name in seen if name.endswith("a")), default="")
        cloud.check("there is one", bool(root), expected="vda or the like", found=", ".join(seen))
        volume = cloud.volumes.create(-(-seen[root] // GB)).id
        wait_available(cloud, volume)
        before, device = given(cloud, first, volume, guest)
        guest.expect("sync")
        guest.expect("sudo", "dd", f"if=/dev/{root}", f"of={device}", "bs=1M", timeout=COPYING)
        taken(cloud, first, volume, guest, before)
    with cloud.step("boot a server from it and leave something there"):
        server, guest = booted(cloud, volume)
        told = [held.server for held in cloud.volumes.show(volume).attachments]
        cloud.check("this server has the volume", told == [server], expected=server, found=", ".join(told))
        guest.expect("sudo", "tee", FILE, stdin=token.encode())
        guest.expect("sync")
    with cloud.step("delete it"):
        ended(cloud, server, volume)
    with cloud.step("boot another server from it and look"):
        server, guest = booted(cloud, volume)
        found = guest.expect("sudo", "cat", FILE).text.strip()
        cloud.check("it is there", found == token, expected=token, found=found[:200])
    with cloud.step("delete this one and the volume"):
        ended(cloud, server, volume)
        cloud.volumes.delete(volume)

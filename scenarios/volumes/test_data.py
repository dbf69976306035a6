import hashlib

from harness.testing import Cloud, scenario
from scenarios.volumes.disks import GB, disks, given, md5_of, mounted, taken, unmounted
from scenarios.volumes.states import wait_available, wait_snapshot

FILE = "deployday"
BYTES = 128 * 1024


@scenario(
    "volumes.device_appears",
    gate="volumes",
    needs=("guests.boot", "volumes.attach"),
    requires=("guests",),
    holds=("guest",),
    creates=1,
    cost=4.0,
)
def test_device_appears(cloud: Cloud) -> None:
    """A guest sees a volume that its server is given, as large as it is, and sees it no more afterwards."""
    server = cloud.shared("guest")["id"]
    guest = cloud.guest(server)
    with cloud.step("make a volume"):
        volume = cloud.volumes.create(1).id
        wait_available(cloud, volume)
    with cloud.step("attach it"):
        before, device = given(cloud, server, volume, guest)
        size = disks(guest)[device.removeprefix("/dev/")]
        cloud.check("the disk is as large as the volume", size == GB, f"{GB} kB", f"{size} kB")
    with cloud.step("detach it"):
        taken(cloud, server, volume, guest, before)
    cloud.share("disk", volume)


@scenario(
    "volumes.keeps_data",
    gate="volumes",
    needs=("volumes.device_appears", "guests.neighbour"),
    requires=("guests",),
    holds=("guest", "neighbour", "disk"),
    creates=2,
    cost=10.0,
)
def test_keeps_data(cloud: Cloud) -> None:
    """What one guest writes to a volume, another one reads."""
    first, second = cloud.shared("guest")["id"], cloud.shared("neighbour")["id"]
    volume, content = cloud.shared("disk"), cloud.random_bytes(BYTES)
    with cloud.step("write a file in one guest"):
        guest = cloud.guest(first)
        before, device = given(cloud, first, volume, guest)
        guest.expect("sudo", "mkfs.ext3", "-F", device)
        path = f"{mounted(guest, device)}/{FILE}"
        guest.expect("sudo", "dd", f"of={path}", stdin=content)
        unmounted(guest)
    with cloud.step("take the volume away"):
        taken(cloud, first, volume, guest, before)
    with cloud.step("read it in the other"):
        guest = cloud.guest(second)
        before, device = given(cloud, second, volume, guest)
        found = md5_of(guest, f"{mounted(guest, device)}/{FILE}")
        expected = hashlib.md5(content, usedforsecurity=False).hexdigest()
        cloud.check("the bytes are equal", found == expected, expected, found)
        unmounted(guest)
    with cloud.step("take the volume away again"):
        taken(cloud, second, volume, guest, before)
    cloud.share("written", expected)


@scenario(
    "volumes.snapshot_data",
    gate="volumes",
    needs=("volumes.keeps_data", "volumes.from_snapshot"),
    requires=("guests",),
    holds=("guest", "disk"),
    creates=1,
    cost=6.0,
)
def test_snapshot_data(cloud: Cloud) -> None:
    """A volume made of a snapshot holds what was on the volume."""
    server, expected = cloud.shared("guest")["id"], cloud.shared("written")
    with cloud.step("make a snapshot of the volume"):
        snapshot = cloud.volumes.create_snapshot(cloud.shared("disk")).id
        wait_snapshot(cloud, snapshot)
    with cloud.step("make a volume of the snapshot"):
        copy = cloud.volumes.create(1, snapshot=snapshot).id
        wait_available(cloud, copy)
    with cloud.step("read it in a guest"):
        guest = cloud.guest(server)
        before, device = given(cloud, server, copy, guest)
        found = md5_of(guest, f"{mounted(guest, device)}/{FILE}")
        cloud.check("the bytes are equal", found == expected, expected, found)
        unmounted(guest)
    with cloud.step("take it away"):
        taken(cloud, server, copy, guest, before)
    with cloud.step("delete it"):
        cloud.volumes.delete(copy)


@scenario(
    "volumes.device_on_host",
    gate="volumes",
    needs=("volumes.attaches_on_host[=]", "guests.answers_on_host[=]"),
    subjects="nodes:compute",
    requires=("admin", "guests"),
    holds=("host/{subject}",),
    spread=True,
    creates=1,
    cost=4.0,
)
def test_device_on_host(cloud: Cloud, subject: str) -> None:
    """The guest of a server on this compute host sees what the server is given."""
    server = cloud.shared(f"host/{subject}")["id"]
    guest = cloud.guest(server)
    with cloud.step("make a volume"):
        volume = cloud.volumes.create(1).id
        wait_available(cloud, volume)
    with cloud.step("attach it"):
        before, _ = given(cloud, server, volume, guest)
    with cloud.step("detach it"):
        taken(cloud, server, volume, guest, before)
    with cloud.step("delete it"):
        cloud.volumes.delete(volume)

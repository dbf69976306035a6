import time

from harness.testing import Cloud, CloudError, Guest, Server, scenario
from scenarios.compute.servers import gone, settled
from scenarios.guests.entering import wait_answers
from scenarios.images.states import wait_active

NEEDS = ("guests.boot",)
KINDS = ("soft", "hard")
OURS = "/etc/deployday-kept"
SETTLED_UP = 1.0
"""Seconds that a guest has been up, so that a reboot can be told from none."""


@scenario(
    "guests.reboot",
    gate="guests",
    needs=NEEDS,
    subjects=KINDS,
    requires=("guests",),
    spread=True,
    servers=1,
    creates=3,
    cost=6.0,
)
def test_reboot(cloud: Cloud, subject: str) -> None:
    """A guest starts anew when its server is rebooted, and keeps what is on its disk."""
    server, guest = entered(cloud, cloud.shared("image"))
    with cloud.step("write a file"):
        token = cloud.random_bytes(8).hex()
        write(guest, token)
        cloud.wait(
            "it has been up for a while", lambda: uptime(guest), goal=lambda up: up >= SETTLED_UP, limit=30
        )
    with cloud.step(f"reboot it, {subject}"):
        begin = time.monotonic()
        cloud.compute.reboot(server.id, hard=subject == "hard")
        cloud.wait(
            "it has started since",
            lambda: uptime(guest),
            goal=lambda up: 0 <= up <= time.monotonic() - begin,
            state=lambda up: "away" if up < 0 else f"up for {up:.0f} s",
            limit=cloud.patience("boot"),
        )
        settled(cloud, server.id)
    with cloud.step("read the file"):
        kept = guest.expect("cat", OURS).text.strip()
        cloud.check("it is as it was written", kept == token, expected=token, found=kept)
    with cloud.step("delete the server"):
        gone(cloud, server.id)


@scenario(
    "guests.rebuild",
    gate="guests",
    needs=NEEDS,
    requires=("guests",),
    spread=True,
    servers=1,
    creates=4,
    cost=8.0,
)
def test_rebuild(cloud: Cloud) -> None:
    """A rebuilt guest has the image's content again, and opens to the same key."""
    server, guest = entered(cloud, cloud.shared("image"))
    with cloud.step("write a file"):
        write(guest, cloud.random_bytes(8).hex())
    with cloud.step("rebuild it"):
        cloud.compute.rebuild(server.id, image=cloud.shared("image"))
        server = settled(cloud, server.id)
        cloud.guests.forget(server)
    with cloud.step("enter it again"):
        guest = cloud.guest(server)
        wait_answers(cloud, guest)
        found = guest.run("cat", OURS)
        cloud.check("the file is gone", not found.ok, expected="no such file", found=found)
    with cloud.step("delete the server"):
        gone(cloud, server.id)


@scenario(
    "guests.snapshot",
    gate="guests",
    needs=NEEDS,
    requires=("guests",),
    spread=True,
    servers=1,
    creates=5,
    cost=12.0,
)
def test_snapshot(cloud: Cloud) -> None:
    """What was written to a server's disk is in a server that is made of its image."""
    server, guest = entered(cloud, cloud.shared("image"))
    with cloud.step("write a file"):
        token = cloud.random_bytes(8).hex()
        write(guest, token)
    with cloud.step("make an image of the server"):
        image = cloud.compute.create_image(server.id)
        wait_active(cloud, image, objective="boot")
        settled(cloud, server.id)
        gone(cloud, server.id)
    with cloud.step("boot from it"):
        copy, inside = entered(cloud, image)
    with cloud.step("read the file"):
        found = inside.expect("cat", OURS).text.strip()
        cloud.check("it is as it was written", found == token, expected=token, found=found)
    with cloud.step("delete server and image"):
        gone(cloud, copy.id)
        cloud.images.delete(image)


def entered(cloud: Cloud, image: str) -> tuple[Server, Guest]:
    """A server of this image with the run's key, and its inside, which answers."""
    with cloud.step("boot a server, and enter it"):
        asked = cloud.compute.create_server(
            image=image, flavor=cloud.shared("flavor"), key=cloud.guests.key, groups=(cloud.guests.group,)
        )
        server = settled(cloud, asked.id)
        guest = cloud.guest(server)
        wait_answers(cloud, guest)
    return server, guest


def write(guest: Guest, text: str) -> None:
    """Write our file, down to the disk."""
    guest.expect("sudo", "sh", "-c", f"echo {text} > {OURS}; sync")


def uptime(guest: Guest) -> float:
    """Seconds since the guest started; -1 while it cannot be entered."""
    try:
        return float(guest.expect("cat", "/proc/uptime").text.split()[0]) if guest.answers() else -1.0
    except CloudError:
        return -1.0

import re
from collections.abc import Iterator

from harness.testing import Architecture, Cloud, Guest, LoginRefused, OutOfReach, Server, scenario
from scenarios.compute.servers import gone, settled
from scenarios.guests.entering import address_of, wait_answers, wait_silent

FILE = "/etc/deployday"
LEFT_BY_USER_DATA = "/etc/deployday-user-data"
LARGEST_LOSS = 0.25  # of memory: what kernel, crash area and tables take of a small guest


def with_login(arch: Architecture) -> Iterator[str]:
    """Described images that somebody can log in to."""
    return (name for name, image in arch.model.images.items() if image.login)


def server_of(cloud: Cloud, image: str) -> Server:
    """A new server of an image, with the run's key and group."""
    asked = cloud.compute.create_server(
        image=image, flavor=cloud.shared("flavor"), key=cloud.guests.key, groups=(cloud.guests.group,)
    )
    return settled(cloud, asked.id)


@scenario(
    "guests.boot",
    gate="guests",
    needs=("compute.boot",),
    requires=("guests",),
    holds=("guest",),
    servers=1,
    until=("guests.delete",),
    creates=2,
    cost=4.0,
)
def test_boot(cloud: Cloud) -> None:
    """A server with the run's key is entered by SSH."""
    token = cloud.random_bytes(8).hex()
    asked = {"token": token, "flavor": cloud.shared("flavor"), "image": cloud.shared("image")}
    with cloud.step("ask for a server with a key, a group, metadata, user data and a file"):
        server = cloud.compute.create_server(
            image=asked["image"],
            flavor=asked["flavor"],
            key=cloud.guests.key,
            groups=(cloud.guests.group,),
            metadata={"deployday": token},
            user_data=f"#!/bin/sh\necho {token} > {LEFT_BY_USER_DATA}\n".encode(),
            files={FILE: f"{token}\n".encode()},
        )
        server = settled(cloud, server.id)
        cloud.share("guest", {**asked, "id": server.id, "name": server.name, "address": address_of(server)})
    with cloud.step("enter it"):
        guest = cloud.guest(server)
        wait_answers(cloud, guest)
        _enter(cloud, guest, asked["image"])


def _enter(cloud: Cloud, guest: Guest, image: str) -> None:
    """Whom the image does not let in is not the user inside of it, whatever is described."""
    try:
        guest.expect("true")
    except LoginRefused:
        name = next((found.name for found in cloud.compute.images() if found.id == image), "")
        if name in with_login(cloud.arch):
            cloud.observe(("images", name, "login"), None)
        raise


@scenario(
    "guests.login",
    gate="guests",
    needs=("guests.boot",),
    subjects=with_login,
    requires=("guests",),
    holds=("guest",),
    owns=("images.{subject}.login",),
    servers=1,
    creates=1,
    cost=2.0,
)
def test_login(cloud: Cloud, subject: str) -> None:
    """A server of the image lets in the described user, by key."""
    known = cloud.shared("guest")
    image = next((found for found in cloud.compute.images() if found.name == subject), None)
    if image is None:
        raise OutOfReach(f"there is no image {subject}")
    with cloud.step("take a server of the image"):
        server = (
            cloud.compute.server(known["id"]) if image.id == known["image"] else server_of(cloud, image.id)
        )
    with cloud.step("enter it"):
        guest = cloud.guest(server)
        wait_answers(cloud, guest)
        cloud.observe(("images", subject, "login"), guest.expect("whoami").text.strip())
    if server.id != known["id"]:
        with cloud.step("delete it"):
            gone(cloud, server.id)


@scenario(
    "guests.neighbour",
    gate="guests",
    needs=("guests.boot",),
    requires=("guests",),
    holds=("neighbour",),
    servers=1,
    until=("guests.delete",),
    creates=2,
    cost=3.0,
)
def test_neighbour(cloud: Cloud) -> None:
    """A second server of the tenant, with a group and a config drive of its own, is entered as well."""
    with cloud.step("make a group that lets SSH and echo requests in"):
        group = cloud.network.create_group()
        rules = {
            "tcp": cloud.network.add_rule(group.id, "tcp", 22, 22).id,
            "icmp": cloud.network.add_rule(group.id, "icmp", -1, -1).id,
        }
    with cloud.step("ask for a server in this group alone"):
        token = cloud.random_bytes(8).hex()
        server = cloud.compute.create_server(
            image=cloud.shared("image"),
            flavor=cloud.shared("flavor"),
            key=cloud.guests.key,
            groups=(group.name,),
            metadata={"deployday": token},
            config_drive=True,
        )
        server = settled(cloud, server.id)
        cloud.share(
            "neighbour",
            {
                "id": server.id,
                "name": server.name,
                "address": address_of(server),
                "group": group.id,
                "rules": rules,
                "token": token,
            },
        )
    with cloud.step("enter it"):
        guest = cloud.guest(server)
        wait_answers(cloud, guest)
        guest.expect("true")


@scenario(
    "guests.hostname", gate="guests", needs=("guests.boot",), requires=("guests",), holds=("guest",), cost=0.3
)
def test_hostname(cloud: Cloud) -> None:
    """A guest calls itself by its server's name."""
    known = cloud.shared("guest")
    with cloud.step("ask for its host name"):
        told = cloud.guest(known["id"]).expect("hostname").text.strip().partition(".")[0]
        cloud.check("it is the server's name", told == known["name"].lower(), known["name"], told)


@scenario(
    "guests.flavor", gate="guests", needs=("guests.boot",), requires=("guests",), holds=("guest",), cost=0.4
)
def test_flavor(cloud: Cloud) -> None:
    """A guest has the processors, the memory and the disk of its flavor."""
    known = cloud.shared("guest")
    flavor = cloud.compute.flavor(known["flavor"])
    guest = cloud.guest(known["id"])
    with cloud.step("count processors"):
        count = len(re.findall(r"^processor\s*:", guest.expect("cat", "/proc/cpuinfo").text, re.MULTILINE))
        cloud.check("they are the flavor's", count == flavor.vcpus, flavor.vcpus, count)
    with cloud.step("look at its memory"):
        told = re.search(r"^MemTotal:\s*(\d+) kB", guest.expect("cat", "/proc/meminfo").text, re.MULTILINE)
        size = int(told[1]) / 1024 if told else 0.0
        fits = (1 - LARGEST_LOSS) * flavor.ram <= size <= flavor.ram
        cloud.check(
            "it is the flavor's, less what the kernel takes", fits, f"{flavor.ram} MB", f"{size:.0f} MB"
        )
    with cloud.step("look at its disk"):
        found = root_disk(guest.expect("cat", "/proc/partitions").text)
        right = found == flavor.disk if flavor.disk else found > 0
        expected = f"{flavor.disk} GB" if flavor.disk else "as large as the image"
        cloud.check("it is the flavor's", right, expected=expected, found=f"{found:g} GB")


def root_disk(partitions: str) -> float:
    """The size in GB of the first whole disk of ``/proc/partitions``; 0 where there is none."""
    rows = [line.split() for line in partitions.splitlines()]
    disks = {row[3]: int(row[2]) for row in rows if len(row) == 4 and row[2].isdigit()}
    return next((disks[name] / 2**20 for name in ("vda", "sda", "xvda", "hda") if name in disks), 0.0)


@scenario(
    "guests.key", gate="guests", needs=("guests.boot",), requires=("guests",), holds=("guest",), cost=0.6
)
def test_key(cloud: Cloud) -> None:
    """A guest is opened by the key that was asked for, and by no other."""
    guest = cloud.guest(cloud.shared("guest")["id"])
    with cloud.step("enter it with the run's key"):
        guest.expect("true")
    with cloud.step("try a key that nobody gave it"):
        cloud.check("it is refused", not guest.opens_to_a_stranger(), expected="refused", found="entered")


@scenario(
    "guests.metadata", gate="guests", needs=("guests.boot",), requires=("guests",), holds=("guest",), cost=0.8
)
def test_metadata(cloud: Cloud) -> None:
    """The metadata service tells a guest what compute tells of its server."""
    known = cloud.shared("guest")
    guest = cloud.guest(known["id"])
    flavor = cloud.compute.flavor(known["flavor"])
    with cloud.step("ask the metadata service"):
        for what, expected in (
            ("local-ipv4", known["address"]),
            ("instance-type", flavor.name),
            ("security-groups", cloud.guests.group),
            ("public-keys/", f"0={cloud.guests.key}"),
        ):
            url = f"http://169.254.169.254/latest/meta-data/{what}"
            told = guest.expect("wget", "-q", "-O", "-", url).text.strip()
            cloud.check(f"{what} is right", told == expected, expected=expected, found=told)
    with cloud.step("ask for the user data"):
        told = guest.expect("wget", "-q", "-O", "-", "http://169.254.169.254/latest/user-data").text
        cloud.check(
            "they are the server's", known["token"] in told, expected=known["token"], found=told[:200]
        )


@scenario(
    "guests.user_data",
    gate="guests",
    needs=("guests.boot",),
    requires=("guests",),
    holds=("guest",),
    cost=0.5,
)
def test_user_data(cloud: Cloud) -> None:
    """The script that was given as user data ran when the guest booted."""
    known = cloud.shared("guest")
    guest = cloud.guest(known["id"])
    with cloud.step("look for what it leaves behind"):
        cloud.wait(
            "the script has run",
            lambda: guest.run("cat", LEFT_BY_USER_DATA),
            goal=lambda seen: seen.text.strip() == known["token"],
            state=lambda seen: "has run" if seen.ok else "has not run",
            limit=cloud.patience("boot"),
        )


@scenario(
    "guests.files", gate="guests", needs=("guests.boot",), requires=("guests",), holds=("guest",), cost=0.3
)
def test_files(cloud: Cloud) -> None:
    """A file that was asked for with a server is in the guest."""
    known = cloud.shared("guest")
    with cloud.step("read the file"):
        told = cloud.guest(known["id"]).expect("sudo", "cat", FILE).text.strip()
        cloud.check("its content is right", told == known["token"], expected=known["token"], found=told[:200])


@scenario(
    "guests.config_drive",
    gate="guests",
    needs=("guests.neighbour",),
    requires=("guests",),
    holds=("neighbour",),
    cost=0.6,
)
def test_config_drive(cloud: Cloud) -> None:
    """A server that asked for a config drive finds its metadata there."""
    known = cloud.shared("neighbour")
    guest = cloud.guest(known["id"])
    with cloud.step("mount the last disk that is not the root disk"):
        names = re.findall(r"\b([svx]+d[b-z])$", guest.expect("cat", "/proc/partitions").text, re.MULTILINE)
        cloud.check("there is one", bool(names), expected="a second disk", found="none")
        guest.expect("sudo", "mkdir", "-p", "/mnt/config")
        guest.expect("sudo", "mount", f"/dev/{names[-1]}", "/mnt/config")
    with cloud.step("read it"):
        told = guest.expect("sudo", "cat", "/mnt/config/meta.js").text
        cloud.check("it tells the server's metadata", known["token"] in told, known["token"], told[:200])
    with cloud.step("unmount it"):
        guest.expect("sudo", "umount", "/mnt/config")


@scenario(
    "guests.delete",
    gate="guests",
    needs=("guests.boot",),
    after=("holds:guest", "holds:neighbour"),
    requires=("guests",),
    cost=2.0,
)
def test_delete(cloud: Cloud) -> None:
    """A guest answers until its server is deleted, and then no more."""
    known = cloud.shared("guest")
    guest = cloud.guest(known["id"])
    with cloud.step("look whether it answers"):
        cloud.check("it does", guest.answers(), expected="an SSH server", found="none")
    with cloud.step("delete the server"):
        gone(cloud, known["id"])
    with cloud.step("look whether its address answers"):
        wait_silent(cloud, guest)
    with cloud.step("delete the neighbour"):
        neighbour = cloud.shared_or_none("neighbour")
        if neighbour is not None:
            cloud.compute.delete_server(neighbour["id"])

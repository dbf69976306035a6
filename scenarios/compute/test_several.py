from harness.testing import Architecture, Cloud, NotFound, scenario
from scenarios.compute.servers import gone, settled

COUNT = 2
NO_DISKS = ("aki", "ari")


@scenario(
    "compute.several",
    gate="compute",
    needs=("compute.boot",),
    servers=COUNT,
    creates=1,
    until=("compute.several_deleted",),
    spread=True,
    cost=6.0,
)
def test_several(cloud: Cloud) -> None:
    """One request makes two servers of one name, each with an id and an address of its own."""
    name = cloud.name("server")
    with cloud.step("ask for two at once"):
        cloud.compute.create_server(
            name, image=cloud.shared("image"), flavor=cloud.shared("flavor"), count=COUNT
        )
        made = cloud.wait(
            "both are ACTIVE",
            lambda: cloud.compute.servers(name=name),
            goal=lambda seen: len(seen) == COUNT and all(one.status == "ACTIVE" for one in seen),
            fail_on=lambda seen: any(one.status == "ERROR" for one in seen),
            state=lambda seen: ", ".join(one.state for one in seen) or "none",
            limit=cloud.patience("boot"),
        )
        for number, server in enumerate(made, 1):
            cloud.share(f"pair/{number}", server.id)
    with cloud.step("tell them apart"):
        addresses = [address for one in made for found in one.addresses.values() for address in found]
        distinct = len(set(addresses)) == len(addresses) >= COUNT
        cloud.check("each has an address of its own", distinct, f"{COUNT} addresses", ", ".join(addresses))


@scenario(
    "compute.several_deleted",
    gate="compute",
    needs=("compute.several",),
    after=("holds:pair/1", "holds:pair/2"),
    spread=True,
    cost=1.0,
)
def test_several_deleted(cloud: Cloud) -> None:
    """Both servers go when they are deleted at once."""
    with cloud.step("delete both"):
        gone(cloud, *(cloud.shared(f"pair/{number}") for number in range(1, COUNT + 1)))


@scenario(
    "compute.delete_while_building", gate="compute", needs=("compute.boot",), servers=1, spread=True, cost=2.0
)
def test_delete_while_building(cloud: Cloud) -> None:
    """A server that is deleted while it is being built goes, too."""
    with cloud.step("ask for a server, and delete it at once"):
        server = cloud.compute.create_server(image=cloud.shared("image"), flavor=cloud.shared("flavor")).id
        gone(cloud, server)
    with cloud.step("list servers"):
        listed = [found.id for found in cloud.compute.servers(detail=False)]
        cloud.check("it is not listed", server not in listed, expected="not listed", found=server)
    with cloud.expects("it cannot be deleted again", NotFound):
        cloud.compute.delete_server(server)


def bootable(arch: Architecture) -> list[str]:
    """The described images that hold a disk."""
    return [name for name, image in arch.model.images.items() if image.disk_format not in NO_DISKS]


@scenario(
    "compute.boots_image",
    gate="compute",
    needs=("images.described", "compute.flavors"),
    after=("compute.boot",),
    subjects=bootable,
    spread=True,
    servers=1,
    cost=5.0,
)
def test_boots_image(cloud: Cloud, subject: str) -> None:
    """A server of the smallest flavor that the image fits becomes ACTIVE, and goes again."""
    with cloud.step("choose a flavor"):
        image = next((found for found in cloud.compute.images() if found.name == subject), None)
        cloud.check("compute knows the image", image is not None, expected=subject)
        assert image is not None
        fitting = [
            flavor
            for flavor in cloud.compute.flavors()
            if flavor.ram >= image.min_ram and flavor.disk >= image.min_disk
        ]
        cloud.check("a flavor is large enough", bool(fitting), f"{image.min_ram} MB, {image.min_disk} GB")
        flavor = min(fitting, key=lambda flavor: (flavor.ram, flavor.disk))
    with cloud.step("boot it"):
        server = settled(cloud, cloud.compute.create_server(image=image.id, flavor=flavor.id).id)
        cloud.check("it was made of the image", server.image == image.id, image.id, server.image)
    with cloud.step("delete it"):
        gone(cloud, server.id)

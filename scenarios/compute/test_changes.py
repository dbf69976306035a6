from harness.testing import Architecture, Cloud, NotFound, OutOfReach, OverQuota, scenario
from scenarios.compute.servers import at_hand, next_flavor, settled
from scenarios.images.states import wait_active

BOOTED, SEVERAL = ("compute.boot",), ("compute.several",)


def resizable(arch: Architecture) -> bool:
    """Whether there is another flavor, and a host to move to: Essex does not resize on the spot."""
    return len(arch.model.compute.flavors) > 1 and movable(arch) if arch.model.compute else False


def movable(arch: Architecture) -> bool:
    """Whether there is another host."""
    return len(arch.nodes_with("compute")) > 1


@scenario(
    "compute.rename", gate="compute", needs=BOOTED, after=SEVERAL, holds=("pair/1",), spread=True, cost=0.3
)
def test_rename(cloud: Cloud) -> None:
    """The server is given another name, and is found by it."""
    server, name = at_hand(cloud, "pair/1"), cloud.name("server")
    with cloud.step("rename it"):
        cloud.compute.update_server(server, name=name)
        found = cloud.compute.server(server).name
        cloud.check("it has the name", found == name, expected=name, found=found)
    with cloud.step("list by the new name"):
        listed = [found.id for found in cloud.compute.servers(name=name)]
        cloud.check("it is listed", server in listed, expected=server, found=", ".join(listed))


@scenario(
    "compute.metadata",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/2",),
    creates=1,
    spread=True,
    cost=0.5,
)
def test_metadata(cloud: Cloud) -> None:
    """Metadata are set, read one by one and together, replaced and removed."""
    server = at_hand(cloud, "pair/2")
    with cloud.step("replace all of them"):
        told = cloud.compute.replace_server_metadata(server, {"purpose": "proof"})
        cloud.check("they are these", told == {"purpose": "proof"}, found=told)
    with cloud.step("add one"):
        cloud.compute.set_server_metadata(server, {"stage": "first"})
        value = cloud.compute.server_metadata_item(server, "stage")
        cloud.check("it has its value", value == "first", expected="first", found=value)
        shown = cloud.compute.server(server).metadata
        both = {"purpose": "proof", "stage": "first"}
        cloud.check("the server shows both", shown == both, expected=both, found=shown)
    with cloud.step("remove one"):
        cloud.compute.delete_server_metadata(server, "purpose")
        left = cloud.compute.server_metadata(server)
        cloud.check("the other one is left", left == {"stage": "first"}, found=left)
    with cloud.expects("what was removed is not found", NotFound):
        cloud.compute.server_metadata_item(server, "purpose")


@scenario(
    "compute.metadata_limit",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/2",),
    creates=1,
    spread=True,
    cost=0.5,
)
def test_metadata_limit(cloud: Cloud) -> None:
    """More metadata than the quota are refused, and none of them is kept."""
    server = at_hand(cloud, "pair/2")
    limit = cloud.compute.quotas().values["metadata_items"]
    if limit < 0:
        raise OutOfReach("this tenant may have any number of metadata")
    with cloud.expects("one more than allowed is refused", OverQuota):
        cloud.compute.set_server_metadata(server, {f"key-{number}": "value" for number in range(limit + 1)})
    with cloud.step("see that none was kept"):
        kept = [key for key in cloud.compute.server_metadata(server) if key.startswith("key-")]
        cloud.check("none was kept", not kept, expected="none", found=f"{len(kept)} of them")


@scenario(
    "compute.rebuild",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/2",),
    creates=1,
    spread=True,
    cost=6.0,
)
def test_rebuild(cloud: Cloud) -> None:
    """The server is built anew with other metadata; it keeps its id and its address."""
    server, image = at_hand(cloud, "pair/2"), cloud.shared("image")
    before = cloud.compute.server(server).addresses
    with cloud.step("rebuild it"):
        cloud.compute.rebuild(server, image=image, metadata={"built": "again"})
        after = settled(cloud, server)
        cloud.check("it has its address", after.addresses == before, expected=before, found=after.addresses)
        cloud.check("it is made of the image", after.image == image, expected=image, found=after.image)
        cloud.check("it has the new metadata", after.metadata == {"built": "again"}, found=after.metadata)


@scenario(
    "compute.image_of_server",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/1",),
    creates=1,
    spread=True,
    cost=6.0,
)
def test_image_of_server(cloud: Cloud) -> None:
    """An image made of the server becomes active, says of what it was made, and is removed."""
    server = at_hand(cloud, "pair/1")
    with cloud.step("make an image of it"):
        made = cloud.compute.create_image(server, metadata={"purpose": "proof"})
        image = wait_active(cloud, made, objective="boot")
    with cloud.step("see what it says of itself"):
        wanted = {"instance_uuid": server, "image_type": "snapshot", "purpose": "proof"}
        told = {key: image.properties.get(key) for key in wanted}
        cloud.check("it was made of this server", told == wanted, expected=wanted, found=told)
        cloud.check("nobody else sees it", not image.public, expected="private", found="public")
        settled(cloud, server)
    with cloud.step("remove it"):
        cloud.images.delete(made)
    with cloud.expects("it is gone", NotFound):
        cloud.images.show(made)


@scenario(
    "compute.resize_reverted",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    applies=resizable,
    holds=("pair/1",),
    creates=2,
    spread=True,
    cost=8.0,
)
def test_resize_reverted(cloud: Cloud) -> None:
    """A resize is taken back: the server has the size that it had."""
    server = at_hand(cloud, "pair/1")
    before = cloud.compute.server(server).flavor
    with cloud.step("resize it"):
        cloud.compute.resize(server, next_flavor(cloud, before))
        settled(cloud, server, "VERIFY_RESIZE")
    with cloud.step("take it back"):
        cloud.compute.revert_resize(server)
        after = settled(cloud, server).flavor
        cloud.check("it has its size again", after == before, expected=before, found=after)


@scenario(
    "compute.resize",
    gate="compute",
    needs=BOOTED,
    after=(*SEVERAL, "compute.resize_reverted"),
    applies=resizable,
    holds=("pair/1",),
    creates=2,
    spread=True,
    cost=8.0,
)
def test_resize(cloud: Cloud) -> None:
    """The server gets the size of the next larger flavor, and keeps it once that is confirmed."""
    server = at_hand(cloud, "pair/1")
    wanted = next_flavor(cloud, cloud.compute.server(server).flavor)
    with cloud.step("resize it"):
        cloud.compute.resize(server, wanted)
        shown = settled(cloud, server, "VERIFY_RESIZE").flavor
        cloud.check("it has the new size", shown == wanted, expected=wanted, found=shown)
    with cloud.step("confirm it"):
        cloud.compute.confirm_resize(server)
        kept = settled(cloud, server).flavor
        cloud.check("it keeps the new size", kept == wanted, expected=wanted, found=kept)


@scenario(
    "compute.migrate",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    applies=movable,
    requires=("admin",),
    holds=("pair/2",),
    creates=1,
    spread=True,
    cost=8.0,
)
def test_migrate(cloud: Cloud) -> None:
    """The server moves to another host, which Essex lets nobody name, and keeps its size."""
    server = at_hand(cloud, "pair/2")
    with cloud.step("move it"):
        flavor, before = cloud.compute.server(server).flavor, cloud.placing.node_running(server)
        cloud.admin.compute.migrate(server)
        settled(cloud, server, "VERIFY_RESIZE")
    with cloud.step("confirm it"):
        cloud.compute.confirm_resize(server)
        kept = settled(cloud, server).flavor
        cloud.check("it keeps its size", kept == flavor, expected=flavor, found=kept)
        after = cloud.placing.node_running(server)
        cloud.check("it runs on another host", after != before, expected=f"not {before}", found=after)

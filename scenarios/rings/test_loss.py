"""With one node's object server out: what still works, who helps out, and what is repaired afterwards."""

from harness.testing import Architecture, Cloud, Device, OutOfReach, Placement, Unreachable, scenario

SOUND = ("objects.put_get", "rings.equal", "rings.sound", "rings.hash_settings", "rings.placed")
"""Nothing is taken out of a cloud that is not in order before."""
NAMES = 3000
REPAIR = 120.0
"""Seconds: a replicator of 1.4.8 rests for 30 between two passes; in a new cloud it has little to look at."""


def has_a_majority_left(arch: Architecture) -> bool:
    """Whether one node of several can be missed: with fewer than three replicas nothing could be stored."""
    ring = arch.model.objects.rings.get("object") if arch.model.objects else None
    return ring is not None and ring.replicas >= 3 and len(arch.nodes_with("object-storage")) > 1


@scenario(
    "rings.node_out",
    gate="rings",
    needs=SOUND,
    applies=has_a_majority_left,
    requires=("hosts",),
    disturbs="object-storage/object-server",
    cost=4.0,
)
def test_node_out(cloud: Cloud) -> None:
    """With one node's object server out, objects are stored and read, and another device helps out."""
    node, contents = cloud.outage.node, [cloud.random_bytes(100) for _ in range(2)]
    gone = cloud.storage.devices(node, "object")
    with cloud.step(f"choose two names that belong on {node}"):
        container = cloud.objects.put_container()
        (before, old), (meanwhile, new) = belonging(cloud, container, gone)
    with cloud.step("store the first object on all its devices"):
        cloud.objects.put(container, before, contents[0])
        until_held(cloud, old.primaries, old)
    with cloud.outage.stopped(lambda: answers(cloud, gone[0])):
        with cloud.step(f"store the second object without {node}"):
            etag = cloud.objects.put(container, meanwhile, contents[1]).etag
        with cloud.step(f"read both without {node}"):
            found = [cloud.objects.get(container, name) for name in (before, meanwhile)]
            cloud.check("the contents are unchanged", found == contents)
        with cloud.step("ask the other devices that the ring names for the second one"):
            until_held(cloud, [one for one in new.primaries if one not in gone], new)
        with cloud.step("look which further device helps out"):
            helper = helping(cloud, cloud.storage.locate(container, meanwhile), gone)
    missed = [container, meanwhile, etag, cloud.storage.label(helper) if helper else ""]
    cloud.share("missed", missed)


@scenario("rings.repaired", gate="rings", needs=("rings.node_out",), requires=("hosts",), cost=4.0, limit=300)
def test_repaired(cloud: Cloud) -> None:
    """Once the node is back, replication brings it what it missed, and the helping device gives it up."""
    container, name, etag, helper = cloud.shared("missed")
    place = cloud.storage.locate(container, name)
    nodes = dict.fromkeys(cloud.node_at(device.ip) for device in place.primaries)
    with cloud.step("look whether the nodes have rsync, which carries the copies"):
        lacking = [node for node in nodes if not cloud.nodes[node].has("rsync")]
        if lacking:
            raise OutOfReach(f"there is no rsync on {', '.join(lacking)}: nothing is repaired by it")
    with cloud.step("wait until the device that missed the object holds it"):
        until_held(cloud, place.primaries, place, REPAIR)
    with cloud.step("compare the copies"):
        copies = [cloud.storage.copy(one, place) for one in place.primaries]
        found = {copy.etag if copy else "none" for copy in copies}
        cloud.check("all are what was stored", found == {etag}, etag, ", ".join(sorted(found)))
    for device in cloud.rings.ring("object").devices:
        if cloud.storage.label(device) == helper:
            with cloud.step(f"wait until {helper}, which helped out, has given it up"):
                until_gone(cloud, device, place)


def belonging(cloud: Cloud, container: str, devices: list[Device]) -> list[tuple[str, Placement]]:
    """Two names with exactly one of their primaries among some devices."""
    found: list[tuple[str, Placement]] = []
    for number in range(NAMES):
        place = cloud.storage.locate(container, f"name-{number}", handoffs=0)
        if sum(one in devices for one in place.primaries) == 1:
            found.append((f"name-{number}", place))
        if len(found) == 2:
            return found
    raise OutOfReach(f"of {NAMES} names none has exactly one of its devices there")


def until_held(
    cloud: Cloud, devices: list[Device] | tuple[Device, ...], place: Placement, limit: float = 0.0
) -> None:
    """Wait until each of some devices holds a copy; a proxy does not wait for the last one."""
    cloud.wait(
        "each of them holds it",
        lambda: [cloud.storage.label(one) for one in devices if cloud.storage.copy(one, place) is None],
        goal=lambda lacking: not lacking,
        state=lambda lacking: f"not on {', '.join(lacking)}" if lacking else "on all",
        limit=limit or cloud.patience("object"),
    )


def until_gone(cloud: Cloud, device: Device, place: Placement) -> None:
    """Wait until a device holds no copy any more."""
    cloud.wait(
        "it holds none",
        lambda: cloud.storage.copy(device, place),
        goal=lambda copy: copy is None,
        state=lambda copy: "holds one" if copy else "holds none",
        limit=REPAIR,
    )


def helping(cloud: Cloud, place: Placement, gone: list[Device]) -> Device | None:
    """The device that holds what one of ``gone`` should hold; None where the ring's release knows of none.

    Which it is differs from release to release, so every device is asked, the ring's own choice first.
    """
    wanted = [one for one in place.handoffs if one not in gone]
    others = [one for one in cloud.rings.ring("object").devices if one not in (*wanted, *gone)]
    asked = [*wanted, *(one for one in others if one not in place.primaries)]
    if not wanted:
        return None
    return cloud.wait(
        "a further device holds it",
        lambda: next((one for one in asked if cloud.storage.copy(one, place)), None),
        goal=lambda one: one is not None,
        state=lambda one: cloud.storage.label(one) if one else "none",
        limit=cloud.patience("object"),
    )


def answers(cloud: Cloud, device: Device) -> bool:
    """Whether an object server answers at a device's port."""
    try:
        return cloud.storage.told(device).kind == "object"
    except Unreachable:
        return False

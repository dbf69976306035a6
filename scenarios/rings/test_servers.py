"""The rings against the machine room: what really listens at the devices' ports, and what is mounted."""

from harness.testing import Cloud, OutOfReach, scenario
from scenarios.subjects import rings

STORAGE = "nodes:object-storage"


@scenario(
    "rings.servers", gate="rings", after=("rings.readable",), subjects=STORAGE, requires=("hosts",), cost=0.3
)
def test_servers(cloud: Cloud, subject: str) -> None:
    """Behind the port of each ring device of the node listens a server of the ring's kind."""
    for ring in _on(cloud, subject):
        for device in {one.port: one for one in reversed(cloud.storage.devices(subject, ring))}.values():
            with cloud.step(f"ask port {device.port}, which the {ring} ring names"):
                told = cloud.storage.told(device)
                answers = ", ".join(str(status) for status in told.statuses)
                kind = f"the {told.kind} server" if told.kind else "no storage server"
                found = f"{kind}: {answers} to an account, a container, an object"
                cloud.check(f"it is the {ring} server", told.kind == ring, f"the {ring} server", found)


@scenario(
    "rings.devices",
    gate="rings",
    needs=("hosts.reachable[=]", "rings.servers[=]"),
    subjects=STORAGE,
    owns=("nodes.{subject}.devices",),
    cost=0.3,
)
def test_devices(cloud: Cloud, subject: str) -> None:
    """Each device that the rings have on the node has its folder there, and its server can use it."""
    with cloud.step("look for the folders that devices are mounted at"):
        folders = cloud.storage.folders(subject)
        if cloud.arch.model.nodes[subject].devices is not None:
            cloud.observe(("nodes", subject, "devices"), folders)
        lacking = sorted(_known(cloud, subject) - set(folders))
        cloud.check("every device of a ring is there", not lacking, found=f"no {', '.join(lacking[:10])}")
    for ring in _on(cloud, subject):
        with cloud.step(f"ask the {ring} server about its devices"):
            devices = cloud.storage.devices(subject, ring)
            away = [device.name for device in devices if not cloud.storage.mounted(device, ring)]
            cloud.check("it can use each", not away, found=f"not mounted: {', '.join(away[:10])}")


@scenario(
    "rings.unknown_devices",
    gate="rings",
    needs=("hosts.reachable[=]",),
    after=("rings.readable",),
    subjects=STORAGE,
    cost=0.2,
)
def test_unknown_devices(cloud: Cloud, subject: str) -> None:
    """The node has no device that no ring knows: it would lie idle, or hold what nobody asks for."""
    with cloud.step("compare the folders that devices are mounted at with the rings"):
        described = cloud.arch.model.nodes[subject].devices or ()
        known = _known(cloud, subject) | set(described)
        strays = [name for name in cloud.storage.folders(subject) if name not in known]
        cloud.check("the rings know each", not strays, found=f"no ring knows {', '.join(strays[:10])}")


def _on(cloud: Cloud, node: str) -> list[str]:
    """The rings that have devices on a node."""
    found = [ring for ring in rings(cloud.arch) if cloud.storage.devices(node, ring)]
    if not found:
        raise OutOfReach(f"no ring has a device at an address that the site gives {node} (`also` lists more)")
    return found


def _known(cloud: Cloud, node: str) -> set[str]:
    return {device.name for ring in _on(cloud, node) for device in cloud.storage.devices(node, ring)}

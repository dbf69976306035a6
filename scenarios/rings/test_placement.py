"""The placement proof: what went in through the proxy, asked of each device that the rings name for it."""

from collections.abc import Mapping

from harness.testing import Cloud, scenario

STANDING = ("preflight.endpoints_answer[object-store]", "rings.servers", "rings.devices")


@scenario("rings.placed", gate="rings", needs=STANDING, requires=("hosts",), cost=2.0)
def test_placed(cloud: Cloud) -> None:
    """Each object of a sample lies whole on all devices that the ring names for it, and on no other."""
    with cloud.step("choose names that meet the devices of the object ring"):
        container = cloud.objects.put_container()
        places = cloud.storage.sample(container)
    with cloud.step(f"store {len(places)} objects through the proxy"):
        put = {name: cloud.objects.put(container, name, cloud.random_bytes(100)).etag for name in places}
    with cloud.step("ask the devices for their copies"):
        proof = cloud.storage.gather(places, cloud.patience("object"))
        sentence = "every device has its copies, and no other had to help out"
        cloud.check(sentence, proof.whole, found=proof.told)
    with cloud.step("compare the copies"):
        other, late = proof.unlike(put), proof.undated
        cloud.check("all have the checksum that the proxy told", not other, found=other)
        cloud.check("all are of the same moment", not late, found=late)


@scenario("rings.databases", gate="rings", needs=STANDING, requires=("hosts",), cost=0.6)
def test_databases(cloud: Cloud) -> None:
    """Each copy of a container counts and lists what is in it, and each copy of the account lists it."""
    storage, limit = cloud.storage, cloud.patience("object")
    with cloud.step("store an object in a new container"):
        container = cloud.objects.put_container()
        cloud.objects.put(container, "listed", b"x")
    with cloud.step("ask the devices for their copies of the container"):
        place = storage.locate(container, handoffs=0)
        cloud.wait(
            "every copy of the container counts and lists the object",
            lambda: storage.databases(place),
            goal=lambda seen: all(
                one and (one.count, one.names) == (1, ("listed",)) for one in seen.values()
            ),
            state=_told,
            limit=limit,
        )
    with cloud.step("ask the devices for their copies of the account"):
        account = storage.locate(handoffs=0)
        cloud.wait(
            "every copy of the account lists the container",
            lambda: storage.databases(account, container),
            goal=lambda seen: all(one and container in one.names for one in seen.values()),
            state=_told,
            limit=limit,
        )


def _told(seen: Mapping[str, object]) -> str:
    return ", ".join(f"{device} {one or 'has none'}" for device, one in seen.items())

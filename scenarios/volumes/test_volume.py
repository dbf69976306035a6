from harness.testing import Cloud, NotFound, scenario
from scenarios.volumes.states import wait_available, wait_gone

ANSWERS = ("preflight.endpoints_answer[volume]",)
COMPUTE_ANSWERS = ("preflight.endpoints_answer[compute]",)


@scenario(
    "volumes.described", gate="volumes", needs=ANSWERS, owns=("volumes.types", "volumes.extensions"), cost=0.3
)
def test_described(cloud: Cloud) -> None:
    """The volume types are the described ones, and the described extensions are loaded."""
    with cloud.step("list volume types"):
        cloud.observe(("volumes", "types"), sorted(cloud.volumes.types()))
    with cloud.step("list extensions"):
        cloud.observe(("volumes", "extensions"), sorted(found.alias for found in cloud.volumes.extensions()))


@scenario("volumes.create", gate="volumes", needs=ANSWERS, owns=("objectives.volume",), cost=2.0)
def test_create(cloud: Cloud) -> None:
    """A volume of 1 GB becomes available within the objective."""
    metadata = {"purpose": cloud.name("purpose")}
    with cloud.step("ask for a volume"), cloud.timed("volume"):
        asked = cloud.volumes.create(1, metadata=metadata)
        wait_available(cloud, asked.id)
    cloud.check("it has the size that was asked for", asked.size == 1, "1 GB", f"{asked.size} GB")
    cloud.share("volume", {"id": asked.id, "name": asked.name, "metadata": metadata})


@scenario("volumes.show", gate="volumes", needs=("volumes.create",), holds=("volume",), cost=0.3)
def test_show(cloud: Cloud) -> None:
    """The volume is listed and shown as it was asked for."""
    asked = cloud.shared("volume")
    with cloud.step("list volumes"):
        listed = [found.id for found in cloud.volumes.list()]
        cloud.check("it is listed", asked["id"] in listed, expected=asked["id"], found=", ".join(listed))
    with cloud.step("show it"):
        volume = cloud.volumes.show(asked["id"])
        cloud.check("its size is right", volume.size == 1, "1 GB", f"{volume.size} GB")
        cloud.check("its name is right", volume.name == asked["name"], asked["name"], volume.name)
        kept = {name: volume.metadata.get(name) for name in asked["metadata"]}
        cloud.check("it keeps its metadata", kept == asked["metadata"], asked["metadata"], kept)
        cloud.check("nothing is attached to it", not volume.servers, "no server", ", ".join(volume.servers))


@scenario(
    "volumes.both_apis",
    gate="volumes",
    needs=("volumes.create", *COMPUTE_ANSWERS),
    holds=("volume",),
    cost=0.4,
)
def test_both_apis(cloud: Cloud) -> None:
    """Compute's API tells the same volume and the same types as the volume service itself."""
    id = cloud.shared("volume")["id"]
    with cloud.step("show the volume in both"):
        own, by_compute = cloud.volumes.show(id), cloud.volumes.show_by_compute(id)
        other = {name: told for name, told in vars(by_compute).items() if told != getattr(own, name)}
        cloud.check("they tell the same", not other, {name: getattr(own, name) for name in other}, other)
    with cloud.step("list volumes by compute"):
        listed = [found.id for found in cloud.volumes.list_by_compute()]
        cloud.check("it is listed there", id in listed, expected=id, found=", ".join(listed))
    with cloud.step("list volume types in both"):
        types, there = sorted(cloud.volumes.types()), sorted(cloud.volumes.types_by_compute())
        cloud.check("the types are the same", types == there, expected=types, found=there)


@scenario(
    "volumes.other_tenant",
    gate="volumes",
    needs=("volumes.create",),
    requires=("second_account",),
    holds=("volume",),
    cost=0.5,
)
def test_other_tenant(cloud: Cloud) -> None:
    """Another tenant neither sees nor deletes the volume."""
    volume = cloud.shared("volume")["id"]
    with cloud.expects("another tenant does not find it", NotFound):
        cloud.other.volumes.show(volume)
    with cloud.step("list volumes as the other tenant"):
        listed = [found.id for found in cloud.other.volumes.list()]
        cloud.check("it is not listed", volume not in listed, expected="not listed", found=volume)
    with cloud.expects("another tenant cannot delete it", NotFound):
        cloud.other.volumes.delete(volume)
    with cloud.step("look whether it is still there"):
        left = cloud.volumes.show(volume)
        cloud.check("it is as it was", left.status == "available", "available", left.status)


@scenario(
    "volumes.delete",
    gate="volumes",
    needs=("volumes.create",),
    after=("holds:volume", "volumes.deletion_order", "volumes.snapshot_delete"),
    cost=1.0,
)
def test_delete(cloud: Cloud) -> None:
    """A deleted volume is gone."""
    volume = cloud.shared("volume")["id"]
    with cloud.step("delete the volume"):
        cloud.volumes.delete(volume)
        wait_gone(cloud, "the volume is gone", lambda: cloud.volumes.show(volume))
    with cloud.step("list volumes"):
        listed = [found.id for found in cloud.volumes.list()]
        cloud.check("it is not listed", volume not in listed, expected="not listed", found=volume)

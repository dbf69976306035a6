from harness.testing import Cloud, Conflict, Invalid, NotFound, scenario
from scenarios.volumes.states import wait_available, wait_gone, wait_snapshot
from scenarios.volumes.test_volume import COMPUTE_ANSWERS


@scenario("volumes.snapshot", gate="volumes", needs=("volumes.create",), holds=("volume",), cost=2.0)
def test_snapshot(cloud: Cloud) -> None:
    """A snapshot of the volume becomes available and is listed."""
    volume = cloud.shared("volume")["id"]
    with cloud.step("ask for a snapshot"):
        asked = cloud.volumes.create_snapshot(volume)
        snapshot = wait_snapshot(cloud, asked.id)
        cloud.check("it is one of the volume", snapshot.volume == volume, volume, snapshot.volume)
        cloud.check("it is as large as the volume", snapshot.size == 1, "1 GB", f"{snapshot.size} GB")
        cloud.check("its name is right", snapshot.name == asked.name, asked.name, snapshot.name)
        cloud.share("snapshot", asked.id)
    with cloud.step("list snapshots"):
        listed = [found.id for found in cloud.volumes.snapshots()]
        cloud.check("it is listed", asked.id in listed, expected=asked.id, found=", ".join(listed))


@scenario(
    "volumes.snapshot_both_apis",
    gate="volumes",
    needs=("volumes.snapshot", *COMPUTE_ANSWERS),
    holds=("snapshot",),
    cost=0.3,
)
def test_snapshot_both_apis(cloud: Cloud) -> None:
    """Compute's API tells the same snapshot as the volume service itself."""
    id = cloud.shared("snapshot")
    with cloud.step("ask both"):
        own = cloud.volumes.snapshot(id)
        listed = {found.id: found for found in cloud.volumes.snapshots_by_compute()}
        cloud.check("it is listed by compute", id in listed, expected=id, found=", ".join(listed))
        other = {name: told for name, told in vars(listed[id]).items() if told != getattr(own, name)}
        cloud.check("they tell the same", not other, {name: getattr(own, name) for name in other}, other)


@scenario("volumes.from_snapshot", gate="volumes", needs=("volumes.snapshot",), holds=("snapshot",), cost=2.0)
def test_from_snapshot(cloud: Cloud) -> None:
    """A volume made of the snapshot becomes available, as large as it, and names it as its origin."""
    snapshot = cloud.shared("snapshot")
    with cloud.step("ask for a volume of the snapshot"):
        asked = cloud.volumes.create(1, snapshot=snapshot)
        wait_available(cloud, asked.id)
        volume = cloud.volumes.show(asked.id)
        cloud.check("it names its origin", volume.snapshot == snapshot, snapshot, volume.snapshot)
        cloud.check("it is as large", volume.size == 1, "1 GB", f"{volume.size} GB")
    with cloud.step("delete it"):
        cloud.volumes.delete(volume.id)


@scenario(
    "volumes.other_tenant_snapshot",
    gate="volumes",
    needs=("volumes.snapshot",),
    requires=("second_account",),
    holds=("volume", "snapshot"),
    cost=0.5,
)
def test_other_tenant_snapshot(cloud: Cloud) -> None:
    """Another tenant neither makes snapshots of the volume nor sees, uses or deletes one."""
    volume, snapshot = cloud.shared("volume")["id"], cloud.shared("snapshot")
    with cloud.expects("another tenant cannot make a snapshot of the volume", NotFound):
        cloud.other.volumes.create_snapshot(volume)
    with cloud.expects("another tenant does not find the snapshot", NotFound):
        cloud.other.volumes.snapshot(snapshot)
    with cloud.step("list snapshots as the other tenant"):
        listed = [found.id for found in cloud.other.volumes.snapshots()]
        cloud.check("it is not listed", snapshot not in listed, expected="not listed", found=snapshot)
    with cloud.expects("another tenant cannot make a volume of it", NotFound):
        cloud.other.volumes.create(1, snapshot=snapshot)
    with cloud.expects("another tenant cannot delete it", NotFound):
        cloud.other.volumes.delete_snapshot(snapshot)
    with cloud.step("look whether it is still there"):
        cloud.volumes.snapshot(snapshot)


@scenario(
    "volumes.deletion_order", gate="volumes", needs=("volumes.snapshot",), after=("holds:volume",), cost=0.3
)
def test_deletion_order(cloud: Cloud) -> None:
    """A volume cannot be deleted while there is a snapshot of it."""
    volume = cloud.shared("volume")["id"]
    with cloud.expects("the volume is not deleted", Invalid, Conflict):
        cloud.volumes.delete(volume)
    with cloud.step("look whether it is still there"):
        left = cloud.volumes.show(volume)
        cloud.check("it is as it was", left.status == "available", "available", left.status)


@scenario(
    "volumes.snapshot_delete",
    gate="volumes",
    needs=("volumes.snapshot",),
    after=("holds:snapshot", "volumes.deletion_order"),
    cost=1.0,
)
def test_snapshot_delete(cloud: Cloud) -> None:
    """A deleted snapshot is gone."""
    snapshot = cloud.shared("snapshot")
    with cloud.step("delete the snapshot"):
        cloud.volumes.delete_snapshot(snapshot)
        wait_gone(cloud, "the snapshot is gone", lambda: cloud.volumes.snapshot(snapshot))
    with cloud.step("list snapshots"):
        listed = [found.id for found in cloud.volumes.snapshots()]
        cloud.check("it is not listed", snapshot not in listed, expected="not listed", found=snapshot)

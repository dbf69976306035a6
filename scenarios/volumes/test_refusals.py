from harness.testing import Cloud, NotFound, OutOfReach, OverQuota, scenario
from scenarios.volumes.test_volume import ANSWERS, COMPUTE_ANSWERS

NOBODY = "999999999"


@scenario("volumes.unknown", gate="volumes", needs=ANSWERS, cost=0.3)
def test_unknown(cloud: Cloud) -> None:
    """Volumes, snapshots and types that nobody made are not found."""
    with cloud.expects("the volume is not found", NotFound):
        cloud.volumes.show(NOBODY)
    with cloud.expects("it cannot be deleted", NotFound):
        cloud.volumes.delete(NOBODY)
    with cloud.expects("it has no snapshots", NotFound):
        cloud.volumes.create_snapshot(NOBODY)
    with cloud.expects("the snapshot is not found", NotFound):
        cloud.volumes.snapshot(NOBODY)
    with cloud.expects("it cannot be deleted either", NotFound):
        cloud.volumes.delete_snapshot(NOBODY)
    with cloud.expects("no volume is made of it", NotFound):
        cloud.volumes.create(1, snapshot=NOBODY)
    with cloud.expects("no volume is made of an unknown type", NotFound):
        cloud.volumes.create(1, type=cloud.name("type"))


@scenario("volumes.sizes", gate="volumes", needs=ANSWERS, cost=0.4)
def test_sizes(cloud: Cloud) -> None:
    """Nothing is made where the size is no size."""
    refusals = (400, 500) if "bad_size_is_500" in cloud.volumes.quirks else (400,)
    for told, size in (("that is negative", -1), ("that is a word", "large"), ("that is missing", None)):
        wanted = {"size": size, "display_name": cloud.name("volume")}
        with cloud.step(f"ask for a volume with a size {told}"):
            body = {"volume": {name: value for name, value in wanted.items() if value is not None}}
            answer = cloud.raw("volume").send("POST", "/volumes", body=body)
            expected = " or ".join(map(str, refusals))
            cloud.check("it is refused", answer.status in refusals, expected, answer.status)
            names = [volume.name for volume in cloud.volumes.list()]
            made = wanted["display_name"] in names
            cloud.check("no volume was made", not made, expected="none", found=wanted["display_name"])


@scenario("volumes.quota", gate="volumes", needs=(*ANSWERS, *COMPUTE_ANSWERS), cost=0.3)
def test_quota(cloud: Cloud) -> None:
    """A volume larger than the tenant's quota of gigabytes is refused."""
    with cloud.step("read the quota"):
        allowed = cloud.compute.quotas().values.get("gigabytes", -1)
        if allowed < 0:
            raise OutOfReach("the tenant may have any number of gigabytes")
    with cloud.expects("a volume larger than that is refused", OverQuota):
        cloud.volumes.create(allowed + 1)

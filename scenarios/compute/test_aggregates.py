from harness.testing import Cloud, Conflict, NotFound, scenario

ZONE = "nova"


@scenario(
    "compute.aggregate",
    gate="compute",
    needs=("compute.hosts",),
    applies=lambda arch: bool(arch.model.compute and "os-aggregates" in arch.model.compute.extensions),
    requires=("admin",),
    cost=0.5,
)
def test_aggregate(cloud: Cloud) -> None:
    """An aggregate is made once, told about, found, and removed.

    No host of the cloud is put in: 2012.1 can do that with XenServer alone, with any other hypervisor the
    aggregate stays "changing" and can never be removed.
    """
    compute = cloud.admin.compute
    with cloud.step("make an aggregate"):
        made = compute.create_aggregate(zone=ZONE)
        listed = [found.id for found in compute.aggregates()]
        cloud.check("it is listed", made.id in listed, expected=made.id, found=", ".join(listed))
    with cloud.expects("a second one of the same name is refused", Conflict):
        compute.create_aggregate(made.name, zone=ZONE)
    with cloud.step("tell something about it"):
        compute.set_aggregate_metadata(made.id, {"disks": "fast", "rack": "7"})
        compute.set_aggregate_metadata(made.id, {"rack": None})
        told = dict(compute.aggregate(made.id).metadata)
        cloud.check("it is remembered", told == {"disks": "fast"}, expected={"disks": "fast"}, found=told)
    with cloud.expects("a host that nova does not know is refused", NotFound):
        compute.add_host(made.id, cloud.name("host"))
    with cloud.step("remove it"):
        compute.delete_aggregate(made.id)
    with cloud.expects("it is gone", NotFound):
        compute.aggregate(made.id)
